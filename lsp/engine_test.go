package lsp_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What the editor sees of the real engine.

func realEngine(cache string) *indexing.Engine {
	return indexing.New(indexing.Config{CacheDir: cache, Embedder: static.New(), Limiter: tasks.NewLimiter(2, 1)})
}

const (
	retryGo = `package net

// Retry calls f again with growing pauses until it succeeds or attempts run out.
func Retry(attempts int, f func() error) error {
	var err error
	for i := 0; i < attempts; i++ {
		if err = f(); err == nil {
			return nil
		}
		pause(i)
	}
	return err
}
`
	colourGo = `package paint

// MixColours blends two colours by weight.
func MixColours(a, b Colour, weight float64) Colour {
	/* 😀 */ return Colour{a.R*weight + b.R*(1-weight)}
}
`
	parseGo = `package header

// ParseHeader splits a header line into its name and its value.
func ParseHeader(line string) (name, value string) {
	name, value, _ = strings.Cut(line, ":")
	return name, strings.TrimSpace(value)
}
`
)

// write makes a workspace of files.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	return dir
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func workspaceFiles() map[string]string {
	return map[string]string{"net/retry.go": retryGo, "paint/colour.go": colourGo, "header/parse.go": parseGo}
}

// first is the first hit of a search that must succeed.
func first(t *testing.T, e *lsptest.Editor, query string) lsptest.Hit {
	t.Helper()
	a, err := e.Search(lsptest.Query{Query: query})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Hits) == 0 {
		t.Fatalf("%q found nothing of %+v", query, *a.Coverage)
	}
	return a.Hits[0]
}

func symbols(hits []lsptest.Hit) (names []string) {
	for _, h := range hits {
		names = append(names, h.Symbol)
	}
	return names
}

func TestAPlainQuestionFindsItsCode(t *testing.T) {
	dir := write(t, workspaceFiles())
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		s := e.AwaitReady()
		if c := s.Coverage; c.Percent != 100 || c.FilesIndexed != 3 || c.Model == "" || s.Model.Dimensions == 0 {
			t.Errorf("status %+v %+v", s, *c)
		}
		h := first(t, e, "try again after a failure with a pause")
		if h.Symbol != "Retry" || h.Kind != 12 || h.Language != "go" || lsptest.Path(h.URI) != filepath.Join(dir, "net", "retry.go") {
			t.Errorf("hit %+v", h)
		}
		if want := (lsptest.Range{Start: lsptest.Position{Line: 3, Character: 5}, End: lsptest.Position{Line: 3, Character: 10}}); h.SelectionRange != want {
			t.Errorf("selection %+v, want %+v", h.SelectionRange, want)
		}
		list, err := e.Symbols("split a header into name and value")
		if err != nil || len(list) == 0 || list[0].Name != "ParseHeader" {
			t.Errorf("symbols %+v, %v; want ParseHeader first", list, err)
		}
		a, err := e.Related(lsptest.Place{
			TextDocument: &lsptest.Document{URI: lsptest.URI(filepath.Join(dir, "net", "retry.go"))},
			Position:     &lsptest.Position{Line: 4, Character: 2},
		})
		if err != nil || slices.Contains(symbols(a.Hits), "Retry") {
			t.Errorf("related %+v, %v; want anything but the place itself", symbols(a.Hits), err)
		}
		a, err = e.Related(lsptest.Place{Text: parseGo, LanguageID: "go"})
		if err != nil || len(a.Hits) == 0 || a.Hits[0].Symbol != "ParseHeader" || a.Hits[0].Reason == "" {
			t.Errorf("related to text %+v, %v; want ParseHeader first, with a reason", a.Hits, err)
		}
	})
}

// The buffer is asked, and the buffers answer: a test that was typed a moment ago finds what it tests, and is found by it.
func TestRelatedSaysWhyInUnsavedBuffers(t *testing.T) {
	dir := write(t, workspaceFiles())
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		path := filepath.Join(dir, "net", "retry_test.go")
		uri := lsptest.URI(path)
		e.Open(path, "package net\n")
		e.Edit(path, lsptest.Edit{Text: "package net\n\nfunc TestRetry(t *testing.T) {\n\tif err := Retry(3, fail); err == nil {\n\t\tt.Fatal(err)\n\t}\n}\n"})
		reason := func(uri string, line int, symbol string) string {
			a, err := e.Related(lsptest.Place{
				TextDocument: &lsptest.Document{URI: uri}, Position: &lsptest.Position{Line: line, Character: 5},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range a.Hits {
				if h.Symbol == symbol {
					return h.Reason
				}
			}
			return "nothing"
		}
		if got := reason(uri, 2, "Retry"); got != "test" {
			t.Errorf("what the test tests: %s", got)
		}
		if got := reason(lsptest.URI(filepath.Join(dir, "net", "retry.go")), 3, "TestRetry"); got != "test" {
			t.Errorf("the test of it: %s", got)
		}
		if got := reason(uri, 2, "TestRetry"); got != "nothing" {
			t.Errorf("itself: %s", got)
		}
	})
}

func TestRangesCountInTheAgreedUnits(t *testing.T) {
	const before = "/* 😀é */ func "
	units := map[string]int{"utf-8": len(before), "utf-16": len(utf16.Encode([]rune(before))), "utf-32": len([]rune(before))}
	dir := write(t, map[string]string{"paint/colour.go": "package paint\n\n" + before + "MixColours(a, b Colour) Colour { return a }\n"})
	for encoding, column := range units {
		t.Run(encoding, func(t *testing.T) {
			run(t, realEngine(""), lsptest.Options{Folders: []string{dir}, Encodings: []string{encoding}}, func(e *lsptest.Editor) {
				e.AwaitReady()
				want := lsptest.Range{Start: lsptest.Position{Line: 2, Character: column}, End: lsptest.Position{Line: 2, Character: column + len("MixColours")}}
				if got := first(t, e, "mix colours").SelectionRange; got != want {
					t.Errorf("the name is at %+v, want %+v", got, want)
				}
			})
		})
	}
}

