package indexing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// An Update that fails does not keep what a Refresh has read out of the index, and
// is not forgotten.
func TestAnUpdateThatFailsIsNotLost(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	model := &gated{begun: make(chan struct{}), release: make(chan struct{})}
	e := engineWith(t, t.TempDir(), model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-model.begun
		model.down.Store(true)
		if err := e.Update(t.Context(), filepath.Join(root, "upload.go")); !errors.Is(err, errDown) {
			t.Errorf("Update: %v", err)
		}
		model.down.Store(false)
		close(model.release)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	f := e.Status().Folders[0]
	if c := f.Coverage; f.State != indexing.StateFailed || !strings.Contains(f.Message, errDown.Error()) || c.FilesTotal != 2 || c.FilesWaiting != 1 || c.FilesIndexed != 1 {
		t.Errorf("after the Update that failed: %+v", f)
	}
	if err := e.Update(t.Context(), filepath.Join(root, "upload.go")); err != nil {
		t.Fatal(err)
	}
	if f := e.Status().Folders[0]; f.State != indexing.StateReady || f.Message != "" || f.Coverage.Percent != 100 {
		t.Errorf("after the one that did not: %+v", f)
	}

	// A new file that waits counts as well, and a Refresh sees to it.
	write(t, root, map[string]string{"new.go": "package store\n\nfunc brandNew() {}\n"})
	model.down.Store(true)
	if err := e.Update(t.Context(), filepath.Join(root, "new.go")); !errors.Is(err, errDown) {
		t.Errorf("Update: %v", err)
	}
	if c := e.Status().Coverage; c.FilesTotal != 3 || c.FilesIndexed != 2 || c.FilesWaiting != 1 {
		t.Errorf("coverage %+v", c)
	}
	model.down.Store(false)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	if f := e.Status().Folders[0]; f.State != indexing.StateReady || f.Coverage.FilesIndexed != 3 || f.Coverage.FilesWaiting != 0 {
		t.Errorf("after a Refresh: %+v", f)
	}
}

// gated is a model whose first call waits, and works even if it is down by then.
type gated struct {
	flaky
	called         atomic.Bool
	begun, release chan struct{}
}

func (g *gated) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if g.called.CompareAndSwap(false, true) {
		close(g.begun)
		<-g.release
		return slices.Repeat([][]float32{{1, 0}}, len(texts)), nil
	}
	return g.flaky.Embed(ctx, texts)
}

// What an Update publishes while a Refresh runs is not overwritten by what that has
// read before.
func TestARefreshDoesNotUndoAnUpdate(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "gone.go": parseGo})
	model := &gated{begun: make(chan struct{}), release: make(chan struct{})}
	e := engineWith(t, t.TempDir(), model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-model.begun // both files are read
		write(t, root, map[string]string{"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "postTwice")})
		if err := os.Remove(filepath.Join(root, "gone.go")); err != nil {
			return err
		}
		err := e.Update(t.Context(), filepath.Join(root, "upload.go"), filepath.Join(root, "gone.go"))
		close(model.release)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "postTwice", "upload.go:postTwice")
	if c := e.Status().Coverage; c.FilesIndexed != 1 || c.FilesTotal != 1 {
		t.Errorf("coverage %+v", c)
	}
}

// A folder that is open by itself answers for its files, once.
func TestNestedFolders(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"parse.go": parseGo, "sub/upload.go": uploadGo})
	inner := filepath.Join(root, "sub")
	e := engine(t, t.TempDir())
	open(t, e, root)
	open(t, e, inner)
	for range 2 { // the second from what the first has worked out
		if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload"}); !slices.Equal(got, []string{"upload.go:retryUpload"}) {
			t.Errorf("found %q", got)
		}
	}
	at := strings.Index(uploadGo, "retryUpload() error")
	a, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: filepath.Join(inner, "upload.go"), Start: at, End: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range a.Hits {
		if h.Path == filepath.Join(inner, "upload.go") {
			t.Errorf("a place is like itself: %+v", h)
		}
	}
	write(t, root, map[string]string{"sub/upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "postTwice")})
	if err := e.Update(t.Context(), filepath.Join(inner, "upload.go")); err != nil {
		t.Fatal(err)
	}
	if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "postTwice"}); !slices.Equal(got, []string{"upload.go:postTwice"}) {
		t.Errorf("after a save: %q", got)
	}
	if err := e.Close(inner); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "postTwice", "upload.go:postTwice")
}

