package clones

import (
	"cmp"
	"slices"
)

// Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// File is what Find needs of a text. It does not keep the text.
type File struct {
	symbols []symbol
	pieces  []piece
}

// Empty reports whether nothing of the text is compared.
func (f *File) Empty() bool { return len(f.pieces) == 0 }

// piece is a stretch of the symbols that is compared with others.
type piece struct {
	from, to int32
	number   int32 // see Copy
	chunk    bool  // it is one, and no definition
}

// Reader makes Files of texts, and keeps its memory for the next one. Not safe for concurrent use; the zero value is ready.
type Reader struct{ lexer lexer }

// Read returns what is compared of a text: its definitions of at least minLines lines, and those of its chunks that are not for
// the most part one of these: parts of large ones, several small ones, what stands between. A line counts where there is more on
// it than a comment. Both lists are in order, and definitions may contain others. A language for which Code is false has no
// pieces, nor has code that is the same all over, as tables are (see leastVaried).
func (r *Reader) Read(text, language string, definitions, chunks []Span, minLines int) File {
	d := dialects()[language]
	if d == nil {
		return File{}
	}
	l := &r.lexer
	*l = lexer{dialect: d, text: text, symbols: l.symbols[:0], tokens: l.tokens[:0], runs: l.runs[:0]}
	l.run()
	l.text = ""
	var f File
	for i, s := range definitions {
		if p, ok := l.piece(s, minLines); ok {
			p.number = int32(i)
			f.pieces = append(f.pieces, p)
		}
	}
	defined := f.pieces
	for i, s := range chunks {
		p, ok := l.piece(s, minLines)
		if !ok || covered(p, defined) {
			continue
		}
		p.number, p.chunk = int32(len(definitions)+i), true
		f.pieces = append(f.pieces, p)
	}
	// Of several with the same symbols, as a chunk that is a definition and its comment, the first stays.
	slices.SortStableFunc(f.pieces, func(p, q piece) int { return cmp.Or(cmp.Compare(p.from, q.from), cmp.Compare(q.to, p.to)) })
	f.pieces = slices.CompactFunc(f.pieces, func(p, q piece) bool { return p.from == q.from && p.to == q.to })
	if len(f.pieces) > 0 {
		f.symbols = slices.Clone(l.symbols)
	}
	return f
}

// piece is a stretch of the text as symbols, if it has enough lines and is varied enough.
func (l *lexer) piece(s Span, minLines int) (p piece, ok bool) {
	at := func(offset int) int {
		n, _ := slices.BinarySearchFunc(l.tokens, int32(offset), func(t token, start int32) int { return cmp.Compare(t.start, start) })
		return n
	}
	p.from, p.to = int32(at(s.Start)), int32(at(s.End))
	tokens := l.tokens[p.from:p.to]
	if int(p.to-p.from) < leastSymbols {
		return p, false
	}
	lines, last := 0, int32(-1)
	for _, t := range tokens {
		if t.line != last {
			lines, last = lines+1, t.line
		}
		if lines == minLines {
			return p, l.varied(l.symbols[p.from:p.to])
		}
	}
	return p, minLines <= 0 && l.varied(l.symbols[p.from:p.to])
}

// covered reports whether most of a piece is one of the definitions, in order, that lie within it.
func covered(p piece, definitions []piece) bool {
	n, _ := slices.BinarySearchFunc(definitions, p.from, func(d piece, from int32) int { return cmp.Compare(d.from, from) })
	for _, d := range definitions[n:] {
		if d.from >= p.to {
			break
		}
		if d.to <= p.to && 4*(d.to-d.from) >= 3*(p.to-p.from) {
			return true
		}
	}
	return false
}

// varied reports whether a piece has leastVaried different runs, and among the first of many one of leastShare that is new.
func (l *lexer) varied(s []symbol) bool {
	const sample = 1024
	var seen [sample * 8 / 64]uint64 // a bit for each run: one of eight at most is taken for another that was there
	l.runs = appendRuns(l.runs[:0], s[:min(len(s), sample)])
	different := 0
	for _, run := range l.runs {
		word, bit := &seen[run>>6%uint64(len(seen))], uint64(1)<<(run&63)
		if *word&bit == 0 {
			*word |= bit
			different++
		}
	}
	return different >= leastVaried && leastShare*different >= len(l.runs)
}
