package indexing_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// What becomes of a folder when the model changes: invariant 3.

// changing is an engine of a model beside which others can be asked.
func changing(cache string, model indexing.Embedder, others ...indexing.Embedder) *indexing.Engine {
	return indexing.New(indexing.Config{
		CacheDir: cache, Embedder: model, Limiter: tasks.NewLimiter(2, 2), VectorBytes: 1 << 20,
		Former: func(m embed.Model) indexing.Embedder {
			for _, o := range others {
				if o.Model() == m {
					return o
				}
			}
			return nil
		},
	})
}

// indexed makes the model's index of root.
func indexed(t *testing.T, cache, root string, model indexing.Embedder) {
	t.Helper()
	e := changing(cache, model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(root); err != nil {
		t.Fatal(err)
	}
}

// answersBy asks, and wants a hit first, of an answer of that model.
func answersBy(t *testing.T, e *indexing.Engine, docs workspace.Documents, query, want, model string) indexing.Answer {
	t.Helper()
	got, a := ask(t, e, docs, indexing.Query{Text: query})
	if len(got) == 0 || got[0] != want || a.Coverage.Model != model {
		t.Errorf("%q finds %v by %s, want %s by %s", query, got, a.Coverage.Model, want, model)
	}
	return a
}

// neverMixed looks at what is stored for root: every row of an index is one that its
// model makes.
func neverMixed(t *testing.T, cache, root string, models ...*fake) {
	t.Helper()
	for _, m := range models {
		s := store.OpenReadOnly(cache, store.Identity{Root: root, Model: m.Model().Identity(), Dimensions: m.dimensions})
		defer s.Close()
		news, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		x := index.New(root)
		news.Apply(x)
		rows := 0
		for _, piece := range x.Snapshot().Pieces() {
			if d := piece.Segment.Dimensions(); d != m.dimensions {
				t.Errorf("%s has rows of %d dimensions", m.name, d)
				continue
			}
			for id := range piece.Segment.Chunks() {
				row := piece.Segment.Row(uint32(id))
				for i, x := range row.Data {
					if row.Scale != 0 && (x != 0) != (i == m.component) {
						t.Fatalf("%s has the row %v", m.name, row)
					}
				}
				rows++
			}
		}
		if rows == 0 {
			t.Errorf("%s has no rows", m.name)
		}
	}
}

// building begins to build the model's index and returns once it waits at a text.
func building(t *testing.T, e *indexing.Engine, root string, model *fake) (ended <-chan error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- e.Refresh(t.Context(), root, nil) }()
	select {
	case <-model.stopped:
	case err := <-done:
		t.Fatalf("it did not stop: %v", err)
	}
	return done
}

const zebraGo = "package store\n\n// zebraCrossing lets people pass.\nfunc zebraCrossing() {}\n"

