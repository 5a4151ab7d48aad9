package workspace

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// MaxDocument is the largest text a session holds, in bytes. Editors stop highlighting at 20 MB (VS Code) or ask
// before they open such a file; 64 MiB leaves room above that and still bounds what one notification can cost.
const MaxDocument = 64 << 20

var (
	// ErrNotOpen is returned when a change or a save names a document that was never opened or is closed.
	ErrNotOpen = errors.New("document is not open")
	// ErrTooLarge is returned when a document would exceed MaxDocument.
	ErrTooLarge = errors.New("document is too large")
)

// Session holds what an editor has open. Writers take turns; readers take a view with Documents and never wait.
// Safe for concurrent use; edits of one document must arrive in the order in which the editor made them.
type Session struct {
	mu   sync.Mutex // serializes writers
	docs atomic.Pointer[map[string]opened]
}

// NewSession returns a session without documents.
func NewSession() *Session {
	s := &Session{}
	s.docs.Store(&map[string]opened{})
	return s
}

// Documents returns what is open at this moment, as an immutable view.
func (s *Session) Documents() Documents { return Documents{open: *s.docs.Load()} }

// Open adds a document, or replaces it when it is open already: an editor that opens twice has lost the first one.
// path must be absolute. A text above MaxDocument is refused with ErrTooLarge, and the document is then not open.
func (s *Session) Open(path string, version int32, txt string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("open %q: the path must be absolute", path)
	}
	path = filepath.Clean(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(txt) > MaxDocument {
		s.drop(path)
		return fmt.Errorf("open %s: %w", path, tooLarge(len(txt)))
	}
	s.put(opened{Document: Document{Path: path, Version: version, Text: txt}, saved: txt})
	return nil
}

// Change applies edits in their order; positions count in enc's units. A version that does not rise is applied and
// stored like any other: the edits describe what the editor now shows, and dropping them would leave the two texts
// apart for good. Errors are ErrNotOpen; text.ErrRange for a range that ends before it starts, after which nothing has
// changed; and ErrTooLarge, after which the document is not open any more: what the editor shows is not kept, so until
// it is opened again the file on disk counts.
func (s *Session) Change(path string, version int32, edits []text.Edit, enc text.Encoding) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc, err := s.get("change", path)
	if err != nil {
		return err
	}
	txt, err := text.Apply(doc.Text, edits, enc)
	if err == nil && len(txt) > MaxDocument {
		err = tooLarge(len(txt))
		s.drop(doc.Path)
	}
	if err != nil {
		return fmt.Errorf("change %s: %w", doc.Path, err)
	}
	doc.Version, doc.Text, doc.Dirty = version, txt, txt != doc.saved
	s.put(doc)
	return nil
}

// Save notes that the document's text is now on disk. A text, when the editor sends one along, replaces the
// document's: it is what was written. Errors are those of Change.
func (s *Session) Save(path string, txt *string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc, err := s.get("save", path)
	if err != nil {
		return err
	}
	if txt != nil {
		if len(*txt) > MaxDocument {
			s.drop(doc.Path)
			return fmt.Errorf("save %s: %w", doc.Path, tooLarge(len(*txt)))
		}
		doc.Text = *txt
	}
	doc.saved, doc.Dirty, doc.written = doc.Text, false, true
	s.put(doc)
	return nil
}

// Close ends what the editor says of the document; from now on the file on disk counts. One that was saved stays in view
// with the text that was saved, until Forget: the index may not have read it yet. behind tells that the index may be
// behind the file: it was saved, or unsaved text is thrown away under which nobody may have told what became of the file.
// Closing what is not open does nothing.
func (s *Session) Close(path string) (behind bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc, err := s.get("close", path)
	switch {
	case err != nil:
		return false
	case !doc.written:
		s.drop(doc.Path)
		return doc.Dirty
	}
	doc.Text, doc.Dirty, doc.closed = doc.saved, false, true
	s.put(doc)
	return true
}

// Forget drops what Close has left of a document. If it is open again, that stays.
func (s *Session) Forget(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path = filepath.Clean(path); (*s.docs.Load())[path].closed {
		s.drop(path)
	}
}

// drop publishes a view without the document of that path; mu is held.
func (s *Session) drop(path string) {
	if _, ok := (*s.docs.Load())[path]; !ok {
		return
	}
	next := maps.Clone(*s.docs.Load())
	delete(next, path)
	s.docs.Store(&next)
}

// get returns the open document of that path; mu is held.
func (s *Session) get(doing, path string) (opened, error) {
	path = filepath.Clean(path)
	doc, ok := (*s.docs.Load())[path]
	if !ok || doc.closed {
		return opened{}, fmt.Errorf("%s %s: %w", doing, path, ErrNotOpen)
	}
	return doc, nil
}

// put publishes a view with doc in it; mu is held. The map is copied because readers hold the old one: an editor has
// some hundred documents open at most, so a copy costs microseconds.
func (s *Session) put(doc opened) {
	next := maps.Clone(*s.docs.Load())
	next[doc.Path] = doc
	s.docs.Store(&next)
}

func tooLarge(size int) error {
	return fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, size, MaxDocument)
}
