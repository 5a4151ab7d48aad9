package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestListAndRemove(t *testing.T) {
	cache := t.TempDir()
	if all, err := List(filepath.Join(cache, "none")); len(all) != 0 || err != nil {
		t.Errorf("of nothing: %+v, %v", all, err)
	}
	other := Identity{Root: "/b", Model: "openai:m at http://localhost/v1", Dimensions: 8}
	for _, id := range []Identity{id, other} {
		s := Open(cache, id)
		if _, err := s.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Append(func(News) (Change, bool) { return Change{Removed: []string{"a.go"}}, true }); err != nil {
			t.Fatal(err)
		}
		if id == other {
			defer s.Close()
		} else {
			s.Close()
		}
	}
	// Of another version, damaged, and nothing of ours.
	strange := filepath.Join(Directory(cache, id.Root), prefixOf(id)+"-f1.idx")
	for path, text := range map[string]string{
		strange:                             "semantic-ls idx\n\x01",
		filepath.Join(cache, "vectors.idx"): "",
		filepath.Join(Directory(cache, id.Root), "notes"): "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := List(cache)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	if all[0].Identity != (Identity{}) || all[0].Bytes != 17 || all[1].Identity != other && all[2].Identity != other ||
		all[1].Identity != id && all[2].Identity != id {
		t.Errorf("%+v", all)
	}
	for _, i := range all {
		if i.Bytes == 0 || i.Unused(time.Now()) || !i.Unused(time.Now().Add(unused+time.Hour)) {
			t.Errorf("%+v", i)
		}
		err := i.Remove()
		if i.Identity == other {
			if !errors.Is(err, ErrBusy) {
				t.Errorf("while it is open: %v", err)
			}
		} else if err != nil {
			t.Error(err)
		}
	}
	if all, err := List(cache); err != nil || len(all) != 1 || all[0].Identity != other {
		t.Errorf("left: %+v, %v", all, err)
	}
	if entries, err := os.ReadDir(Directory(cache, id.Root)); err != nil || len(entries) != 1 { // the notes
		t.Errorf("left: %v, %v", entries, err)
	}
}

func TestForgetDimensions(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "[a]*")
	for range 2 { // of nothing, too
		if err := ForgetDimensions(cache); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(cache); !os.IsNotExist(err) {
			t.Errorf("left behind: %v", err)
		}
		if err := RememberDimensions(cache, "m", 4); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(cache, "other"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ForgetDimensions(cache); err != nil || Dimensions(cache, "m") != 0 {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(cache); err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
}