func TestTheOldIndexServesUntilTheNewOneIsComplete(t *testing.T) {
	for _, c := range []struct {
		name string
		old  indexing.Embedder
	}{{static.New().Model().Name, static.New()}, {"ash", newFake("ash", 4)}} {
		t.Run(c.name, func(t *testing.T) {
			cache := t.TempDir()
			root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo, "gone.go": zebraGo})
			indexed(t, cache, root, c.old)

			birch := newFake("birch", 3)
			birch.set(false, "parseHeader")
			e := changing(cache, birch, c.old)
			if err := e.Open(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			defer e.Close(root)
			none := workspace.Documents{}
			answersBy(t, e, none, "retryUpload", "upload.go:retryUpload", c.name)
			ended := building(t, e, root, birch)

			a := answersBy(t, e, none, "parseHeader", "parse.go:parseHeader", c.name)
			if a.Coverage.Percent != 100 || a.Coverage.FilesTotal != 3 || a.Coverage.FilesWaiting != 0 || a.Warning != "" {
				t.Errorf("%+v, warning %q", a.Coverage, a.Warning)
			}
			st := e.Status()
			if f := st.Folders[0]; st.Model.Name != "birch" || st.Coverage.Model != c.name || f.State != indexing.StateIndexing ||
				f.Coverage != st.Coverage || !strings.Contains(f.Message, "birch") || !strings.Contains(f.Message, c.name) {
				t.Errorf("status %+v", st)
			}

			// Saved, made and removed meanwhile.
			write(t, root, map[string]string{
				"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "sendTwice"),
				"new.go":    strings.ReplaceAll(zebraGo, "zebra", "panda"),
			})
			if err := os.Remove(filepath.Join(root, "gone.go")); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"upload.go", "new.go", "gone.go"} {
				if err := e.Update(t.Context(), filepath.Join(root, name)); err != nil {
					t.Fatal(err)
				}
			}
			answersBy(t, e, none, "sendTwice", "upload.go:sendTwice", c.name)
			a = answersBy(t, e, none, "pandaCrossing", "new.go:pandaCrossing", c.name)
			if a.Coverage.Percent != 100 || a.Coverage.FilesTotal != 3 {
				t.Errorf("%+v", a.Coverage)
			}
			if got, _ := ask(t, e, none, indexing.Query{Text: "zebraCrossing"}); slices.Contains(got, "gone.go:zebraCrossing") {
				t.Errorf("what is gone is found: %v", got)
			}

			// Unsaved.
			session := workspace.NewSession()
			path := filepath.Join(root, "parse.go")
			if err := session.Open(path, 1, parseGo); err != nil {
				t.Fatal(err)
			}
			if err := session.Change(path, 2, edit(strings.ReplaceAll(parseGo, "parseHeader", "readFirstLine")), text.UTF16); err != nil {
				t.Fatal(err)
			}
			docs := session.Documents()
			if a := answersBy(t, e, docs, "readFirstLine", "parse.go:readFirstLine", c.name); a.Coverage.DirtyDocuments != 1 {
				t.Errorf("%+v", a.Coverage)
			}
			place := indexing.Place{Path: path, Start: strings.Index(parseGo, "func"), Limit: 5}
			if _, err := e.Related(t.Context(), docs, place); err != nil {
				t.Error(err)
			}
			if took := birch.took(); len(took) > 0 {
				t.Errorf("the new model was asked %q", took)
			}
			if old, ok := c.old.(*fake); ok {
				if took := old.took(); len(took) == 0 {
					t.Error("the old model was not asked")
				}
				if n := len(old.texts); n != 3 {
					t.Errorf("the old model was paid for %d texts, of which 3 were indexed", n)
				}
			}

			close(birch.leave)
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			a = answersBy(t, e, docs, "readFirstLine", "parse.go:readFirstLine", "birch")
			if took := birch.took(); len(took) != 1 || a.Coverage.Percent != 100 || a.Coverage.FilesTotal != 3 {
				t.Errorf("the new model was asked %q; %+v", took, a.Coverage)
			}
			answersBy(t, e, none, "sendTwice", "upload.go:sendTwice", "birch")
			st = e.Status()
			if f := st.Folders[0]; st.Coverage.Model != "birch" || f.State != indexing.StateReady || f.Message != "" {
				t.Errorf("status %+v", st)
			}
			neverMixed(t, cache, root, birch)
		})
	}
}

// A buffer that was searched with the old model's rows has the new one's after the swap:
// there a text without any word of the query is found by its row.
func TestUnsavedTextHasRowsOfTheModelThatAnswers(t *testing.T) {
	cache := t.TempDir()
	body := "() {\n" + strings.Repeat("\tline := next()\n", 100) + "}\n"
	long := "package store\n\nfunc parseHeader" + body + "\nfunc parseBody" + body
	root := write(t, t.TempDir(), map[string]string{"long.go": long})
	indexed(t, cache, root, static.New())
	birch := newFake("birch", 3)
	e := changing(cache, birch, static.New())
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	session := workspace.NewSession()
	path := filepath.Join(root, "long.go")
	if err := session.Open(path, 1, long); err != nil {
		t.Fatal(err)
	}
	if err := session.Change(path, 2, edit(long+"\nfunc zebraCrossing"+body), text.UTF16); err != nil {
		t.Fatal(err)
	}
	answersBy(t, e, session.Documents(), "zebraCrossing", "long.go:zebraCrossing", static.New().Model().Name)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if a := answersBy(t, e, session.Documents(), "xylophone", "long.go:parseHeader", "birch"); len(a.Hits) == 0 {
		t.Error("the buffer has no rows of the new model")
	}
}

