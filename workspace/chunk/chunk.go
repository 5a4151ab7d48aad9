package chunk

import "sort"

// Symbol is one definition. All offsets are bytes of the text that was cut, and
//
//	DocStart <= Start <= NameStart <= NameEnd <= End.
//
// [Start, End) is the whole definition with its decorators, attributes and modifiers, [NameStart, NameEnd) the name where it
// is declared, DocStart where its doc comment starts (Start when it has none).
type Symbol struct {
	Name      string
	Container string // dotted names around it ("Outer.Inner"); for a Go method its receiver's type
	Kind      Kind
	Start     int
	End       int
	NameStart int
	NameEnd   int
	DocStart  int
	Signature string // the header up to the body, white space collapsed, at most 200 bytes
}

// Chunk is one piece of a file, the unit that is embedded and found. Symbol, Container, Kind, NameStart, NameEnd and
// Signature are those of the definition the chunk shows, or of the one it is a piece of; where several small definitions share
// a chunk, of the most telling one. A chunk of no definition has Kind Text and empty names.
type Chunk struct {
	Start     int
	End       int
	Symbol    string
	Container string
	Kind      Kind
	NameStart int
	NameEnd   int
	Signature string
	Skip      bool // only imports, licence, punctuation or blanks: kept so that chunks tile, not worth embedding or returning
}

// File is what Cut finds in one file.
type File struct {
	Language string   // as Language names it, "" for unknown text
	Symbols  []Symbol // by Start, a definition before those inside it
	Chunks   []Chunk  // tile the text: each starts where the one before ended
	Fault    string   // why there is no outline though the language has one: a bug of this package
}

// SymbolAt is the innermost definition around a byte offset, its doc comment included; false where there is none.
func (f File) SymbolAt(offset int) (Symbol, bool) {
	after := sort.Search(len(f.Symbols), func(i int) bool { return f.Symbols[i].Start > offset })
	if after < len(f.Symbols) && f.Symbols[after].DocStart <= offset {
		return f.Symbols[after], true
	}
	for i := after - 1; i >= 0; i-- {
		if s := f.Symbols[i]; offset < s.End {
			return s, true
		}
	}
	return Symbol{}, false
}
