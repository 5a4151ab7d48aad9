package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What becomes of an index whose model is remote.

// A model that is down costs a query its vectors and a Refresh its success, and
// never what is there.
func TestAModelThatIsDown(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
	model := &flaky{}
	e := engineWith(t, cache, model)
	open(t, e, root)
	model.down.Store(true)
	got, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload"})
	if len(got) != 1 || !strings.Contains(a.Warning, "words only") || !strings.Contains(a.Warning, errDown.Error()) {
		t.Errorf("%v, warning %q", got, a.Warning)
	}
	write(t, root, map[string]string{"parse.go": parseGo})
	if err := e.Refresh(t.Context(), root, nil); !errors.Is(err, errDown) {
		t.Errorf("Refresh: %v", err)
	}
	if f := e.Status().Folders[0]; f.State != indexing.StateFailed || !strings.Contains(f.Message, errDown.Error()) {
		t.Errorf("%+v", f)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	model.down.Store(false)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
}

var errDown = errors.New("connection refused")

// flaky stands for a remote model of two dimensions.
type flaky struct{ down atomic.Bool }

func (f *flaky) Model() embed.Model {
	return embed.Model{Name: "flaky", Provider: "openai", Dimensions: 2}
}

func (f *flaky) Embed(_ context.Context, texts []string) ([][]float32, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return slices.Repeat([][]float32{{1, 0}}, len(texts)), nil
}

func (f *flaky) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	rows, err := f.Embed(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// recorder remembers what was sent to it.
type recorder struct {
	flaky
	mu   sync.Mutex
	sent []string // guarded by mu
}

func (r *recorder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	r.mu.Lock()
	r.sent = append(r.sent, texts...)
	r.mu.Unlock()
	return r.flaky.Embed(ctx, texts)
}

func (r *recorder) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	rows, err := r.Embed(ctx, []string{text})
	return rows[0], err
}

// Invariant 8: whatever is asked, a model sees nothing of what is ignored.
func TestIgnoredTextReachesNoModel(t *testing.T) {
	const secret = "hunter2topsecretvalue"
	root := write(t, t.TempDir(), map[string]string{
		"upload.go":    uploadGo,
		".env":         "DB=" + secret + "\n",
		".gitignore":   "private/\n",
		"private/a.go": "package a\n\n// A is " + secret + "\nfunc A() {}\n",
		"key.pem":      "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n",
	})
	outside := filepath.Join(write(t, t.TempDir(), map[string]string{".env": secret}), ".env")
	model := &recorder{}
	e := engineWith(t, t.TempDir(), model)
	open(t, e, root)
	for _, name := range []string{".env", "private/a.go", "key.pem", outside} {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(root, name)
		}
		session := workspace.NewSession()
		closed := session.Documents()
		if err := session.Open(path, 1, "-----BEGIN PRIVATE KEY-----\nDB="+secret+"\n-----END PRIVATE KEY-----\n"); err != nil {
			t.Fatal(err)
		}
		for _, docs := range []workspace.Documents{closed, session.Documents()} {
			if _, err := e.Related(t.Context(), docs, indexing.Place{Path: path}); err == nil {
				t.Errorf("%s: what is like it was looked up", name)
			} else if !strings.Contains(err.Error(), "is not indexed: ") && name != outside {
				t.Errorf("%s: %v", name, err)
			}
			ask(t, e, docs, indexing.Query{Text: "what is secret"})
		}
	}
	if err := e.Update(t.Context(), filepath.Join(root, ".env"), filepath.Join(root, "private", "a.go"), filepath.Join(root, "key.pem")); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(model.sent, "\n"); strings.Contains(all, secret) || !strings.Contains(all, "retryUpload") {
		t.Errorf("the model saw\n%s", all)
	}
}

// asking is a model that has to be asked for its dimensions.
type asking struct {
	flaky
	known  bool
	probes int
}

func (a *asking) Model() embed.Model {
	m := a.flaky.Model()
	if !a.known {
		m.Dimensions = 0
	}
	return m
}

func (a *asking) Probe(context.Context) (embed.Model, error) {
	if a.probes++; a.down.Load() {
		return embed.Model{}, errDown
	}
	a.known = true
	return a.Model(), nil
}

func TestAModelIsAskedForItsDimensionsWhenTheyAreNeeded(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	model := &asking{}
	model.down.Store(true)
	e := engineWith(t, t.TempDir(), model)
	if err := e.Open(t.Context(), root); !errors.Is(err, errDown) {
		t.Errorf("Open: %v", err)
	}
	model.down.Store(false)
	open(t, e, root)
	open(t, e, write(t, t.TempDir(), map[string]string{"parse.go": parseGo}))
	if d := e.Status().Model.Dimensions; d != 2 || model.probes != 2 {
		t.Errorf("%d dimensions after %d probes", d, model.probes)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
}

// A model that is paid for by the request keeps what it was asked, however soon
// indexing ends.
func TestARemoteModelsAnswersAreSoonKept(t *testing.T) {
	files := map[string]string{}
	for i := range 120 {
		files[fmt.Sprintf("f%03d.go", i)] = fmt.Sprintf("package p\n\nfunc Thing%d() {}\n", i)
	}
	root := write(t, t.TempDir(), files)
	e := engineWith(t, t.TempDir(), &flaky{})
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	var reports []indexing.Progress
	if err := e.Refresh(t.Context(), root, func(p indexing.Progress) { reports = append(reports, p) }); err != nil {
		t.Fatal(err)
	}
	if len(reports) < 8 || reports[0].Done != 0 || reports[0].Total != 120 || len(reports[0].Paths) != 0 || reports[len(reports)-1].Done != 120 {
		t.Errorf("reported %v", reports)
	}
}
