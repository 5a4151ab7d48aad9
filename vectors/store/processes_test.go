package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Two stores of one directory are two processes: each sees what the other appends, and
// what either appends stays.
func TestTwoProcessesAppend(t *testing.T) {
	cache := t.TempDir()
	a, b := begin(t, cache), begin(t, cache)
	defer b.Close()
	a.put("a.go", "alpha")
	b.put("b.go", "beta") // learns of a.go before
	if b.content() != content(Change{Segment: segment(t, "a.go", "alpha")}, Change{Segment: segment(t, "b.go", "beta")}) {
		t.Errorf("%q", b.content())
	}
	if a.see(); a.content() != b.content() {
		t.Errorf("%q and %q", a.content(), b.content())
	}
	if n := a.CatchUp(); !n.Empty() {
		t.Errorf("news twice: %+v", n)
	}
	a.put("b.go", "beta of the other")
	a.Close()
	b.put("c.go", "gamma")
	c := begin(t, cache)
	defer c.Close()
	if c.content() != b.content() || c.Health() != HealthOK || c.Flushed() != 4 {
		t.Errorf("%q and %q, health %q", c.content(), b.content(), c.Health())
	}
}

// A checkpoint of one process is no news for another that knows what it is of, and all
// there is for one that does not.
func TestACheckpointOfAnotherProcess(t *testing.T) {
	for _, behind := range []bool{false, true} {
		cache := t.TempDir()
		settled(t, cache)
		a, b := begin(t, cache), begin(t, cache)
		a.put("x.go", "chi")
		if !behind {
			b.see()
		}
		if err := a.checkpoint(all); err != nil {
			t.Fatal(err)
		}
		a.put("y.go", "psi")
		news := b.CatchUp()
		if news.Whole != behind || len(news.Changes) != 1 {
			t.Errorf("behind: %v, news: whole %v, %d changes", behind, news.Whole, len(news.Changes))
		}
		news.Apply(b.x)
		if a.content() != b.content() {
			t.Errorf("behind: %v, %q and %q", behind, a.content(), b.content())
		}
		// The other may be the next to write one, and begins from the files of this.
		b.put("z.go", "omega")
		if err := b.checkpoint(func(i int, _ index.Piece) bool { return i > 0 }); err != nil {
			t.Fatal(err)
		}
		if n := len(b.current.segments); n != 2 {
			t.Errorf("behind: %v, %d segments", behind, n)
		}
		a.put("a.go", "alpha of the other")
		b.see()
		if a.content() != b.content() || a.Health() != HealthOK || b.Health() != HealthOK {
			t.Errorf("behind: %v, %q and %q, health %q and %q", behind, a.content(), b.content(), a.Health(), b.Health())
		}
		a.Close()
		b.Close()
		c := begin(t, cache)
		if c.content() != a.content() || c.Health() != HealthOK {
			t.Errorf("behind: %v, stored is %q, want %q", behind, c.content(), a.content())
		}
		c.Close()
	}
}

