package indexing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func engine(t *testing.T, cache string) *indexing.Engine {
	t.Helper()
	return engineWith(t, cache, static.New())
}

func engineWith(t *testing.T, cache string, model indexing.Embedder) *indexing.Engine {
	t.Helper()
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: model, Limiter: tasks.NewLimiter(2, 2)})
}

func open(t *testing.T, e *indexing.Engine, root string) {
	t.Helper()
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(root) })
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
}

var (
	long   = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	writes atomic.Int64
)

// write makes files below root and returns root.
func write(t *testing.T, root string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		// Another time for every write, none so fresh that it is not trusted.
		at := long.Add(time.Duration(writes.Add(1)) * time.Second)
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	uploadGo = "package store\n\n// retryUpload sends the file again when the network failed.\nfunc retryUpload() error {\n\treturn nil\n}\n"
	parseGo  = "package store\n\n// parseHeader reads the first line of a message.\nfunc parseHeader(line string) Header {\n\treturn Header{line}\n}\n"
)

// ask returns "path:symbol" of each hit and the answer.
func ask(t *testing.T, e *indexing.Engine, docs workspace.Documents, q indexing.Query) ([]string, indexing.Answer) {
	t.Helper()
	a, err := e.Search(t.Context(), docs, q)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, len(a.Hits))
	for i, h := range a.Hits {
		list[i] = filepath.Base(h.Path) + ":" + h.Symbol
		if h.Start < 0 || h.End > len(h.Text) || h.Start >= h.End || h.NameStart < h.Start || h.NameEnd > h.End {
			t.Errorf("%s: offsets %d..%d, name %d..%d of %d", list[i], h.Start, h.End, h.NameStart, h.NameEnd, len(h.Text))
		}
		if h.NameEnd > h.NameStart && h.Text[h.NameStart:h.NameEnd] != h.Symbol {
			t.Errorf("%s: the name's range says %q", list[i], h.Text[h.NameStart:h.NameEnd])
		}
		if !strings.Contains(h.Text, h.Snippet) {
			t.Errorf("%s: snippet %q is not of its text", list[i], h.Snippet)
		}
	}
	return list, a
}

func finds(t *testing.T, e *indexing.Engine, docs workspace.Documents, query, want string) {
	t.Helper()
	got, _ := ask(t, e, docs, indexing.Query{Text: query})
	if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0] != want) {
		t.Errorf("%q finds %v, want %q first", query, got, want)
	}
}

func TestSaveChangesOnlyItsFile(t *testing.T) {
	counting := &counter{Embedder: static.New()}
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	e := engineWith(t, t.TempDir(), counting)
	open(t, e, root)
	finds(t, e, workspace.Documents{}, "send again after a network failure", "upload.go:retryUpload")

	counting.texts.Store(0)
	write(t, root, map[string]string{"upload.go": strings.Replace(uploadGo, "retryUpload", "postTwice", 2)})
	if err := e.Update(t.Context(), filepath.Join(root, "upload.go")); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "send again after a network failure", "upload.go:postTwice")
	finds(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
	if n := counting.texts.Load(); n != 1 {
		t.Errorf("a change of one function embedded %d texts", n)
	}

	for _, step := range []struct {
		do   func() error
		path string
		want string
	}{
		{func() error { return os.Remove(filepath.Join(root, "upload.go")) }, "upload.go", ""},
		{func() error { return os.MkdirAll(filepath.Join(root, "sub"), 0o755) }, "sub", ""},
		{func() error { return os.WriteFile(filepath.Join(root, "sub", "new.go"), []byte(uploadGo), 0o644) }, "sub/new.go", "new.go:retryUpload"},
		{func() error { return os.RemoveAll(filepath.Join(root, "sub")) }, "sub", ""},
		{func() error { return os.WriteFile(filepath.Join(root, ".env"), []byte(uploadGo), 0o644) }, ".env", ""},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := e.Update(t.Context(), filepath.Join(root, filepath.FromSlash(step.path))); err != nil {
			t.Fatal(err)
		}
		finds(t, e, workspace.Documents{}, "retryUpload", step.want)
	}
	if err := e.Update(t.Context(), filepath.Join(filepath.Dir(root), "elsewhere.go")); err != nil {
		t.Errorf("a path outside every folder: %v", err)
	}
}

