package indexing_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store/rows"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// cachingEngine shares the vectors in cache with others.
func cachingEngine(cache string, model indexing.Embedder) *indexing.Engine {
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: model, Limiter: tasks.NewLimiter(2, 2), VectorBytes: 1 << 20})
}

// masking is a recorder that masks a word before it sends a text, and refuses another.
type masking struct {
	recorder
	mask, refuse string
}

func (m *masking) Sent(text string) string { return strings.ReplaceAll(text, m.mask, "***") }

func (m *masking) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	sent := make([]string, len(texts))
	for i, text := range texts {
		sent[i] = m.Sent(text)
	}
	rows, err := m.recorder.Embed(ctx, sent)
	for i, text := range sent {
		if err == nil && strings.Contains(text, m.refuse) {
			rows[i] = []float32{0, 0}
		}
	}
	return rows, err
}

// take returns what was sent since it was called last.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

func TestAClonesTextsAreNotSentAgain(t *testing.T) {
	cache, files := t.TempDir(), map[string]string{"p/upload.go": uploadGo, "p/parse.go": parseGo}
	model := &masking{mask: "-", refuse: "-"}
	open(t, cachingEngine(cache, model), write(t, t.TempDir(), files))
	if sent := model.take(); len(sent) != 2 {
		t.Errorf("sent %q", sent)
	}
	clone := write(t, t.TempDir(), files)
	e := cachingEngine(cache, model)
	open(t, e, clone)
	if sent := model.take(); len(sent) != 0 {
		t.Errorf("of a clone, sent %q", sent)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	model.take()

	// Another branch, and back: of what was never seen there is one text.
	changed := strings.Replace(uploadGo, "network", "wire", 1)
	for i, text := range []string{changed, uploadGo, changed} {
		write(t, clone, map[string]string{"p/upload.go": text})
		if err := e.Update(t.Context(), filepath.Join(clone, "p", "upload.go")); err != nil {
			t.Fatal(err)
		}
		if sent := model.take(); len(sent) != 1-min(i, 1) {
			t.Errorf("step %d sent %q", i, sent)
		}
	}
	// Forgetting the index is not forgetting the vectors.
	if err := e.Reset(clone); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context(), clone, nil); err != nil {
		t.Fatal(err)
	}
	if sent := model.take(); len(sent) != 0 {
		t.Errorf("after Reset, sent %q", sent)
	}
	// Rows of another model are no use.
	other := &namedModel{Embedder: model, name: "other"}
	open(t, cachingEngine(cache, other), write(t, t.TempDir(), files))
	if sent := model.take(); len(sent) != 2 {
		t.Errorf("of another model, sent %q", sent)
	}
	// Nor is anything for an engine that is to keep none.
	open(t, engineWith(t, cache, model), write(t, t.TempDir(), files))
	if sent := model.take(); len(sent) != 2 {
		t.Errorf("without a cache of vectors, sent %q", sent)
	}
}

// namedModel is a model under another name.
type namedModel struct {
	indexing.Embedder
	name string
}

func (n *namedModel) Model() embed.Model {
	m := n.Embedder.Model()
	m.Name = n.name
	return m
}

// Invariant 8, of what stays on this machine: the cache of vectors has no text, nothing
// for what was refused, and nothing that a masked secret can be told by.
func TestTheCacheOfVectorsHoldsNoText(t *testing.T) {
	const secret, refused = "hunter2topsecretvalue", "parseHeader"
	cache := t.TempDir()
	files := map[string]string{"a.go": strings.Replace(uploadGo, "nil", `"`+secret+`"`, 1), "b.go": parseGo}
	model := &masking{mask: secret, refuse: refused}
	open(t, cachingEngine(cache, model), write(t, t.TempDir(), files))
	if sent := strings.Join(model.take(), "\n"); !strings.Contains(sent, "***") || !strings.Contains(sent, refused) {
		t.Fatalf("sent %q", sent)
	}
	u, err := rows.Of(rows.Directory(cache))
	if err != nil || len(u.Models) != 1 || u.Models[0].Rows != 1 || u.Models[0].Dimensions != 2 {
		t.Fatalf("%+v, %v", u, err)
	}
	err = filepath.WalkDir(rows.Directory(cache), func(path string, _ fs.DirEntry, err error) error {
		data, _ := os.ReadFile(path)
		for _, word := range []string{"retryUpload", "network", secret, refused, "a.go"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", path, word)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The text with another secret is the same to the model, and to the cache.
	files["a.go"] = strings.ReplaceAll(files["a.go"], secret, "another")
	model.mask = "another"
	open(t, cachingEngine(cache, model), write(t, t.TempDir(), files))
	if sent := model.take(); len(sent) != 1 || !strings.Contains(sent[0], refused) {
		t.Errorf("sent %q, want what was refused", sent)
	}
}

// The built-in model is faster than a look into a cache, and a program that only looks
// makes none.
func TestWhoNeedsNoCacheOfVectorsMakesNone(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	open(t, cachingEngine(cache, static.New()), root)
	looking := indexing.New(indexing.Config{
		CacheDir: cache, Embedder: &flaky{}, Limiter: tasks.NewLimiter(2, 2), VectorBytes: 1 << 20, ReadOnly: true,
	})
	open(t, looking, root)
	open(t, cachingEngine("", &flaky{}), root)
	if _, err := os.Stat(rows.Directory(cache)); !os.IsNotExist(err) {
		t.Errorf("there is one: %v", err)
	}
}

// A cache of vectors that cannot be used costs requests and nothing else.
func TestACacheOfVectorsThatCannotBeUsed(t *testing.T) {
	cache := t.TempDir()
	if err := os.WriteFile(rows.Directory(cache), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	model := &recorder{}
	e := cachingEngine(cache, model)
	open(t, e, write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}))
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	if sent := model.take(); !slices.ContainsFunc(sent, func(s string) bool { return strings.Contains(s, "retryUpload() error") }) {
		t.Errorf("sent %q", sent)
	}
}
