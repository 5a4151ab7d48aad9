package workspace

import (
	"cmp"
	"path/filepath"
	"slices"
)

// Document is one open text as its editor last sent it. It is a value: nothing changes it after it was handed out.
type Document struct {
	// Path is absolute and clean.
	Path string
	// Version is the editor's number for this text.
	Version int32
	// Text is the whole document, line endings as the editor sent them.
	Text string
	// Dirty says that Text differs from what was last opened or saved. An edit that is undone by hand leaves the
	// document clean.
	Dirty bool
}

// Documents is an immutable view of the open documents: later edits do not change it. The zero value is empty.
// Safe for concurrent use.
type Documents struct {
	open map[string]opened
}

// opened is a document and the text it is compared with to tell whether it is dirty.
type opened struct {
	Document
	saved   string
	written bool // it was saved since it was opened
	closed  bool // by the editor: what was saved counts until the index has it
}

// Get returns the document of that path, which need not be clean.
func (d Documents) Get(path string) (Document, bool) {
	o, ok := d.open[filepath.Clean(path)]
	return o.Document, ok
}

// All returns every open document, ordered by path.
func (d Documents) All() []Document {
	return d.filter(func(Document) bool { return true })
}

// Dirty returns the documents whose text differs from what was last opened or saved, ordered by path.
func (d Documents) Dirty() []Document {
	return d.filter(func(doc Document) bool { return doc.Dirty })
}

// Len is the number of open documents.
func (d Documents) Len() int { return len(d.open) }

func (d Documents) filter(keep func(Document) bool) []Document {
	var out []Document
	for _, o := range d.open {
		if keep(o.Document) {
			out = append(out, o.Document)
		}
	}
	slices.SortFunc(out, func(a, b Document) int { return cmp.Compare(a.Path, b.Path) })
	return out
}
