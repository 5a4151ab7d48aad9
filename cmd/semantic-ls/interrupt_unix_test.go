//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
)

// promptly is when an interrupted command has ended: fifty milliseconds are
// promised, the rest is for a machine that does ten other things.
const promptly = 2 * time.Second

func TestInterruptEndsPromptlyAndKeepsWhatIsDone(t *testing.T) {
	s := newSandbox(t)
	project := filepath.Join(t.TempDir(), "large")
	const files = 8 + 24*16 // whole batches: a short one would be ready before those that began earlier
	for n := range files {
		file := filepath.Join(project, fmt.Sprintf("f%03d.go", n))
		s.write(file, fmt.Sprintf("package large\n\nfunc Number%03d() int { return %d }\n", n, n))
		// What was written lately is read first, the newest before all: these go by their names.
		old := time.Now().AddDate(-1, 0, 0)
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
	p := newProvider(t, "Number300")
	// Sixteen workers take batches of sixteen files, the first of eight, in order: when the twentieth is being
	// asked for, at least four of those before it are stored, whichever were the fastest.
	cmd := s.program(t.Context(), append([]string{"index", project, "--embedding-concurrency=1"}, p.flags()...)...)
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
	again := 0
	for n := range files {
		if p.sawAny(fmt.Sprintf("Number%03d", n)) {
			again++
		}
	}
	if again > files-(8+3*16) {
		t.Errorf("what was finished before the interrupt was done again: %d of %d files", again, files)
	}
	if !p.sawAny("Number300") { // what comes behind it another worker may have done before
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
