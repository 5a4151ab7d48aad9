package indexing_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// fifty is a file of as many chunks, of which some functions return other numbers.
func fifty(numbers map[int]int) string {
	var b strings.Builder
	b.WriteString("package fifty\n")
	for i := range 50 {
		fmt.Fprintf(&b, "\n// stepNumber%02d does the work of the step.\nfunc stepNumber%02d(in []int) (out []int) {\n", i, i)
		for line := range 12 {
			fmt.Fprintf(&b, "\tout = append(out, in[%d]*%d+stepNumber%02d(in[1:])[%d])\n", line, i, (i+line)%50, line)
		}
		fmt.Fprintf(&b, "\treturn append(out, %d)\n}\n", numbers[i])
	}
	return b.String()
}

// patient is an engine whose queries wait for the vectors of buffers however busy the machine is.
func patient(model indexing.Embedder) *indexing.Engine {
	return indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(2, 2), BufferPatience: time.Minute})
}

// Of a file that is edited or saved, the chunks are embedded that have changed, however many edits that took.
func TestOnlyChangedChunksAreEmbedded(t *testing.T) {
	model := &counter{Embedder: static.New()}
	root := write(t, t.TempDir(), map[string]string{"fifty.go": fifty(nil)})
	path := filepath.Join(root, "fifty.go")
	e := patient(model)
	open(t, e, root)
	if n := model.texts.Swap(0); n < 40 {
		t.Fatalf("the file has %d chunks", n)
	}
	s := workspace.NewSession()
	if err := s.Open(path, 1, fifty(nil)); err != nil {
		t.Fatal(err)
	}
	embedded := func(what string, most int64) {
		t.Helper()
		if n := model.texts.Swap(0); n < 1 || n > most {
			t.Errorf("%s: %d texts were embedded, want 1 to %d", what, n, most)
		}
	}
	type numbers = map[int]int
	for i := range 100 { // nobody asks meanwhile
		if err := s.Change(path, int32(i), edit(fifty(numbers{7: i})), 0); err != nil {
			t.Fatal(err)
		}
	}
	if n := model.texts.Load(); n != 0 {
		t.Errorf("%d texts were embedded before anybody asked", n)
	}
	finds(t, e, s.Documents(), "stepNumber07", "fifty.go:stepNumber07")
	embedded("a hundred edits of a function", 2)
	finds(t, e, s.Documents(), "stepNumber08", "fifty.go:stepNumber08")
	if n := model.texts.Swap(0); n != 0 {
		t.Errorf("asked again: %d texts were embedded", n)
	}
	// One that moves the rest changes nothing else.
	if err := s.Change(path, 200, edit("\n\n"+fifty(numbers{7: 1})), 0); err != nil {
		t.Fatal(err)
	}
	finds(t, e, s.Documents(), "stepNumber49", "fifty.go:stepNumber49")
	embedded("two lines before all", 3)

	write(t, root, map[string]string{"fifty.go": fifty(numbers{31: 5})})
	if err := e.Update(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	embedded("a save", 2)
}

// holding is a model that, once told to, embeds nothing, and says so when it is asked to end.
type holding struct {
	counter
	hold       chan struct{} // one value: the next call waits
	begun, end chan struct{}
}

func (h *holding) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	select {
	case <-h.hold:
		close(h.begun)
		<-h.end
		return nil, errDown
	default:
		return h.counter.Embed(ctx, texts)
	}
}