// counter counts the texts that are embedded.
type counter struct {
	indexing.Embedder
	texts atomic.Int64
}

func (c *counter) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.texts.Add(int64(len(texts)))
	return c.Embedder.Embed(ctx, texts)
}

// Invariant 4: the buffer beats disk; a hit whose text changed since it was
// indexed is moved or dropped, never shown wrong.
func TestBufferBeatsDisk(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	e := engine(t, cache)
	open(t, e, root)
	path := filepath.Join(root, "upload.go")
	s := workspace.NewSession()
	if err := s.Open(path, 1, uploadGo); err != nil {
		t.Fatal(err)
	}
	typed := uploadGo + "\n// zebraCrossing paints stripes.\nfunc zebraCrossing() {}\n"
	if err := s.Change(path, 2, edit(typed), 0); err != nil {
		t.Fatal(err)
	}
	got, a := ask(t, e, s.Documents(), indexing.Query{Text: "zebraCrossing"})
	if len(got) == 0 || got[0] != "upload.go:zebraCrossing" || a.Coverage.DirtyDocuments != 1 {
		t.Errorf("%v, %+v", got, a.Coverage)
	}
	if err := s.Change(path, 3, edit("package store\n"), 0); err != nil {
		t.Fatal(err)
	}
	finds(t, e, s.Documents(), "retryUpload", "")
	s.Close(path)
	finds(t, e, s.Documents(), "zebraCrossing", "")
	finds(t, e, s.Documents(), "retryUpload", "upload.go:retryUpload")

	// What was typed is nowhere in the cache.
	err := filepath.WalkDir(cache, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			data, err := os.ReadFile(p)
			if bytes.Contains(data, []byte("zebra")) {
				t.Errorf("%s has what was never saved", p)
			}
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// A file that changed behind our back: its hit moves, or goes.
	write(t, root, map[string]string{"upload.go": "// A new first line.\n" + uploadGo})
	got, a = ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload"})
	if len(got) == 0 || !strings.Contains(a.Hits[0].Text[a.Hits[0].Start:a.Hits[0].End], "retryUpload") {
		t.Errorf("moved: %v", got)
	}
	write(t, root, map[string]string{"upload.go": "package store\n"})
	finds(t, e, workspace.Documents{}, "retryUpload", "")
}

// What is saved and not indexed yet is found, and so is a buffer that was opened
// with another text than the file's (an editor's hot exit).
func TestABufferBeatsTheIndexOfItsFile(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, root)
	s := workspace.NewSession()
	path, fresh := filepath.Join(root, "upload.go"), filepath.Join(root, "fresh.go")
	for p, text := range map[string]string{path: uploadGo, fresh: strings.ReplaceAll(parseGo, "parseHeader", "quokkaSmiles")} {
		if err := s.Open(p, 1, text); err != nil {
			t.Fatal(err)
		}
	}
	finds(t, e, s.Documents(), "quokkaSmiles", "fresh.go:quokkaSmiles")
	if err := s.Change(path, 2, edit(strings.ReplaceAll(uploadGo, "retryUpload", "zebraCrossing")), 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, e, s.Documents(), "zebraCrossing", "upload.go:zebraCrossing")
	if _, a := ask(t, e, s.Documents(), indexing.Query{Text: "zebra"}); a.Coverage.DirtyDocuments != 0 {
		t.Errorf("%+v", a.Coverage)
	}
}

func TestAnIgnoredBufferIsNotSearched(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"a.go": parseGo, ".gitignore": "secret/\n"})
	e := engine(t, "")
	open(t, e, root)
	s := workspace.NewSession()
	for _, name := range []string{".env", filepath.Join("secret", "x.go")} {
		path := filepath.Join(root, name)
		if err := s.Open(path, 1, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.Change(path, 2, edit("PASSWORD=zebraCrossing\n"), 0); err != nil {
			t.Fatal(err)
		}
	}
	got, a := ask(t, e, s.Documents(), indexing.Query{Text: "zebraCrossing"})
	if len(got) != 0 || a.Coverage.DirtyDocuments != 0 {
		t.Errorf("%v, %+v", got, a.Coverage)
	}
}

