package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// branch writes many files as they are on a branch, and returns their paths.
func branch(t *testing.T, root, name string, files int) (paths []string) {
	t.Helper()
	texts := map[string]string{}
	for i := range files {
		file := fmt.Sprintf("d%d/f%d.go", i%7, i)
		texts[file] = fmt.Sprintf("package d\n\nfunc %s%d() {\n\tsend(%d)\n}\n", name, i, i)
		paths = append(paths, filepath.Join(root, filepath.FromSlash(file)))
	}
	write(t, root, texts)
	return paths
}

// Thousands of files that change at once are read by all workers, each once, and all of them are found.
func TestABranchSwitch(t *testing.T) {
	const files = 700 // several batches
	root := t.TempDir()
	paths := branch(t, root, "before", files)
	e := engineWith(t, t.TempDir(), static.New())
	open(t, e, root)
	defer e.Close(root)
	branch(t, root, "after", files)
	// A file that is replaced is told of twice.
	if err := e.Update(t.Context(), append(paths, paths[:files/2]...)...); err != nil {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.FilesIndexed != files || c.FilesWaiting != 0 || c.Chunks != files {
		t.Errorf("coverage %+v", c)
	}
	for _, i := range []int{0, 1, files / 3, files - 1} {
		finds(t, e, workspace.Documents{}, fmt.Sprintf("after%d", i), fmt.Sprintf("f%d.go:after%d", i, i))
	}
}

// While many files are indexed again those that are not count as waiting, a new one too.
func TestABranchSwitchIsCovered(t *testing.T) {
	const files = 700
	root := t.TempDir()
	branch(t, root, "before", files)
	model := &telling{fake: newFake("watched", 4)}
	e := engineWith(t, t.TempDir(), model)
	open(t, e, root)
	defer e.Close(root)
	var most, total atomic.Int64
	model.embeds = func() {
		c := e.Status().Coverage
		atLeast(&most, c.FilesWaiting)
		atLeast(&total, c.FilesTotal)
		if c.FilesIndexed+c.FilesWaiting != c.FilesTotal || c.FilesWaiting > 0 && c.Percent == 100 {
			t.Errorf("coverage %+v", c)
		}
	}
	paths := branch(t, root, "after", files+1)
	if err := e.Update(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	if most.Load() != files+1 || total.Load() != files+1 {
		t.Errorf("%d of %d files were waiting, want all %d", most.Load(), total.Load(), files+1)
	}
	if c := e.Status().Coverage; c.FilesIndexed != files+1 || c.FilesWaiting != 0 || c.Percent != 100 {
		t.Errorf("coverage %+v", c)
	}
}

// atLeast makes a number n, if it is less.
func atLeast(number *atomic.Int64, n int) {
	for was := number.Load(); was < int64(n) && !number.CompareAndSwap(was, int64(n)); was = number.Load() {
	}
}

// telling is a model that tells before it embeds.
type telling struct {
	*fake
	embeds func() // nil at first
}

func (w *telling) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if w.embeds != nil {
		w.embeds()
	}
	return w.fake.Embed(ctx, texts)
}

// A path that is told of twice is read once.
func TestAFileThatIsReplacedIsIndexedOnce(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	model := newFake("counting", 4)
	e := engineWith(t, t.TempDir(), model)
	open(t, e, root)
	defer e.Close(root)
	write(t, root, map[string]string{"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "postTwice")})
	before := len(model.texts)
	path := filepath.Join(root, "upload.go")
	if err := e.Update(t.Context(), path, filepath.Join(root, ".", "upload.go"), path+string(filepath.Separator)); err != nil {
		t.Fatal(err)
	}
	if n := len(model.texts) - before; n != 1 {
		t.Errorf("%d texts were embedded for one that changed", n)
	}
	if c := e.Status().Coverage; c.FilesIndexed != 1 || c.FilesTotal != 1 {
		t.Errorf("coverage %+v", c)
	}
}

// Of many files, those that could not be indexed wait, and the others do not.
func TestABranchSwitchThatFailsHalfway(t *testing.T) {
	const files, paid = 700, 300
	root := t.TempDir()
	paths := branch(t, root, "before", files)
	model := &credit{fake: newFake("failing", 4)}
	model.left.Store(files)
	e := engineWith(t, t.TempDir(), model)
	open(t, e, root)
	defer e.Close(root)
	branch(t, root, "after", files)
	model.left.Store(paid)
	if err := e.Update(t.Context(), paths...); !errors.Is(err, errDown) {
		t.Fatalf("Update: %v", err)
	}
	if c := e.Status().Coverage; c.FilesWaiting < files-paid || c.FilesWaiting == files || c.FilesIndexed != files-c.FilesWaiting {
		t.Errorf("coverage %+v", c)
	}
	model.left.Store(files)
	if err := e.Update(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.FilesIndexed != files || c.FilesWaiting != 0 {
		t.Errorf("coverage %+v", c)
	}
}

// credit is a model that embeds so many texts more.
type credit struct {
	*fake
	left atomic.Int64
}

func (c *credit) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if c.left.Add(-int64(len(texts))) < 0 {
		return nil, errDown
	}
	return c.fake.Embed(ctx, texts)
}