// Edits that come while a buffer is embedded for a query are folded: who asks next has the last text embedded, and none of
// those between.
func TestEditsMeanwhileAreFolded(t *testing.T) {
	model := &holding{counter: counter{Embedder: static.New()}, hold: make(chan struct{}, 1)}
	model.begun, model.end = make(chan struct{}), make(chan struct{})
	root := write(t, t.TempDir(), map[string]string{"fifty.go": fifty(nil)})
	path := filepath.Join(root, "fifty.go")
	e := patient(model)
	open(t, e, root)
	s := workspace.NewSession()
	change := func(i int) {
		t.Helper()
		if err := s.Change(path, int32(i), edit(fifty(map[int]int{7: i})), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Open(path, 0, fifty(nil)); err != nil {
		t.Fatal(err)
	}
	change(1)
	model.texts.Store(0)
	model.hold <- struct{}{}
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		docs := s.Documents()
		g.Go(func(context.Context) error {
			finds(t, e, docs, "stepNumber07", "fifty.go:stepNumber07") // by its words, since the model is down
			return nil
		})
		<-model.begun
		for i := 2; i < 50; i++ {
			change(i)
		}
		close(model.end)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, a := ask(t, e, s.Documents(), indexing.Query{Text: "stepNumber07"})
	if len(a.Hits) == 0 || !strings.Contains(a.Hits[0].Text[a.Hits[0].Start:a.Hits[0].End], "return append(out, 49)") {
		t.Error("the last text is not found")
	}
	if n := model.texts.Load(); n < 1 || n > 2 {
		t.Errorf("%d texts were embedded, want those of the last one", n)
	}
}

// A switch of branches rewrites all files, adds some and takes others away: only what was never seen is embedded,
// and nothing when it is switched back. A walk finds nothing left to do.
func TestASwitchOfBranches(t *testing.T) {
	const files, fresh, gone = 1000, 40, 60
	root, cache := t.TempDir(), t.TempDir()
	model := newFake("model", 8)
	e := changing(cache, model)
	name := func(i int) string { return fmt.Sprintf("d%02d/f%04d.go", i%50, i) }
	branch := func(other bool) (paths []string) {
		t.Helper()
		written := map[string]string{}
		for i := range files {
			text := fmt.Sprintf("package f\n\n// number%04d is one of many.\nfunc number%04d() {}\n", i, i)
			if other {
				text = "// Package f is licensed otherwise.\n\n" + text // all of them change, their functions do not
			}
			if other && i < fresh {
				text = strings.ReplaceAll(text, "number", "unseenOne")
			}
			paths = append(paths, filepath.Join(root, filepath.FromSlash(name(i))))
			if other && i >= files-gone {
				if err := os.Remove(paths[i]); err != nil {
					t.Fatal(err)
				}
				continue
			}
			written[name(i)] = text
		}
		write(t, root, written)
		return paths
	}
	embedded := func(of string) (n int) {
		model.mu.Lock()
		defer model.mu.Unlock()
		for _, text := range model.texts {
			if strings.Contains(text, "func "+of) {
				n++
			}
		}
		model.texts = nil
		return n
	}
	branch(false)
	open(t, e, root)
	if n := embedded("number"); n != files {
		t.Fatalf("%d functions were embedded", n)
	}
	for _, step := range []struct {
		other         bool
		unseen, files int
	}{{true, fresh, files - gone}, {false, 0, files}} {
		paths := branch(step.other)
		slices.Reverse(paths) // in no order
		if err := e.Update(t.Context(), paths...); err != nil {
			t.Fatal(err)
		}
		if n := embedded(""); n != step.unseen {
			t.Errorf("other branch %v: %d functions were embedded, want %d", step.other, n, step.unseen)
		}
		if f := e.Status().Folders[0]; f.Coverage.FilesTotal != step.files || f.Coverage.FilesIndexed != step.files || f.State != indexing.StateReady {
			t.Errorf("other branch %v: %+v %s", step.other, f.Coverage, f.State)
		}
		read := 0
		if err := e.Refresh(t.Context(), root, func(p indexing.Progress) { read = p.Total }); err != nil {
			t.Fatal(err)
		}
		if read > files/2 { // but for those that were written so recently that their times prove nothing
			t.Errorf("other branch %v: a walk reads %d files again", step.other, read)
		}
	}
}
