package store

import (
	"strings"
	"testing"
)

// stopped opens a store beside a process that is stopped while it has the lock, and which
// goes on with the function that is returned.
func stopped(t *testing.T, cache string) (l *life, goOn func()) {
	t.Helper()
	s := Open(cache, id)
	s.patience = 0
	l = opened(t, s)
	unlock, err := System().Lock(s.path(lockName), false)
	if err != nil {
		t.Fatal(err)
	}
	return l, func() {
		if err := unlock(); err != nil {
			t.Fatal(err)
		}
	}
}

// A process that is stopped with the lock keeps no other from storing for ever.
func TestReturnAfterAnotherProcessWasStopped(t *testing.T) {
	cache := t.TempDir()
	l, goOn := stopped(t, cache)
	l.keep("a.go", "alpha")
	if h := l.Health(); !InMemory(h) || !strings.Contains(h, lockName) || !strings.Contains(h, "refresh") {
		t.Errorf("health %q", h)
	}
	if news := l.Return(); !news.Empty() || l.Writes() {
		t.Errorf("while the lock is held: %+v", news)
	}
	goOn()
	other := begin(t, cache)
	other.put("b.go", "beta")
	other.Close()
	news := l.Return()
	news.Apply(l.x)
	if want := content(Change{Segment: segment(t, "b.go", "beta")}); !news.Anew || l.content() != want || l.Health() != HealthOK {
		t.Errorf("%q, want %q; anew %v, health %q", l.content(), want, news.Anew, l.Health())
	}
	l.put("a.go", "alpha")
	want := l.content()
	l.Close()
	if news := l.Return(); !news.Empty() || l.Writes() {
		t.Error("a store that is closed came back")
	}
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want || len(filesOf(want)) != 2 {
		t.Errorf("%q, want %q", l.content(), want)
	}
}

// keep is put where the change stays in memory.
func (l *life) keep(path, text string) {
	l.t.Helper()
	if err := l.append(Change{Segment: segment(l.t, path, text)}); err == nil {
		l.t.Error("it was stored")
	}
}

// What was to be forgotten meanwhile does not come back.
func TestReturnAfterAReset(t *testing.T) {
	cache := t.TempDir()
	settled(t, cache)
	l, goOn := stopped(t, cache)
	if err := l.Reset(); err == nil {
		t.Error("it was forgotten")
	}
	l.x.Reset()
	goOn()
	if l.Return().Apply(l.x); l.content() != "" || l.Health() != HealthOK {
		t.Errorf("%q, health %q", l.content(), l.Health())
	}
	l.storesAgain(cache)
}

// An index that was never begun, since the lock was held from the start, is begun then.
func TestReturnToNothing(t *testing.T) {
	cache := t.TempDir()
	s := Open(cache, id)
	s.patience = 0
	unlock, err := System().Lock(s.path(lockName), false)
	if err != nil {
		t.Fatal(err)
	}
	l := opened(t, s)
	defer l.Close()
	if l.Writes() {
		t.Error("it writes")
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	l.Return().Apply(l.x)
	l.put("a.go", "alpha")
	if l.Health() != HealthOK || l.Flushed() != 1 {
		t.Errorf("health %q, flushed %d", l.Health(), l.Flushed())
	}
}
