package search

import "github.com/semantic-ls/semantic-ls/workspace/chunk"

// Hit is one answer: a place in a document, and the document itself, so that
// whoever shows it needs no second look at a file that may have changed since.
type Hit struct {
	Path string // absolute
	// Byte offsets into Text. [Start, End) is what was found, a definition or a
	// piece of one; [NameStart, NameEnd) is the name to put the cursor on, equal
	// to [Start, Start) where the place has no name.
	Start, End         int
	NameStart, NameEnd int
	Unplaced           bool // [Start, End) is only where the place is in; it has a name, and no Snippet

	Symbol    string // "" where the place has no name
	Container string
	Kind      chunk.Kind
	Language  string

	Score        float64 // 0..1; compares only within one answer
	Reason       string  // of related code: duplicate, parallel, test or similar
	Snippet      string  // the line that shows best why, white space trimmed
	SnippetStart int     // where the line that it is of begins in Text

	Explanation *Explanation // of Score; nil where nobody asked

	Text string // the whole document that the offsets refer to
}