// What lies in a folder that is open by itself is read for that alone, and counts there alone; when it is closed, what is
// around it reads it.
func TestNestedFoldersAreReadOnce(t *testing.T) {
	files := map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", ".git/config": "", ".git/objects/x": "", ".git/refs/x": "", // so that rules hold below
		".gitignore": "junk/\n", "parse.go": parseGo, "sub/upload.go": uploadGo, "sub/junk/x.go": parseGo, "subway.go": "package a\n\nfunc subway() {}\n",
	}
	for _, order := range [][]string{{"", "sub"}, {"sub", ""}} {
		root := write(t, t.TempDir(), files)
		model := newFake("model", 8)
		e := engineWith(t, "", model)
		for _, rel := range order {
			if err := e.Open(t.Context(), filepath.Join(root, rel)); err != nil {
				t.Fatal(err)
			}
		}
		embedded := func() (list []string) {
			model.mu.Lock()
			defer model.mu.Unlock()
			for _, text := range model.texts {
				for _, name := range []string{"retryUpload", "parseHeader", "subway"} {
					if strings.Contains(text, "func "+name) {
						list = append(list, name)
					}
				}
			}
			model.texts = nil
			return slices.Sorted(slices.Values(list))
		}
		for range 2 {
			for _, rel := range order {
				if err := e.Refresh(t.Context(), filepath.Join(root, rel), nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := embedded(); !slices.Equal(got, []string{"parseHeader", "retryUpload", "subway"}) {
			t.Errorf("%q: embedded %q", order, got)
		}
		counts := func(want map[string]int) {
			t.Helper()
			all := 0
			for _, n := range want {
				all += n
			}
			s := e.Status()
			if c := s.Coverage; c.FilesTotal != all || c.FilesIndexed != all || c.FilesWaiting != 0 || c.Percent != 100 {
				t.Errorf("%q: all together %+v, want %d", order, c, all)
			}
			if len(s.Folders) != len(want) {
				t.Errorf("%q: %d folders", order, len(s.Folders))
			}
			for _, f := range s.Folders {
				rel := strings.TrimPrefix(strings.TrimPrefix(f.Root, root), string(filepath.Separator))
				if c := f.Coverage; c.FilesTotal != want[rel] || c.FilesIndexed != want[rel] || c.Percent != 100 || f.State != indexing.StateReady || f.Message != "" {
					t.Errorf("%q: %q has %+v %q %q, want %d", order, rel, c, f.State, f.Message, want[rel])
				}
				skipped := 0
				for _, skip := range f.Skipped {
					if strings.HasSuffix(skip.Path, "junk") {
						skipped++
					}
				}
				if wanted := map[bool]int{true: 1}[rel == "sub" || len(want) == 1]; skipped != wanted {
					t.Errorf("%q: %q has skipped junk %d times", order, rel, skipped)
				}
			}
		}
		counts(map[string]int{"": 3, "sub": 1}) // the rules count too

		// The rules of the outer one are those of the inner one as well.
		write(t, root, map[string]string{".gitignore": "upload.go\n"})
		if err := e.Update(t.Context(), filepath.Join(root, ".gitignore")); err != nil {
			t.Fatal(err)
		}
		if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload"}); slices.Contains(got, "upload.go:retryUpload") {
			t.Errorf("%q: found %q, which is ignored", order, got)
		}
		write(t, root, map[string]string{".gitignore": "junk/\n"})
		if err := e.Update(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
		embedded()

		if err := e.Close(filepath.Join(root, "sub")); err != nil {
			t.Fatal(err)
		}
		if err := e.Refresh(t.Context(), root, nil); err != nil {
			t.Fatal(err)
		}
		if got := embedded(); !slices.Equal(got, []string{"retryUpload"}) {
			t.Errorf("%q: after the inner one was closed: embedded %q", order, got)
		}
		counts(map[string]int{"": 4})
		finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")

		// It comes again, and the outer one leaves.
		open(t, e, filepath.Join(root, "sub"))
		if err := e.Close(root); err != nil {
			t.Fatal(err)
		}
		if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload parseHeader subway"}); !slices.Equal(got, []string{"upload.go:retryUpload"}) {
			t.Errorf("%q: without the outer one: %q", order, got)
		}
	}
}

// A folder that is opened while the one around it is read is left to itself from then on.
func TestAFolderIsOpenedWhileTheOneAroundItIsRead(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"a.go": parseGo})
	numbered(t, filepath.Join(root, "sub"), 1000)
	model := newFake("model", 8)
	model.set(false, "func ")
	e := engineWith(t, "", model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	read := 0
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			return e.Refresh(ctx, root, func(p indexing.Progress) { read += len(p.Paths) })
		})
		<-model.stopped // and so are all that read, each with a batch
		err := e.Open(t.Context(), filepath.Join(root, "sub"))
		close(model.leave)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close(filepath.Join(root, "sub"))
	if read == 0 || read > 16*16 {
		t.Errorf("%d files were read", read)
	}
	if f := e.Status().Folders[0]; f.State != indexing.StateReady || f.Coverage.FilesTotal != 1 || f.Coverage.FilesIndexed != 1 || f.Coverage.FilesWaiting != 0 {
		t.Errorf("the outer one: %+v", f)
	}
}