// Invariant 10.
func TestEveryAnswerCarriesItsCoverage(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	e := engine(t, "")
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	_, before := ask(t, e, workspace.Documents{}, indexing.Query{Text: "upload"})
	if a := before; a.Coverage.Percent != 0 || a.Coverage.Model != static.New().Model().Name {
		t.Errorf("before: %+v", a.Coverage)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	_, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "upload"})
	if c := a.Coverage; c.Percent != 100 || c.FilesTotal != 2 || c.FilesIndexed != 2 || c.FilesWaiting != 0 || c.Chunks == 0 {
		t.Errorf("after: %+v", c)
	}
}

// Cancelling a Refresh keeps what it published, and the next one goes on there.
func TestCancelledIndexingIsNotDoneAgain(t *testing.T) {
	files := map[string]string{}
	for i := range 400 {
		files[fmt.Sprintf("d%d/f%d.go", i%7, i)] = fmt.Sprintf("package p\n\n// Thing%d does things.\nfunc Thing%d() {}\n", i, i)
	}
	root, cache := write(t, t.TempDir(), files), t.TempDir()
	e := engine(t, cache)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	err := e.Refresh(ctx, root, func(p indexing.Progress) {
		if p.Done > 0 {
			cancel(enough)
		}
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	done := e.Status().Coverage.FilesIndexed
	if done == 0 || done == len(files) {
		t.Fatalf("%d of %d files before the cancel", done, len(files))
	}
	if state := e.Status().Folders[0].State; state != indexing.StatePaused {
		t.Errorf("state %q", state)
	}
	if err := e.Close(root); err != nil {
		t.Fatal(err)
	}

	counting := &counter{Embedder: static.New()}
	e = engineWith(t, cache, counting)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	if again := e.Status().Coverage.FilesIndexed; again != done {
		t.Errorf("%d files are there again, want %d", again, done)
	}
	total := 0
	if err := e.Refresh(t.Context(), root, func(p indexing.Progress) { total = p.Total }); err != nil {
		t.Fatal(err)
	}
	if total != len(files)-done || int(counting.texts.Load()) != total {
		t.Errorf("%d files read, %d texts embedded, want %d", total, counting.texts.Load(), len(files)-done)
	}
	finds(t, e, workspace.Documents{}, "Thing399", "f399.go:Thing399")
}

func TestRefreshSeesWhatChangedWhileNobodyLooked(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"a.go": parseGo, "b.go": uploadGo}), t.TempDir()
	e := engine(t, cache)
	open(t, e, root)
	e.Close(root)
	write(t, root, map[string]string{"a.go": strings.ReplaceAll(parseGo, "parseHeader", "zebraCrossing"), "c/d.go": "package c\n\n// Quokka smiles.\nfunc Quokka() {}\n"})
	if err := os.Remove(filepath.Join(root, "b.go")); err != nil {
		t.Fatal(err)
	}
	e = engine(t, cache)
	open(t, e, root)
	finds(t, e, workspace.Documents{}, "zebraCrossing", "a.go:zebraCrossing")
	finds(t, e, workspace.Documents{}, "Quokka", "d.go:Quokka")
	finds(t, e, workspace.Documents{}, "retryUpload", "")
}

func TestSearchWithinFolders(t *testing.T) {
	one := write(t, t.TempDir(), map[string]string{"x/upload.go": uploadGo, "y/upload.go": uploadGo})
	two := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, one)
	open(t, e, two)
	for _, c := range []struct {
		folders []string
		hits    int
	}{
		{nil, 3},
		{[]string{one}, 2},
		{[]string{two}, 1},
		{[]string{filepath.Join(one, "y")}, 1},
		{[]string{filepath.Join(one, "x"), two}, 2},
		{[]string{filepath.Join(one, "absent")}, 0},
		{[]string{t.TempDir()}, 0},
	} {
		got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload", Folders: c.folders})
		if len(got) != c.hits {
			t.Errorf("%v: %v, want %d hits", c.folders, got, c.hits)
		}
	}
	if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload", Limit: 2}); len(got) != 2 {
		t.Errorf("limit 2: %v", got)
	}
}

