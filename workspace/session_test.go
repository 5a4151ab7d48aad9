package workspace

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

func abs(t *testing.T, name string) string {
	t.Helper()
	return filepath.Join(t.TempDir(), name)
}

func insert(line, character uint32, s string) []text.Edit {
	at := text.Position{Line: line, Character: character}
	return []text.Edit{{Range: &text.Range{Start: at, End: at}, Text: s}}
}

func TestDocumentLife(t *testing.T) {
	s, path := NewSession(), abs(t, "a.go")
	state := func() string {
		doc, ok := s.Documents().Get(path)
		if !ok {
			return "closed"
		}
		return fmt.Sprintf("%d %q dirty=%v", doc.Version, doc.Text, doc.Dirty)
	}
	saved := "ab\r\nc"
	for _, step := range []struct {
		name string
		do   func() error
		want string
		err  error
	}{
		{"change before open", func() error { return s.Change(path, 1, insert(0, 0, "x"), text.UTF16) }, "closed", ErrNotOpen},
		{"save before open", func() error { return s.Save(path, nil) }, "closed", ErrNotOpen},
		{"open", func() error { return s.Open(path, 1, "a\r\nc") }, `1 "a\r\nc" dirty=false`, nil},
		{"change", func() error { return s.Change(path, 2, insert(0, 1, "b"), text.UTF16) }, `2 "ab\r\nc" dirty=true`, nil},
		{"a range that ends before it starts", func() error {
			return s.Change(path, 3, []text.Edit{{Range: &text.Range{Start: text.Position{Line: 1}}, Text: "x"}}, text.UTF16)
		}, `2 "ab\r\nc" dirty=true`, text.ErrRange},
		{"undone by hand", func() error {
			return s.Change(path, 3, []text.Edit{{Text: "a\r\nc"}}, text.UTF16)
		}, `3 "a\r\nc" dirty=false`, nil},
		{"several edits, in order", func() error {
			return s.Change(path, 4, append(insert(0, 0, "1"), insert(0, 1, "2")...), text.UTF8)
		}, `4 "12a\r\nc" dirty=true`, nil},
		{"version goes back", func() error { return s.Change(path, 2, insert(1, 1, "!"), text.UTF8) }, `2 "12a\r\nc!" dirty=true`, nil},
		{"save", func() error { return s.Save(path, nil) }, `2 "12a\r\nc!" dirty=false`, nil},
		{"change after save", func() error { return s.Change(path, 3, insert(0, 0, "?"), text.UTF8) }, `3 "?12a\r\nc!" dirty=true`, nil},
		{"back to what was saved", func() error {
			return s.Change(path, 2, []text.Edit{{Text: "12a\r\nc!"}}, text.UTF8)
		}, `2 "12a\r\nc!" dirty=false`, nil},
		{"save with its text", func() error { return s.Save(path, &saved) }, `2 "ab\r\nc" dirty=false`, nil},
		{"open again", func() error { return s.Open(path, 9, "new") }, `9 "new" dirty=false`, nil},
		{"another spelling", func() error {
			return s.Change(filepath.Dir(path)+string(filepath.Separator)+"."+string(filepath.Separator)+"a.go", 10, insert(0, 3, "er"), text.UTF8)
		}, `10 "newer" dirty=true`, nil},
		{"close", func() error { s.Close(path); return nil }, "closed", nil},
		{"close again", func() error { s.Close(path); return nil }, "closed", nil},
		{"open to be saved", func() error { return s.Open(path, 1, "old") }, `1 "old" dirty=false`, nil},
		{"change what will be saved", func() error { return s.Change(path, 2, []text.Edit{{Text: "new"}}, text.UTF8) }, `2 "new" dirty=true`, nil},
		{"save it", func() error { return s.Save(path, nil) }, `2 "new" dirty=false`, nil},
		{"change what is thrown away", func() error { return s.Change(path, 3, []text.Edit{{Text: "no"}}, text.UTF8) }, `3 "no" dirty=true`, nil},
		{"close what was saved", func() error { s.Close(path); return nil }, `3 "new" dirty=false`, nil},
		{"change what was saved and closed", func() error { return s.Change(path, 4, nil, text.UTF8) }, `3 "new" dirty=false`, ErrNotOpen},
		{"save what was saved and closed", func() error { return s.Save(path, nil) }, `3 "new" dirty=false`, ErrNotOpen},
		{"open it again", func() error { return s.Open(path, 1, "newer") }, `1 "newer" dirty=false`, nil},
		{"forget what is open", func() error { s.Forget(path); return nil }, `1 "newer" dirty=false`, nil},
		{"save it again", func() error { return s.Save(path, nil) }, `1 "newer" dirty=false`, nil},
		{"close it again", func() error { s.Close(path); return nil }, `1 "newer" dirty=false`, nil},
		{"forget it", func() error { s.Forget(path); return nil }, "closed", nil},
		{"change after close", func() error { return s.Change(path, 11, insert(0, 0, "x"), text.UTF8) }, "closed", ErrNotOpen},
	} {
		if err := step.do(); !errors.Is(err, step.err) || err != nil && step.err == nil {
			t.Errorf("%s: error %v, want %v", step.name, err, step.err)
		}
		if got := state(); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

func TestOpenNeedsAnAbsolutePath(t *testing.T) {
	s := NewSession()
	if err := s.Open("a.go", 1, ""); err == nil || s.Documents().Len() != 0 {
		t.Errorf("error %v, %d documents", err, s.Documents().Len())
	}
}

func TestDocumentSizeIsBounded(t *testing.T) {
	s, path := NewSession(), abs(t, "a")
	full := strings.Repeat("x", MaxDocument)
	if err := s.Open(path, 1, full); err != nil {
		t.Fatal(err)
	}
	err := s.Change(path, 2, insert(0, 0, "y"), text.UTF8)
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "67108865 bytes, the limit is 67108864") {
		t.Errorf("change: %v", err)
	}
	if _, ok := s.Documents().Get(path); ok {
		t.Error("the refused change left the older text open: it is not what the editor shows")
	}
	if err := s.Open(path, 2, full); err != nil {
		t.Fatal(err)
	}
	more := full + "y"
	if err := s.Save(path, &more); !errors.Is(err, ErrTooLarge) {
		t.Errorf("save: %v", err)
	}
	if _, ok := s.Documents().Get(path); ok {
		t.Error("the refused save left the older text open")
	}
	if err := s.Open(path, 3, more); !errors.Is(err, ErrTooLarge) {
		t.Errorf("open: %v", err)
	}
	if _, ok := s.Documents().Get(path); ok {
		t.Error("the refused text left the older document open: it is not what the editor shows")
	}
}

func TestViewDoesNotChange(t *testing.T) {
	s := NewSession()
	a, b := abs(t, "a"), abs(t, "b")
	if err := errors.Join(s.Open(a, 1, "one"), s.Open(b, 1, "two")); err != nil {
		t.Fatal(err)
	}
	view := s.Documents()
	if err := s.Change(a, 2, insert(0, 0, "x"), text.UTF8); err != nil {
		t.Fatal(err)
	}
	later := s.Documents()
	s.Close(b)
	if _, ok := later.Get(b); !ok {
		t.Error("a document left the view when it was closed")
	}
	if doc, _ := view.Get(a); doc.Text != "one" || view.Len() != 2 || len(view.Dirty()) != 0 {
		t.Errorf("the view changed: %+v", view.All())
	}
	now := s.Documents()
	if dirty := now.Dirty(); len(dirty) != 1 || dirty[0].Path != a || now.Len() != 1 {
		t.Errorf("now: %+v", now.All())
	}
	var none Documents
	if _, ok := none.Get(a); ok || none.Len() != 0 || none.All() != nil {
		t.Error("the zero view is not empty")
	}
}

func TestAllIsOrdered(t *testing.T) {
	s, dir := NewSession(), t.TempDir()
	for _, name := range []string{"c", "a", "b"} {
		if err := s.Open(filepath.Join(dir, name), 1, ""); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, doc := range s.Documents().All() {
		got = append(got, filepath.Base(doc.Path))
	}
	if strings.Join(got, "") != "abc" {
		t.Errorf("got %v", got)
	}
}

// TestWritersAndReaders is for the race detector, and for lost updates: every document ends with all its edits.
func TestWritersAndReaders(t *testing.T) {
	const writers, edits = 8, 50
	s, dir := NewSession(), t.TempDir()
	var wg sync.WaitGroup
	for w := range writers {
		path := filepath.Join(dir, fmt.Sprint(w))
		wg.Go(func() {
			if err := s.Open(path, 0, ""); err != nil {
				t.Error(err)
			}
			for i := range edits {
				if err := s.Change(path, int32(i+1), insert(0, 0, "x"), text.UTF8); err != nil {
					t.Error(err)
				}
				for _, doc := range s.Documents().All() {
					if len(doc.Text) != int(doc.Version) {
						t.Errorf("version %d with %d bytes", doc.Version, len(doc.Text))
					}
				}
			}
		})
	}
	wg.Wait()
	for _, doc := range s.Documents().All() {
		if doc.Version != edits || len(doc.Text) != edits {
			t.Errorf("%s ended at version %d with %d bytes", doc.Path, doc.Version, len(doc.Text))
		}
	}
}