// Only one merges at a time, and what it merged is void where another has begun anew.
func TestAnIndexIsBegunAnewDuringACheckpoint(t *testing.T) {
	cache := t.TempDir()
	dir, _ := settled(t, cache)
	a, b := begin(t, cache), begin(t, cache)
	defer b.Close()
	c := a.Begin(func(News) { t.Error("news from nobody") })
	if b.Begin(func(News) {}) != nil {
		t.Error("two checkpoints at once")
	}
	seg, err := c.Keep(t.Context(), segment(t, "m.go", "merged"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reset(); err != nil {
		t.Fatal(err)
	}
	b.x.Reset()
	b.put("n.go", "new")
	told := false
	err = c.Commit([]index.Piece{{Segment: seg}}, func(n News) {
		told = n.Whole
		n.Apply(a.x)
	})
	if !errors.Is(err, ErrOvertaken) || !told || a.content() != b.content() {
		t.Errorf("%v, %v; %q and %q", err, told, a.content(), b.content())
	}
	a.put("o.go", "old")
	if err := a.checkpoint(all); err != nil {
		t.Error(err)
	}
	if b.see(); a.content() != b.content() {
		t.Errorf("%q and %q", a.content(), b.content())
	}
	a.Close()
	if segments, err := filepath.Glob(filepath.Join(dir, "gen-*", "*")); err != nil || len(segments) != 2 {
		t.Errorf("left are %q", segments)
	}
}

// Who is killed while it appends leaves a record that is cut short: the next to append
// writes over it, also where it has been open before.
func TestAnotherProcessDiesWhileItAppends(t *testing.T) {
	cache := t.TempDir()
	dir, after := settled(t, cache)
	l := begin(t, cache)
	log := filepath.Join(dir, logName(l.current.generation))
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	parts, _ := record(Change{Segment: segment(t, "dead.go", "dead")}, l.number+1, l.chain)
	if err := os.WriteFile(log, append(append(data, parts[0]...), parts[1][:20]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if l.see(); l.content() != after[2] || l.Health() != HealthOK {
		t.Errorf("%q, health %q", l.content(), l.Health())
	}
	l.storesAgain(cache)
}

// One process brings the folder up to date at a time, until it ends.
func TestOneProcessIndexes(t *testing.T) {
	cache := t.TempDir()
	a, b := begin(t, cache), begin(t, cache)
	defer b.Close()
	release, ok := a.Indexing()
	if !ok {
		t.Fatal("nobody may")
	}
	if _, ok := b.Indexing(); ok {
		t.Error("both may")
	}
	release()
	release, ok = b.Indexing()
	if !ok {
		t.Fatal("the other one may not")
	}
	release()
	memory := begin(t, "")
	for range 2 {
		if _, ok := memory.Indexing(); !ok {
			t.Error("an index of its own waits for another")
		}
	}
}

// Several processes append, merge, begin anew, are opened and closed at random; all end
// with the same.
func TestManyProcesses(t *testing.T) {
	cache := t.TempDir()
	var wg sync.WaitGroup
	const processes, rounds = 4, 60
	for p := range processes {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(p), 7))
			l := begin(t, cache)
			defer func() { l.Close() }()
			for i := range rounds {
				switch rng.IntN(12) {
				case 0:
					_ = l.checkpoint(func(int, index.Piece) bool { return rng.IntN(3) > 0 }) // another may be at it
				case 1:
					if l.Close(); true {
						l = begin(t, cache)
					}
				case 2:
					if err := l.append(Change{Removed: []string{fmt.Sprintf("p%d-%d.go", p, rng.IntN(9))}}); err != nil {
						t.Error(err)
					}
				case 3, 4:
					l.see()
				default:
					l.put(fmt.Sprintf("p%d-%d.go", p, rng.IntN(9)), fmt.Sprintf("text %d of %d", i, p))
				}
				if h := l.Health(); h != HealthOK {
					t.Error(h)
					return
				}
			}
			// What is its own is as it left it.
			want := l.content()
			l.see()
			own := func(s string) (mine string) {
				for _, f := range filesOf(s) {
					if f[1] == byte('0'+p) {
						mine += f + " "
					}
				}
				return mine
			}
			if got := l.content(); own(got) != own(want) {
				t.Errorf("process %d: %q, want %q", p, own(got), own(want))
			}
		})
	}
	wg.Wait()
	a, b := begin(t, cache), begin(t, cache)
	defer a.Close()
	defer b.Close()
	if a.content() != b.content() || a.content() == "" || a.Health() != HealthOK {
		t.Errorf("%q and %q, health %q", a.content(), b.content(), a.Health())
	}
}

// Where the directory is removed and another process makes it again, generations have the
// numbers that they had: who has it open must not go on with the log that nobody sees.
func TestTheDirectoryIsRemovedAndMadeAgain(t *testing.T) {
	cache := t.TempDir()
	a := begin(t, cache)
	defer a.Close()
	a.put("a.go", "alpha")
	checkpoint := a.Begin(func(News) {})
	if err := os.RemoveAll(a.dir); err != nil {
		if mappedFilesStay {
			return // and so nobody can
		}
		t.Fatal(err)
	}
	b := begin(t, cache)
	defer b.Close()
	b.put("b.go", "beta")
	if a.current.generation != b.current.generation {
		t.Fatalf("generations %d and %d", a.current.generation, b.current.generation)
	}
	if err := checkpoint.Commit(nil, func(n News) { n.Apply(a.x) }); !errors.Is(err, ErrOvertaken) {
		t.Error(err)
	}
	a.put("c.go", "gamma")
	if b.see(); a.content() != b.content() || len(filesOf(b.content())) != 2 {
		t.Errorf("%q and %q", a.content(), b.content())
	}
	if err := os.RemoveAll(a.dir); err != nil {
		t.Fatal(err)
	}
	c := begin(t, cache)
	defer c.Close()
	c.put("d.go", "delta")
	if a.see(); a.content() != c.content() || a.Health() != HealthOK {
		t.Errorf("%q and %q, health %q", a.content(), c.content(), a.Health())
	}
}