func TestRelatedFindsTheLikeAndNeverItself(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{
		"upload.go":      uploadGo,
		"copy.go":        strings.ReplaceAll(uploadGo, "retryUpload", "retryUploads"),
		"upload_test.go": "package store\n\nfunc TestRetryUpload(t *testing.T) {\n\tif err := retryUpload(); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n",
		"parse.go":       parseGo,
	})
	e := engine(t, "")
	open(t, e, root)
	path := filepath.Join(root, "upload.go")
	a, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: path, Start: strings.Index(uploadGo, "retryUpload()")})
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, h := range a.Hits {
		reasons[filepath.Base(h.Path)] = h.Reason
	}
	if reasons["upload.go"] != "" || reasons["copy.go"] != search.ReasonDuplicate || reasons["upload_test.go"] != search.ReasonTest {
		t.Errorf("%v", reasons)
	}
	a, err = e.Related(t.Context(), workspace.Documents{}, indexing.Place{Text: "send the file again when the network failed", Limit: 1})
	if err != nil || len(a.Hits) != 1 {
		t.Errorf("by text: %v, %v", a.Hits, err)
	}
	if _, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: "/elsewhere/x.go"}); err == nil {
		t.Error("a place in no folder is no error")
	}
	for _, p := range []indexing.Place{{Path: path, Start: 1 << 30}, {Path: path, Start: -5, End: 1 << 30}} {
		if _, err := e.Related(t.Context(), workspace.Documents{}, p); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// Invariant 9: cancelling stops the work; TestMain sees that nothing is left.
func TestCancellingAQueryStopsIt(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, root)
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the user typed on")
	cancel(cause)
	if _, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: "upload"}); !errors.Is(err, cause) {
		t.Errorf("Search: %v", err)
	}
	if _, err := e.Related(ctx, workspace.Documents{}, indexing.Place{Text: "upload"}); !errors.Is(err, cause) {
		t.Errorf("Related: %v", err)
	}
}

func TestOpenRefusesWhatIsNoFolder(t *testing.T) {
	file := write(t, t.TempDir(), map[string]string{"a.go": parseGo})
	e := engine(t, "")
	for _, root := range []string{filepath.Join(file, "absent"), filepath.Join(file, "a.go")} {
		if err := e.Open(t.Context(), root); !errors.Is(err, indexing.ErrNotFolder) {
			t.Errorf("Open(%s): %v", root, err)
		}
	}
	if err := e.Refresh(t.Context(), file, nil); !errors.Is(err, indexing.ErrUnknownFolder) {
		t.Errorf("Refresh: %v", err)
	}
	if err := e.Close(file); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "upload"}); len(a.Hits) != 0 || a.Coverage.Percent != 0 {
		t.Errorf("without a folder: %+v", a)
	}
}

func TestStatusNamesWhatIsSkipped(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{
		"a.go": parseGo, ".env": "KEY=1", "blob.dat": "\x00\x01\x02\x00", "big.txt": strings.Repeat("word \n", 1<<18), ".gitignore": "out/\n", "out/x.go": parseGo,
	})
	e := engine(t, t.TempDir())
	open(t, e, root)
	skipped := map[string]string{}
	for _, s := range e.Status().Folders[0].Skipped {
		skipped[s.Path] = s.Rule + " (" + s.Source + ")"
	}
	for path, want := range map[string]string{".env": "built-in", "blob.dat": "binary", "big.txt": "larger", "out": ".gitignore:1"} {
		if !strings.Contains(skipped[path], want) {
			t.Errorf("%s: %q, want %q in it; all: %v", path, skipped[path], want, skipped)
		}
	}
	if skipped["a.go"] != "" {
		t.Error("a.go is skipped:", skipped["a.go"])
	}
}

