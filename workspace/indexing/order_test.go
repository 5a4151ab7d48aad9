package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// watched tells, in order, which function of which file is embedded; every file of these tests has one, named for it.
type watched struct {
	indexing.Embedder
	mu    sync.Mutex
	names []string
	each  func(name string)
}

func (w *watched) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	for _, text := range texts {
		_, name, ok := strings.Cut(text, "mark_")
		if !ok {
			continue
		}
		name = name[:strings.IndexFunc(name+" ", func(r rune) bool { return r < '0' || r > 'z' })]
		w.mu.Lock()
		seen := slices.Contains(w.names, name)
		if !seen {
			w.names = append(w.names, name)
		}
		w.mu.Unlock()
		if w.each != nil && !seen {
			w.each(name)
		}
	}
	return w.Embedder.Embed(ctx, texts)
}

// marked writes files that each hold one function mark_NAME.
func marked(t *testing.T, root string, files map[string]string) string {
	t.Helper()
	texts := map[string]string{}
	for file, name := range files {
		if strings.HasSuffix(file, ".md") {
			texts[file] = "# About\n\nThis is mark_" + name + " told.\n"
		} else {
			texts[file] = "package p\n\nfunc mark_" + name + "() {}\n"
		}
	}
	return write(t, root, texts)
}

// TestOrderOfReading: with one core and one worker, files are read and published in the order in which they are likely
// to be asked for.
func TestOrderOfReading(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	root := marked(t, t.TempDir(), map[string]string{
		"vendor/dep/dep.go":         "vendored",
		"api/gen/zz.pb.go":          "generated",
		"api/old/deep/open.go":      "open",
		"api/old/deep/er/recent.go": "recent",
		"api/old/deep/newest.go":    "newest",
		"main.go":                   "shallow",
		"README.md":                 "prose",
		"api/a.go":                  "second",
		"api/old/b.go":              "third",
		"main_test.go":              "tested",
	})
	now := time.Now()
	for file, age := range map[string]time.Duration{
		"api/old/deep/newest.go": time.Minute, "api/old/deep/er/recent.go": time.Hour, "api/gen/zz.pb.go": time.Second,
	} {
		if err := os.Chtimes(filepath.Join(root, filepath.FromSlash(file)), now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	session := workspace.NewSession()
	if err := session.Open(filepath.Join(root, "api", "old", "deep", "open.go"), 1, "package p\n"); err != nil {
		t.Fatal(err)
	}
	var published []string
	model := &watched{Embedder: static.New()}
	e := indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(1, 1)})
	e.ReadFirst(session.Documents)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	err := e.Refresh(t.Context(), root, func(p indexing.Progress) {
		published = append(published, fmt.Sprint(p.Done, " ", strings.Join(p.Paths[max(0, len(p.Paths)-1):], "")))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"open", "newest", "recent", "shallow", "prose", "second", "third", "tested", "generated", "vendored"}
	if !slices.Equal(model.names, want) {
		t.Errorf("read in the order %q, want %q", model.names, want)
	}
	if want := []string{"0 ", "8 main_test.go", "10 vendor/dep/dep.go"}; !slices.Equal(published, want) {
		t.Errorf("published %q, want %q", published, want)
	}
}

// TestManyRecentFilesAreACheckout: then the time says nothing, and what is near the top comes first.
func TestManyRecentFilesAreACheckout(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	files := map[string]string{"top.go": "top"}
	for i := range 501 {
		files[fmt.Sprintf("a/b/f%d.go", i)] = fmt.Sprintf("f%d", i)
	}
	root := marked(t, t.TempDir(), files)
	now := time.Now().Add(-time.Hour)
	for file := range files {
		if file != "top.go" {
			if err := os.Chtimes(filepath.Join(root, filepath.FromSlash(file)), now, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	model := &watched{Embedder: static.New()}
	e := indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(1, 1)})
	open(t, e, root)
	if model.names[0] != "top" || len(model.names) != 502 {
		t.Errorf("%d files, first %q", len(model.names), model.names[0])
	}
}

// TestOpenedMeanwhile: a document that is opened while a folder is read comes next.
func TestOpenedMeanwhile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	files := map[string]string{"deep/down/below/late.go": "late"}
	for i := range 200 {
		files[fmt.Sprintf("f%03d.go", i)] = fmt.Sprintf("f%03d", i)
	}
	root := marked(t, t.TempDir(), files)
	session := workspace.NewSession()
	model := &watched{Embedder: static.New()}
	model.each = func(name string) {
		if len(model.names) == 1 {
			if err := session.Open(filepath.Join(root, "deep", "down", "below", "late.go"), 1, "package p\n"); err != nil {
				t.Error(err)
			}
		}
	}
	e := indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(1, 1)})
	e.ReadFirst(session.Documents)
	open(t, e, root)
	if at := slices.Index(model.names, "late"); at != 8 {
		t.Errorf("it is number %d that is read, want the first of the second batch, 8", at)
	}
	rest := slices.DeleteFunc(model.names, func(name string) bool { return name == "late" })
	if len(rest) != 200 || !slices.IsSorted(rest) {
		t.Errorf("%d others were read, in the order %q", len(rest), rest)
	}
}

// TestWalkTakesTurns: a walk waits for the background's cores like all work on an index, ends when it is told to, and
// what is interactive gets a core meanwhile.
func TestWalkTakesTurns(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"a.go": uploadGo, "b/c.go": parseGo})
	limiter := tasks.NewLimiter(1, 0)
	e := indexing.New(indexing.Config{Embedder: static.New(), Limiter: limiter})
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		for _, waiting := limiter.Stats(); waiting == 0; _, waiting = limiter.Stats() {
			runtime.Gosched()
		}
		if c := e.Status().Coverage; c.FilesTotal != 0 || c.Percent != 0 {
			t.Errorf("it has walked: %+v", c)
		}
		if err := limiter.Do(ctx, tasks.Interactive, func(context.Context) error { return nil }); err != nil {
			t.Error(err)
		}
		cancel(stop)
		return nil
	})
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	limiter.Resize(1, 1)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.FilesIndexed != 2 || c.Percent != 100 {
		t.Errorf("then: %+v", c)
	}
}