// An Update looks at what a walk would look at, and a walk is not made for what is
// ignored.
func TestUpdateHoldsToTheRules(t *testing.T) {
	const shared = "ref: refs/heads/main\n"
	root := write(t, t.TempDir(), map[string]string{
		".git/HEAD": shared, ".git/config": "", ".git/objects/x": "", ".git/refs/x": "",
		".git/worktrees/wt/HEAD": shared, ".git/worktrees/wt/commondir": "../..\n",
		".gitignore": "target/\n",
		"upload.go":  uploadGo,
		"wt/.git":    "gitdir: ../.git/worktrees/wt\n", "wt/upload.go": uploadGo,
		"target/debug/a.go": parseGo,
	})
	e := engine(t, t.TempDir())
	open(t, e, root)
	ctx, walks := t.Context(), 0
	// A file that only a walk finds shows whether there was one.
	walked := func() bool {
		walks++
		name := fmt.Sprintf("Walk%d", walks)
		write(t, root, map[string]string{name + ".go": "package walk\n\nfunc " + name + "() {}\n"})
		return false
	}
	sees := func() bool {
		got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: fmt.Sprintf("Walk%d", walks)})
		return len(got) > 0 && got[0] == fmt.Sprintf("Walk%d.go:Walk%d", walks, walks)
	}
	for _, c := range []struct {
		path string
		walk bool
	}{
		{".git/index", false},
		{".git/HEAD", false},
		{".git/refs/heads/main", false},
		{"target/debug", false},
		{"target/debug/a.go", false},
		{"target", false},
		{"target/.gitignore", false},
		{"wt", false},
		{"wt/upload.go", false},
		{"upload.go", false},
		{".gitignore", true},
		{"", true},
	} {
		walked()
		if err := e.Update(ctx, filepath.Join(root, filepath.FromSlash(c.path))); err != nil {
			t.Fatal(err)
		}
		if got := sees(); got != c.walk {
			t.Errorf("%q: a walk was made: %v, want %v", c.path, got, c.walk)
		}
		if got, _ := ask(t, e, workspace.Documents{}, indexing.Query{Text: "retryUpload"}); len(got) == 0 || len(got) > 1 && got[1] == got[0] {
			t.Errorf("%q: then retryUpload is found as %q", c.path, got)
		}
		finds(t, e, workspace.Documents{}, "parseHeader", "")
	}
	done, cancel := context.WithCancelCause(ctx)
	enough := errors.New("enough")
	cancel(enough)
	if err := e.Update(done, filepath.Join(root, "target", "debug", "a.go")); !errors.Is(err, enough) {
		t.Errorf("cancelled: %v", err)
	}
}

// Of many events that each ask for a walk, those that wait share one.
func TestWaitingWalksAreOne(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	model := &gated{begun: make(chan struct{}), release: make(chan struct{})}
	e := engineWith(t, t.TempDir(), model)
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	var mu sync.Mutex
	refreshes := 0
	err := tasks.Run(t.Context(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error { return e.Refresh(ctx, root, nil) })
		<-model.begun
		write(t, root, map[string]string{"dir/late.go": "package dir\n\nfunc lateComer() {}\n"})
		for range 20 {
			g.Go(func(ctx context.Context) error {
				err := e.Update(ctx, filepath.Join(root, "dir"))
				mu.Lock()
				defer mu.Unlock()
				refreshes++
				return err
			})
		}
		close(model.release)
		return nil
	})
	if err != nil || refreshes != 20 {
		t.Fatalf("%d of 20 updates, %v", refreshes, err)
	}
	finds(t, e, workspace.Documents{}, "lateComer", "late.go:lateComer")
}

// The store of a small project stays small, however often one saves.
func TestSavesDoNotGrowTheStoreForEver(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo + strings.Repeat("// filler that makes a save a few kilobytes\nvar _ = 1\n", 400)})
	e := engine(t, t.TempDir())
	open(t, e, root)
	path := filepath.Join(root, "upload.go")
	most := int64(0)
	for i := range 300 {
		write(t, root, map[string]string{"upload.go": uploadGo + strings.Repeat(fmt.Sprintf("// filler %d that makes a save a few kilobytes\nvar _ = 1\n", i), 400)})
		if err := e.Update(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		most = max(most, e.Status().Folders[0].Bytes)
	}
	if most > 2<<20 || most < 1<<19 {
		t.Errorf("the store of one file of 20 kB grew to %d bytes", most)
	}
	finds(t, e, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
}

// A clock of seconds shows no second write within one of them.
func TestACoarseClockIsNotTrustedAtOnce(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	path := filepath.Join(root, "upload.go")
	second := time.Now().Truncate(time.Second)
	if err := os.Chtimes(path, second, second); err != nil {
		t.Fatal(err)
	}
	e := engine(t, t.TempDir())
	open(t, e, root)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(uploadGo, "retry", "again")), 0o644); err != nil { // of the same size
		t.Fatal(err)
	}
	if err := os.Chtimes(path, second, second); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, e, workspace.Documents{}, "againUpload", "upload.go:againUpload")
}

