//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// provider is an embedding server. It answers until it has seen the given text,
// and then leaves the client waiting.
type provider struct {
	*httptest.Server
	blocked chan struct{} // closed once a request is left waiting

	mu     sync.Mutex
	stopAt string   // guarded by mu: "" never
	seen   []string // guarded by mu: every text that was answered
}

func newProvider(t *testing.T, stopAt string) *provider {
	p := &provider{blocked: make(chan struct{}), stopAt: stopAt}
	p.Server = httptest.NewServer(http.HandlerFunc(p.answer))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Input []string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if p.stops(request.Input) {
		<-r.Context().Done()
		return
	}
	type row struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	rows := make([]row, len(request.Input))
	for i := range rows {
		rows[i] = row{"embedding", i, []float32{1, 0, 0, 1}}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": "test", "data": rows})
}

func (p *provider) stops(texts []string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopAt != "" && strings.Contains(strings.Join(texts, "\n"), p.stopAt) {
		select {
		case <-p.blocked:
		default:
			close(p.blocked)
		}
		return true
	}
	p.seen = append(p.seen, texts...)
	return false
}

// reset makes it answer everything from now on, and forget what it saw.
func (p *provider) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopAt, p.seen = "", nil
}

func (p *provider) sawAny(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Contains(strings.Join(p.seen, "\n"), text)
}

// flags make the program use the provider.
func (p *provider) flags() []string {
	return []string{"--embedding-provider=openai", "--embedding-model=test", "--embedding-dimensions=4", "--embedding-base-url=" + p.URL + "/v1"}
}

// promptly is when an interrupted command has ended: fifty milliseconds are
// promised, the rest is for a machine that does ten other things.
const promptly = 2 * time.Second

func TestInterruptEndsPromptlyAndKeepsWhatIsDone(t *testing.T) {
	s := newSandbox(t)
	project := filepath.Join(t.TempDir(), "large")
	const files = 400 // several batches
	for n := range files {
		s.write(filepath.Join(project, fmt.Sprintf("f%03d.go", n)), fmt.Sprintf("package large\n\nfunc Number%03d() int { return %d }\n", n, n))
	}
	p := newProvider(t, "Number300")
	cmd := s.program(t.Context(), append([]string{"index", project}, p.flags()...)...)
	// One core takes the batches one after the other: when the third is being
	// asked for, the first two are stored.
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	var stderr recording
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.blocked:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
	start := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	took := time.Since(start)
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || stderr.String() != "" {
		t.Errorf("exit code %d (%v), stderr:\n%s", code, err, stderr.String())
	}
	if took > promptly {
		t.Errorf("it took %v to end", took)
	}
	t.Logf("ended %v after the signal", took)

	p.reset()
	s.must(append([]string{"index", project}, p.flags()...)...)
	if p.sawAny("Number000") || p.sawAny("Number100") {
		t.Error("what was finished before the interrupt was done again")
	}
	if !p.sawAny("Number300") || !p.sawAny("Number399") {
		t.Error("what was not finished was not done")
	}
	state := objects(t, s.must(append([]string{"status", "--json", project}, p.flags()...)...))[0]
	if coverage := state["coverage"].(map[string]any); coverage["filesIndexed"] != float64(files) {
		t.Errorf("coverage %v", coverage)
	}
}

func TestServeEndsOnSIGTERM(t *testing.T) {
	s := newSandbox(t)
	srv := s.serve("serve")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{Folders: []string{s.project}})
		e.AwaitReady()
		if err := srv.process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := srv.exit(); code != exitInterrupted {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestReaderThatLeavesEndsTheProgramQuietly(t *testing.T) {
	s := newSandbox(t)
	cmd := s.program(t.Context(), "search", asked, s.project)
	var stderr recording
	cmd.Stderr = &stderr
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Both of our ends: every write of the program's fails from now on.
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || stderr.String() != "" {
		t.Errorf("%v, stderr:\n%s", err, stderr.String())
	}
}