// What another process has merged is damaged: who knows all of it keeps that, in memory, and
// does not take the rest for the whole.
func TestWhatAnotherProcessMergedIsDamaged(t *testing.T) {
	for name, look := range map[string]func(l *life) bool{
		"to merge":  func(l *life) bool { return l.Begin(func(n News) { n.Apply(l.x) }) == nil },
		"to append": func(l *life) bool { return l.append(Change{Segment: segment(t, "n.go", "new")}) != nil },
	} {
		cache := t.TempDir()
		settled(t, cache)
		a, b := begin(t, cache), begin(t, cache)
		if name == "to append" { // from an index that was begun anew
			if err := a.Reset(); err != nil {
				t.Fatal(err)
			}
			a.x.Reset()
		}
		a.put("e.go", "epsilon")
		if err := a.checkpoint(all); err != nil {
			t.Fatal(err)
		}
		path := a.path(a.current.segments[0].name())
		a.Close()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(path+".new", data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		want := b.content()
		if name == "to merge" {
			b.see()
		}
		if !look(b) || !InMemory(b.Health()) || !strings.Contains(b.Health(), "damaged") {
			t.Errorf("%s: health %q", name, b.Health())
		}
		for _, f := range filesOf(want) {
			if !strings.Contains(b.content(), f) {
				t.Errorf("%s: %s is lost", name, f)
			}
		}
		b.Close()
		c := begin(t, cache)
		if !strings.HasPrefix(c.Health(), repaired) {
			t.Errorf("%s: health %q", name, c.Health())
		}
		c.Close()
	}
}

// A fault while a checkpoint is begun leaves the lock to others.
func TestAFaultWhereACheckpointBegins(t *testing.T) {
	cache := t.TempDir()
	a, b := begin(t, cache), begin(t, cache)
	defer a.Close()
	defer b.Close()
	a.put("a.go", "alpha") // news for b
	func() {
		defer func() {
			if v := recover(); v != "fault" {
				t.Errorf("recovered %v", v)
			}
		}()
		b.Begin(func(News) { panic("fault") })
	}()
	c := a.Begin(func(News) {})
	if c == nil {
		t.Fatal("the lock is held")
	}
	c.Abort()
}

// A record that another process is writing while somebody looks is waited for, and is no
// damage; one that stays as it is is.
func TestLookingWhileAnotherProcessAppends(t *testing.T) {
	const cache = "/cache"
	for _, dies := range []bool{false, true} {
		sys := newMemory()
		dir, after := settledOn(t, sys, cache)
		l := opened(t, OpenOn(sys, cache, id))
		name := logName(l.current.generation)
		before := len(sys.files(dir)[name].data)
		l.put("z.go", "omega")
		want := l.content()
		l.Close()
		log := sys.files(dir)[name]
		whole := log.data
		pauses := 0
		pause := func(context.Context) {
			if pauses++; pauses == 2 && !dies {
				log.data = whole
			}
		}
		log.data = whole[:before+40]
		looking := opened(t, lookOn(sys, cache, id, pause))
		got, health, ok := looking.content(), looking.Health(), !dies
		if ok != (health == HealthOK) || ok && got != want || dies && got != after[2] || pauses > looks {
			t.Errorf("dies: %v, %q after %d pauses, health %q", dies, got, pauses, health)
		}
		looking.Close()
		pauses, log.data = 0, whole[:before+40]
		report, err := checkOn(t.Context(), sys, cache, id, pause)
		if err != nil || ok != (len(report.Faults) == 0) || pauses == 0 {
			t.Errorf("dies: %v, %+v after %d pauses, %v", dies, report, pauses, err)
		}
	}
}

// Who does not wait for the end is not kept by a record that is torn.
func TestLookingEnds(t *testing.T) {
	const cache = "/cache"
	sys := newMemory()
	dir, _ := settledOn(t, sys, cache)
	for name, file := range sys.files(dir) {
		if strings.HasSuffix(name, ".log") {
			file.data = file.data[:len(file.data)-8]
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	pauses := 0
	_, err := checkOn(ctx, sys, cache, id, func(context.Context) { pauses++; cancel(errOther) })
	if !errors.Is(err, errOther) || pauses != 1 {
		t.Errorf("%v after %d pauses", err, pauses)
	}
}