// A directory that has become a file takes what was in it along.
func TestADirectoryThatBecameAFile(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"thing/upload.go": uploadGo, "thing/parse.go": parseGo, "thingy.go": parseGo})
	e := indexing.New(indexing.Config{CacheDir: t.TempDir(), Embedder: static.New(), Limiter: tasks.NewLimiter(2, 2)})
	open(t, e, root)
	if err := os.RemoveAll(filepath.Join(root, "thing")); err != nil {
		t.Fatal(err)
	}
	write(t, root, map[string]string{"thing": "plain words about a saxophone\n"})
	if err := e.Update(t.Context(), filepath.Join(root, "thing")); err != nil {
		t.Fatal(err)
	}
	if c := e.Status().Coverage; c.FilesIndexed != 2 || c.FilesTotal != 2 {
		t.Errorf("coverage %+v", c)
	}
	finds(t, e, workspace.Documents{}, "saxophone", "thing:")
}

// Two clients of one workspace have one index, and see nothing else of each other.
func TestEnginesShareAnIndexAndNothingElse(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	private := write(t, t.TempDir(), map[string]string{"parse.go": parseGo})
	counting := &counter{Embedder: static.New()}
	one := engineWith(t, t.TempDir(), counting)
	two := one.Share()
	open(t, one, root)
	open(t, one, private)
	texts := counting.texts.Load()
	open(t, two, root)
	if n := counting.texts.Load(); n != texts {
		t.Errorf("%d texts were embedded for the second client", n-texts)
	}
	if h := two.Status().Folders[0].Health; h != store.HealthOK {
		t.Errorf("the second client's index: %s", h)
	}
	finds(t, two, workspace.Documents{}, "retryUpload", "upload.go:retryUpload")
	finds(t, two, workspace.Documents{}, "parseHeader", "")
	if _, err := two.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: filepath.Join(private, "parse.go")}); err == nil {
		t.Error("the second client sees a folder of the first")
	}
	if s := two.Status(); len(s.Folders) != 1 || s.Coverage.FilesTotal != 1 {
		t.Errorf("the second client's status: %+v", s)
	}

	// A buffer of one is not searched by the other; a save by either is seen by both.
	session := workspace.NewSession()
	path := filepath.Join(root, "upload.go")
	if err := session.Open(path, 1, strings.ReplaceAll(uploadGo, "retryUpload", "typedHere")); err != nil {
		t.Fatal(err)
	}
	finds(t, one, session.Documents(), "typedHere", "upload.go:typedHere")
	finds(t, two, workspace.Documents{}, "typedHere", "")
	write(t, root, map[string]string{"upload.go": strings.ReplaceAll(uploadGo, "retryUpload", "savedHere")})
	if err := one.Update(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	finds(t, two, workspace.Documents{}, "savedHere", "upload.go:savedHere")

	// The index lives for as long as one of them has it open.
	if err := one.CloseAll(); err != nil {
		t.Fatal(err)
	}
	finds(t, one, workspace.Documents{}, "savedHere", "")
	finds(t, two, workspace.Documents{}, "savedHere", "upload.go:savedHere")
	if err := two.Close(root); err != nil {
		t.Fatal(err)
	}
	if err := two.Close(root); err != nil {
		t.Fatal(err)
	}
	finds(t, two, workspace.Documents{}, "savedHere", "")
	open(t, one, root)
	finds(t, one, workspace.Documents{}, "savedHere", "upload.go:savedHere")
}

// A client that leaves in the middle of a Refresh leaves the others an index that is
// gone on with.
func TestSharedIndexesAreFinished(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	stays := engineWith(t, t.TempDir(), &flaky{})
	open(t, stays, root)
	write(t, root, map[string]string{"parse.go": parseGo})
	leaves := stays.Share()
	if err := leaves.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	if err := leaves.Refresh(ctx, root, func(indexing.Progress) { cancel(enough) }); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if err := leaves.CloseAll(); err != nil {
		t.Fatal(err)
	}
	if err := stays.Share().FinishShared(ctx); !errors.Is(err, enough) {
		t.Errorf("cancelled: %v", err)
	}
	if err := stays.Share().FinishShared(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := stays.Status().Folders[0]; f.State != indexing.StateReady || f.Coverage.FilesIndexed != 2 || f.Coverage.FilesWaiting != 0 {
		t.Errorf("%+v", f)
	}
	finds(t, stays, workspace.Documents{}, "parseHeader", "parse.go:parseHeader")
}