// A complete index serves at once, whichever is configured, and what changed meanwhile is
// known.
func TestSwitchingBackAndForth(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	models := []*fake{ash, birch}
	for round := range 6 {
		now, other := models[round%2], models[1-round%2]
		e := changing(cache, now, other)
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		if round > 0 {
			want := now.name
			if round == 1 { // it has none yet
				want = other.name
			}
			answersBy(t, e, workspace.Documents{}, "parseHeader", "parse.go:parseHeader", want)
		}
		name := "again" + strings.Repeat("A", round)
		write(t, root, map[string]string{"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", name)})
		if err := e.Refresh(t.Context(), root, nil); err != nil {
			t.Fatal(err)
		}
		a := answersBy(t, e, workspace.Documents{}, name, "upload.go:"+name, now.name)
		if a.Coverage.Percent != 100 || a.Coverage.FilesTotal != 2 {
			t.Errorf("round %d: %+v", round, a.Coverage)
		}
		if err := e.Close(root); err != nil {
			t.Fatal(err)
		}
	}
	neverMixed(t, cache, root, ash, birch)
	if all := store.Complete(cache, root); len(all) != 2 {
		t.Errorf("complete: %v", all)
	}
}

// An edit that the new model does not get to see keeps the old index serving until it
// does.
func TestAnUpdateThatFailsKeepsTheOldIndexServing(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	indexed(t, cache, root, ash)
	birch.set(false, "parseHeader")
	e := changing(cache, birch, ash)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	ended := building(t, e, root, birch)
	birch.set(true, "")
	write(t, root, map[string]string{"new.go": zebraGo})
	path := filepath.Join(root, "new.go")
	if err := e.Update(t.Context(), path); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	birch.set(false, "")
	close(birch.leave)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	answersBy(t, e, workspace.Documents{}, "zebraCrossing", "new.go:zebraCrossing", "ash")
	if err := e.Update(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	answersBy(t, e, workspace.Documents{}, "zebraCrossing", "new.go:zebraCrossing", "birch")
}

// A model that has to be asked for its dimensions and is down costs no answers either, of
// any of the clients, and has its index as soon as it says them.
func TestTheOldIndexServesWhileTheNewModelSaysNothing(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	indexed(t, cache, root, static.New())
	model := &asking{}
	model.down.Store(true)
	e := changing(cache, model, static.New())
	other := e.Share()
	for _, e := range []*indexing.Engine{e, other} {
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
	}
	none := workspace.Documents{}
	answersBy(t, e, none, "retryUpload", "upload.go:retryUpload", static.New().Model().Name)
	write(t, root, map[string]string{"new.go": zebraGo})
	if err := e.Update(t.Context(), filepath.Join(root, "new.go")); err == nil {
		t.Error("an update of an index that is not begun")
	}
	answersBy(t, other, none, "zebraCrossing", "new.go:zebraCrossing", static.New().Model().Name)
	write(t, root, map[string]string{"parse.go": strings.ReplaceAll(parseGo, "parseHeader", "readHeader")})
	if err := e.Refresh(t.Context(), root, nil); !errors.Is(err, errDown) {
		t.Errorf("Refresh: %v", err)
	}
	answersBy(t, e, none, "readHeader", "parse.go:readHeader", static.New().Model().Name)
	if f := e.Status().Folders[0]; f.State != indexing.StateFailed || !strings.Contains(f.Message, errDown.Error()) {
		t.Errorf("%+v", f)
	}

	model.down.Store(false)
	if err := e.Update(t.Context(), filepath.Join(root, "new.go")); !errors.Is(err, errDown) {
		t.Errorf("Update: %v", err)
	}
	if err := other.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	for _, e := range []*indexing.Engine{e, other} {
		answersBy(t, e, none, "zebraCrossing", "new.go:zebraCrossing", "flaky")
	}
	if d := e.Status().Model.Dimensions; d != 2 {
		t.Errorf("%d dimensions", d)
	}
	for _, e := range []*indexing.Engine{e, other} {
		if err := e.Close(root); err != nil {
			t.Error(err)
		}
	}
	if all := store.Complete(cache, root); len(all) != 2 || all[0].Dimensions != 2 && all[1].Dimensions != 2 {
		t.Errorf("complete: %v", all)
	}
	// Nobody has it open any more, and the lock is free.
	indexed(t, cache, root, &flaky{})
}

// What cannot embed queries any more is searched by words, which is said.
func TestAnOldIndexOfAModelThatIsNotConfigured(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	indexed(t, cache, root, ash)
	e := changing(cache, birch)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	a := answersBy(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload", "ash")
	if !strings.Contains(a.Warning, "words only") || !strings.Contains(a.Warning, "ash") {
		t.Errorf("warning %q", a.Warning)
	}
	if len(ash.took())+len(birch.took()) > 0 {
		t.Error("a model was asked")
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if a := answersBy(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload", "birch"); a.Warning != "" {
		t.Errorf("warning %q", a.Warning)
	}
}

// Two folders of which one has its new index: each is asked with its own model.
func TestFoldersOfTwoModelsInOneAnswer(t *testing.T) {
	cache := t.TempDir()
	first := write(t, t.TempDir(), map[string]string{
		"upload.go": uploadGo, "more.go": strings.ReplaceAll(uploadGo, "Upload", "More"),
	})
	second := write(t, t.TempDir(), map[string]string{"again.go": strings.ReplaceAll(uploadGo, "retryUpload", "retryAgain")})
	ash, birch := newFake("ash", 4), newFake("birch", 3)
	for _, root := range []string{first, second} {
		indexed(t, cache, root, ash)
	}
	indexed(t, cache, second, birch)
	ash.took()
	birch.took()
	e := changing(cache, birch, ash)
	for _, root := range []string{first, second} {
		if err := e.Open(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		defer e.Close(root)
	}
	got, a := ask(t, e, workspace.Documents{}, indexing.Query{Text: "send the file again"})
	slices.Sort(got)
	if want := []string{"again.go:retryAgain", "more.go:retryMore", "upload.go:retryUpload"}; !slices.Equal(got, want) {
		t.Errorf("finds %v, want %v", got, want)
	}
	if a.Coverage.Model != "ash, birch" || a.Coverage.FilesIndexed != 3 {
		t.Errorf("%+v", a.Coverage)
	}
	if len(ash.took()) != 1 || len(birch.took()) != 1 {
		t.Error("not each model was asked once")
	}
	if !slices.IsSortedFunc(a.Hits, func(a, b search.Hit) int { return int(1e6 * (b.Score - a.Score)) }) {
		t.Error("the best is not first")
	}
	if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "send the file again", Limit: 2}); len(got) != 2 {
		t.Errorf("%d hits of at most 2", len(got))
	}
	within := indexing.Query{Text: "send the file again", Folders: []string{second}}
	if got, a := ask(t, e, workspace.Documents{}, within); len(got) != 1 || a.Coverage.Model != "birch" {
		t.Errorf("within one: %v by %s", got, a.Coverage.Model)
	}
	place := indexing.Place{Path: filepath.Join(first, "upload.go"), Start: strings.Index(uploadGo, "func")}
	r, err := e.Related(t.Context(), workspace.Documents{}, place)
	if err != nil || len(r.Hits) != 2 {
		t.Errorf("related: %d hits, %v", len(r.Hits), err)
	}
	for _, h := range r.Hits {
		if h.Path == place.Path {
			t.Error("related to itself")
		}
	}
}

// Models of one name differ in the rest, which answers show.
func TestAnOldIndexOfAModelOfTheSameName(t *testing.T) {
	cache := t.TempDir()
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	large, small := newFake("ash", 4), newFake("ash", 3)
	indexed(t, cache, root, large)
	e := changing(cache, small, large)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	answersBy(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload", "ash of 4 dimensions")
	if len(large.took()) != 1 || len(small.took()) != 0 {
		t.Error("the wrong one was asked")
	}
}
