package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// provider is an embedding server. It answers until it has seen the given text,
// and then leaves the client waiting; or it refuses everything.
type provider struct {
	*httptest.Server
	blocked chan struct{} // closed once a request is left waiting

	mu     sync.Mutex
	stopAt string   // guarded by mu: "" never
	broken bool     // guarded by mu: refuses every request
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
	if p.refuses() {
		http.Error(w, "no credit left", http.StatusPaymentRequired)
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

func (p *provider) refuses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

// breakDown makes it refuse everything from now on.
func (p *provider) breakDown() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = true
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

func TestSearchGoesOnWithoutItsProvider(t *testing.T) {
	s := newSandbox(t)
	p := newProvider(t, "")
	search := append([]string{"search", "-n1", "rgb_to_hsl", s.project}, p.flags()...)
	want := s.must(search...)
	p.breakDown()
	s.write(filepath.Join(s.project, "late.go"), "package late\n\nfunc Late() {}\n")
	r := s.run(search...)
	if r.code != exitFound || r.stdout != want {
		t.Errorf("exit code %d, it found\n%s\nwant\n%s", r.code, r.stdout, want)
	}
	if !strings.HasPrefix(r.stderr, "semantic-ls: warning: ") || !strings.Contains(r.stderr, "no credit left") || !strings.Contains(r.stderr, "that are indexed") {
		t.Errorf("stderr:\n%s", r.stderr)
	}

	p = newProvider(t, "")
	p.breakDown()
	fresh := append([]string{"search", asked, s.project, "--cache-directory", t.TempDir()}, p.flags()...)
	if r := s.run(fresh...); r.code != exitError || r.stdout != "" || !strings.Contains(r.stderr, "no credit left") {
		t.Errorf("with nothing indexed: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// With the settings of the README, which do not say the dimensions, what is
// indexed is there however the provider does.
func TestAProviderThatIsDownCostsNoIndex(t *testing.T) {
	s := newSandbox(t)
	p := newProvider(t, "")
	flags := []string{"--embedding-provider=openai", "--embedding-model=test", "--embedding-base-url=" + p.URL + "/v1"}
	search := append([]string{"search", "-n1", "rgb_to_hsl", s.project}, flags...)
	status := append([]string{"status", "--json", s.project}, flags...)
	if r := s.run(status...); r.code != exitNone {
		t.Errorf("status before there is an index: exit code %d, %s", r.code, r.stderr)
	}
	want := s.must(search...)
	p.Close()
	if r := s.run(search...); r.code != exitFound || r.stdout != want {
		t.Errorf("exit code %d, it found\n%s\nwant\n%s\n%s", r.code, r.stdout, want, r.stderr)
	}
	if got := objects(t, s.must(status...))[0]["coverage"].(map[string]any)["percent"]; got != 100.0 {
		t.Errorf("status: %v %%", got)
	}
	fresh := append([]string{"search", asked, s.project, "--cache-directory", t.TempDir()}, flags...)
	if r := s.run(fresh...); r.code != exitError || !strings.Contains(r.stderr, "cannot be reached") {
		t.Errorf("with nothing indexed: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// What the settings take for the provider's own address is what a model's identity
// leaves out.
func TestTheDefaultServerHasNoAddress(t *testing.T) {
	s, _, err := settings.Load(settings.Sources{Flags: map[string]string{"embedding.provider": "openai", "embedding.model": "m"}})
	if err != nil || s.Embedding.BaseURL != embed.DefaultBaseURL {
		t.Fatalf("%q, %v", s.Embedding.BaseURL, err)
	}
}

// Two servers with a model of one name: neither's vectors are taken for the other's.
func TestTwoServersDoNotShareAnIndex(t *testing.T) {
	s := newSandbox(t)
	for i := range 2 {
		p := newProvider(t, "")
		s.must(append([]string{"index", s.project}, p.flags()...)...)
		if !p.sawAny("rgb_to_hsl") {
			t.Errorf("server %d was not asked", i)
		}
		if n := len(objects(t, s.must("cache", "list", "--json"))[0]["indexes"].([]any)); n != i+1 {
			t.Errorf("%d indexes after %d servers", n, i+1)
		}
	}
}

// A model that was just configured and does not work costs no answers.
func TestTheBuiltInModelsIndexServesWhileAProviderIsDown(t *testing.T) {
	s := newSandbox(t)
	want := s.must("search", "-n1", asked, s.project)
	p := newProvider(t, "")
	p.breakDown()
	withoutDimensions := slices.DeleteFunc(p.flags(), func(s string) bool { return strings.Contains(s, "dimensions") })
	for _, flags := range [][]string{p.flags(), withoutDimensions} {
		r := s.run(append([]string{"search", "-n1", asked, s.project}, flags...)...)
		if r.code != exitFound || r.stdout != want || !strings.Contains(r.stderr, "no credit left") {
			t.Errorf("%q: exit code %d, it found\n%s\nwant\n%s\nstderr:\n%s", flags, r.code, r.stdout, want, r.stderr)
		}
		state := objects(t, s.must(append([]string{"status", "--json", s.project}, flags...)...))[0]
		if coverage := state["coverage"].(map[string]any); coverage["model"] != static.New().Model().Name || coverage["percent"] != 100.0 {
			t.Errorf("%q: %v", flags, coverage)
		}
	}
}

// Queries for an index of the model before go to that model where it is built in or on
// the server that is configured, and nowhere else.
func TestWhoEmbedsForAFormerIndex(t *testing.T) {
	home, away := newProvider(t, ""), newProvider(t, "")
	load := func(flags map[string]string) settings.Settings {
		flags["cache.directory"] = t.TempDir()
		s, _, err := settings.Load(settings.Sources{Flags: flags})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	builtin := load(map[string]string{})
	remote := load(map[string]string{
		"embedding.provider": "openai", "embedding.model": "new", "embedding.baseURL": home.URL + "/v1",
	})
	own := static.New().Model()
	older := own
	older.Name = "builtin-0"
	at := func(p *provider) embed.Model {
		return embed.Model{Name: "old", Provider: "openai", Dimensions: 4, Server: p.URL + "/v1"}
	}
	for i, c := range []struct {
		s    settings.Settings
		m    embed.Model
		want bool
	}{
		{remote, own, true},
		{builtin, older, false},
		{remote, older, false},
		{remote, at(home), true},
		{remote, at(away), false},
		{builtin, at(home), false},
	} {
		e := formerEmbedder(c.s, c.m)
		if (e != nil) != c.want {
			t.Errorf("case %d: %v", i, e)
		}
		if e == nil {
			continue
		}
		if row, err := e.EmbedQuery(t.Context(), "question"); err != nil || len(row) != c.m.Dimensions || e.Model() != c.m {
			t.Errorf("case %d: %d numbers, %v", i, len(row), err)
		}
	}
	if !home.sawAny("question") || away.sawAny("question") {
		t.Error("the wrong server was asked")
	}
}