func TestUnsavedTextIsFoundWhereItStands(t *testing.T) {
	dir := write(t, workspaceFiles())
	path := filepath.Join(dir, "net", "retry.go")
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		e.Open(path, retryGo)
		e.Edit(path, lsptest.Edit{Range: &lsptest.Range{}, Text: "// one\n// two\n"})
		h := first(t, e, "try again after a failure with a pause")
		if want := (lsptest.Position{Line: 5, Character: 5}); h.Symbol != "Retry" || h.SelectionRange.Start != want {
			t.Errorf("hit %s at %+v, want Retry at %+v: two lines were inserted before it", h.Symbol, h.SelectionRange.Start, want)
		}
		e.Edit(path, lsptest.Edit{Text: "package net\n\n// Teleport moves a parcel through hyperspace.\nfunc Teleport(parcel Parcel) {}\n"})
		a, err := e.Search(lsptest.Query{Query: "move a parcel through hyperspace"})
		if err != nil || len(a.Hits) == 0 || a.Hits[0].Symbol != "Teleport" {
			t.Errorf("hits %q, %v; want Teleport, which is only in the buffer", symbols(a.Hits), err)
		}
		if a.Coverage.DirtyDocuments != 1 {
			t.Errorf("%d dirty documents, want 1", a.Coverage.DirtyDocuments)
		}
		if a, err := e.Search(lsptest.Query{Query: "Retry"}); err != nil || slices.Contains(symbols(a.Hits), "Retry") {
			t.Errorf("hits %q, %v: Retry is only on disk", symbols(a.Hits), err)
		}
		e.Close(path)
		if h := first(t, e, "try again after a failure with a pause"); h.Symbol != "Retry" {
			t.Errorf("hit %s, want Retry: the buffer was thrown away", h.Symbol)
		}
	})
}

func TestTheIndexFollowsWhatIsSavedCreatedAndDeleted(t *testing.T) {
	dir := write(t, workspaceFiles())
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	run(t, realEngine(""), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		const teleport = "package net\n\n// Teleport moves a parcel through hyperspace.\nfunc Teleport(parcel Parcel) {}\n"
		e.Open(in("net/retry.go"), retryGo)
		e.Edit(in("net/retry.go"), lsptest.Edit{Text: teleport})
		put(t, in("net/retry.go"), teleport)
		e.Save(in("net/retry.go"))
		e.Close(in("net/retry.go"))
		await(t, e, "move a parcel through hyperspace", func(h []lsptest.Hit) bool { return len(h) > 0 && h[0].Symbol == "Teleport" })

		put(t, in("new/moon.go"), "package moon\n\n// Tide computes how high the ocean rises.\nfunc Tide() {}\n")
		e.Watched(in("new/moon.go"))
		await(t, e, "how high the ocean rises", func(h []lsptest.Hit) bool { return len(h) > 0 && h[0].Symbol == "Tide" })

		if err := os.RemoveAll(in("new")); err != nil {
			t.Fatal(err)
		}
		e.Watched(in("new/moon.go"), in("new"))
		await(t, e, "how high the ocean rises", func(h []lsptest.Hit) bool { return !slices.Contains(symbols(h), "Tide") })
	})
}

// await searches until is returns true of the hits, again whenever the server tells that something changed.
func await(t *testing.T, e *lsptest.Editor, query string, is func([]lsptest.Hit) bool) {
	t.Helper()
	for {
		mark := e.Mark()
		a, err := e.Search(lsptest.Query{Query: query})
		if err != nil {
			t.Fatal(err)
		}
		if is(a.Hits) {
			return
		}
		e.Await("a change after which "+query+" is answered well", mark, func(m lsptest.Message) bool {
			return m.Method == "semantic/statusChanged"
		})
	}
}

func TestAFolderThatLeavesIsFoundNoMore(t *testing.T) {
	one := write(t, map[string]string{"retry.go": retryGo})
	two := write(t, map[string]string{"parse.go": parseGo})
	run(t, realEngine(t.TempDir()), lsptest.Options{Folders: []string{one}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		e.ChangeFolders([]string{two}, nil)
		e.AwaitReady()
		if h := first(t, e, "split a header line"); h.Symbol != "ParseHeader" {
			t.Errorf("hit %s, want ParseHeader", h.Symbol)
		}
		a, err := e.Search(lsptest.Query{Query: "split a header line", Folders: []string{lsptest.URI(one)}})
		if err != nil || slices.Contains(symbols(a.Hits), "ParseHeader") {
			t.Errorf("hits %q, %v: ParseHeader is in the other folder", symbols(a.Hits), err)
		}
		e.ChangeFolders(nil, []string{two})
		await(t, e, "split a header line", func(h []lsptest.Hit) bool { return !slices.Contains(symbols(h), "ParseHeader") })
	})
}

func TestWhatWasIndexedIsThereAtTheNextStart(t *testing.T) {
	dir, cache := write(t, workspaceFiles()), t.TempDir()
	run(t, realEngine(cache), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		if err := e.Shutdown(); err != nil {
			t.Fatal(err)
		}
		e.Exit()
		if err := e.Wait(); err != nil {
			t.Fatal(err)
		}
	})
	run(t, realEngine(cache), lsptest.Options{Folders: []string{dir}}, func(e *lsptest.Editor) {
		e.AwaitReady()
		if h := first(t, e, "try again after a failure with a pause"); h.Symbol != "Retry" {
			t.Errorf("hit %s, want Retry", h.Symbol)
		}
	})
}