func TestLocateFindsTheIndexAbove(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"a/b/c.go": parseGo}), t.TempDir()
	below := filepath.Join(root, "a", "b")
	m := static.New().Model()
	if _, ok := indexing.Locate(cache, below, m); ok {
		t.Error("found before there is one")
	}
	e := engine(t, cache)
	open(t, e, root)
	if got, ok := indexing.Locate(cache, below, m); !ok || got != root {
		t.Errorf("%q, %v", got, ok)
	}
	m.Name = "another" // for which that one answers until there is one of its own
	if got, ok := indexing.Locate(cache, below, m); !ok || got != root {
		t.Errorf("of another model: %q, %v", got, ok)
	}
	id := store.Identity{Root: root, Model: static.New().Model().Identity(), Dimensions: static.Dimensions}
	if err := store.UnmarkComplete(cache, id); err != nil {
		t.Fatal(err)
	}
	if _, ok := indexing.Locate(cache, below, m); ok {
		t.Error("found the index of another model, which is not complete")
	}
}

// Invariant 2: a query never waits for indexing.
func TestQueryNeverWaitsForIndexing(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := engine(t, "")
	open(t, e, root)
	write(t, root, map[string]string{"parse.go": parseGo, "new.go": strings.ReplaceAll(parseGo, "parseHeader", "zebraCrossing")})
	asked := false
	err := e.Refresh(t.Context(), root, func(indexing.Progress) {
		asked = true
		finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	})
	if err != nil || !asked {
		t.Errorf("%v, asked while indexing: %v", err, asked)
	}
	slow := &stuck{Embedder: static.New(), entered: make(chan struct{}), leave: make(chan struct{})}
	e = engineWith(t, "", slow)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	err = tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-slow.entered
		if _, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: "retryUpload"}); err != nil {
			return err
		}
		close(slow.leave)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// stuck is a model whose first batch waits until it is told to go on.
type stuck struct {
	indexing.Embedder
	once           atomic.Bool
	entered, leave chan struct{}
}

func (s *stuck) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if s.once.CompareAndSwap(false, true) {
		close(s.entered)
		<-s.leave
	}
	return s.Embedder.Embed(ctx, texts)
}

// Two processes have one index: either finds what the other has published, and neither
// reads again what the other has read.
func TestTwoProcessesKeepOneIndex(t *testing.T) {
	root, cache := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo}), t.TempDir()
	counting := &counter{Embedder: static.New()}
	first, second := engine(t, cache), engineWith(t, cache, counting)
	open(t, first, root)
	open(t, second, root)
	if n := counting.texts.Load(); n != 0 {
		t.Errorf("the second process embedded %d texts of the first", n)
	}
	write(t, root, map[string]string{"parse.go": parseGo})
	if err := first.Update(t.Context(), filepath.Join(root, "parse.go")); err != nil {
		t.Fatal(err)
	}
	if err := second.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, second, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
	if n := counting.texts.Load(); n != 0 {
		t.Errorf("the second process embedded %d texts of the first", n)
	}
	write(t, root, map[string]string{"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "againUpload")})
	if err := second.Update(t.Context(), filepath.Join(root, "upload.go")); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(root); err != nil {
		t.Fatal(err)
	}
	looking := indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(2, 2), ReadOnly: true})
	if err := looking.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer looking.Close(root)
	if f := looking.Status().Folders[0]; f.Coverage.FilesIndexed != 2 || f.Health != store.HealthOK {
		t.Errorf("%+v", f)
	}
	finds(t, looking, workspace.Documents{}, "againUpload", "upload.go:againUpload")
	finds(t, looking, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
	if h := second.Status().Folders[0].Health; h != store.HealthOK {
		t.Error(h)
	}
}

// A file that changed counts as waiting, not as indexed.
func TestCoverageCountsWhatIsStaleAsWaiting(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	model := &flaky{}
	e := engineWith(t, t.TempDir(), model)
	open(t, e, root)
	model.down.Store(true)
	write(t, root, map[string]string{"parse.go": parseGo + "\nfunc more() {}\n"})
	if err := e.Refresh(t.Context(), root, nil); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.FilesIndexed != 1 || c.FilesTotal != 2 || c.FilesWaiting != 1 || c.Percent != 50 {
		t.Errorf("coverage %+v", c)
	}
}
