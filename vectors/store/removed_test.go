package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
)

// A lock that somebody removes between its opening and its locking is none: nobody else
// finds it.
func TestALockThatIsRemovedMeanwhile(t *testing.T) {
	name := filepath.Join(t.TempDir(), openName)
	tries := 0
	unlock, err := lockNamed(name, func(l *flock.Flock) (bool, error) {
		ok, err := l.TryRLock()
		if tries++; tries == 1 {
			if err := os.Remove(name); err != nil && !mappedFilesStay {
				t.Error(err)
			}
		}
		return ok, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := System().Lock(name, false); !errors.Is(err, ErrLocked) {
		t.Errorf("another has the lock as well, %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = System().Lock(name, false)
	if err != nil {
		t.Fatal(err)
	}
	_ = unlock()
	_, err = lockNamed(name, func(l *flock.Flock) (bool, error) { // it is removed again and again
		ok, err := l.TryLock()
		return ok, errors.Join(err, os.Remove(name))
	})
	if !errors.Is(err, ErrLocked) && !mappedFilesStay {
		t.Error(err)
	}
}

// Who opens an index while another process removes it has a new one, and keeps it.
func TestAnIndexIsOpenedWhileItIsRemoved(t *testing.T) {
	cache := t.TempDir()
	dir, _ := settled(t, cache)
	tries := 0
	try := func() {
		if tries++; mappedFilesStay {
			return // there the lock goes first
		}
		if _, err := System().Lock(filepath.Join(dir, openName), true); !errors.Is(err, ErrLocked) {
			t.Errorf("it can be opened before it has gone: %v", err)
		}
	}
	sys := &faulty{FS: System(), step: func(op, name string) (bool, error) {
		if op == "remove" && filepath.Base(name) == openName {
			try()
		}
		return false, nil
	}}
	if err := removeStored(sys, dir, true); err != nil || tries != 1 {
		t.Errorf("%v, %d", err, tries)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}

	dir, _ = settled(t, cache)
	removed := false
	l := opened(t, OpenOn(&faulty{FS: System(), lock: func(name string) error {
		if filepath.Base(name) == openName && !removed { // behind the making of the directory
			removed = true
			if err := removeStored(System(), dir, true); err != nil {
				t.Error(err)
			}
		}
		return nil
	}}, cache, id))
	l.put("a.go", "alpha")
	if err := removeStored(System(), dir, true); !errors.Is(err, ErrLocked) {
		t.Errorf("it is removed although it is open: %v", err)
	}
	want := l.content()
	l.Close()
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want || l.Health() != HealthOK {
		t.Errorf("%q, health %q", l.content(), l.Health())
	}
}
