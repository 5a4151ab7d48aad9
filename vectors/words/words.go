// Package words cuts text, code and prose alike, into the words that retrieval
// compares. It is the one tokenizer of the project: postings, embeddings and
// queries must agree on what a word is, or nothing matches.
//
// An identifier is a run of letters, digits and underscores. It yields its
// parts, lower-cased and stemmed (see stem.go), and, where it has several, also
// the whole of it without underscores and unstemmed, so that readFile,
// read_file and ReadFile are one word beside "read" and "file":
//
//	"queueForIdleConn, HTTPServer2"  ->  queu for idl conn queueforidleconn http serv 2 httpserver2
//
// Scripts that write no spaces yield each letter as a word.
//
// Rejected: keeping punctuation and operators (they never help to find code by
// meaning), and n-grams (six times the postings for what stemming gives).
package words

import (
	"unicode"
	"unicode/utf8"
)

const (
	// maxWord bounds a part in bytes: nothing that a person types is longer,
	// and what is longer in a file is a blob.
	maxWord = 40
	// maxIdentifier bounds a whole identifier in bytes; longer runs (base64,
	// hashes, embedded data) are dropped whole.
	maxIdentifier = 96
)

// Classes of bytes, the only look-up that the scanner does for ASCII.
const (
	other uint8 = iota
	lower
	upper
	digit
	underscore
	high // first byte of a rune beyond ASCII, or a stray byte
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = lower
		case c >= 'A' && c <= 'Z':
			t[c] = upper
		case c >= '0' && c <= '9':
			t[c] = digit
		case c == '_':
			t[c] = underscore
		case c >= utf8.RuneSelf:
			t[c] = high
		}
	}
	return t
}()

// Each calls yield for every word of text, in order. The slice is valid until
// yield returns and must not be kept. Each reads text once
// and is safe for concurrent use; invalid UTF-8 separates words.
func Each(text string, yield func(word []byte)) {
	var r Reader
	r.Each(text, yield)
}

// Reader reads words as Each does, and allocates nothing for texts after the first, which
// tells with many short ones. It is used by one task.
type Reader struct {
	part  [maxWord + utf8.UTFMax]byte
	whole [maxIdentifier + utf8.UTFMax]byte
}

// Each is the function Each.
func (r *Reader) Each(text string, yield func(word []byte)) {
	for i := nextRun(text, 0); i < len(text); i = nextRun(text, i) {
		i = identifier(text, i, r.part[:0], r.whole[:0], yield)
	}
}

// nextRun is where the next identifier of text starts, from i on.
func nextRun(text string, i int) int {
	for i < len(text) && (class[text[i]] == other || class[text[i]] == underscore) {
		i++
	}
	return i
}

// Runs calls yield for every identifier of text, in order: what Each makes words of.
// Each of a run alone yields the words that it has in the text, so that who counts
// words need not cut an identifier twice.
func Runs(text string, yield func(run string)) {
	var part [maxWord + utf8.UTFMax]byte
	var whole [maxIdentifier + utf8.UTFMax]byte
	for i := nextRun(text, 0); i < len(text); i = nextRun(text, i) {
		from := i
		for i++; i < len(text) && class[text[i]] != other && class[text[i]] != high; i++ {
		}
		if class[text[from]] == high || i < len(text) && class[text[i]] == high {
			i = identifier(text, from, part[:0], whole[:0], func([]byte) {})
		}
		yield(text[from:i])
	}
}

// identifier yields the words of the identifier that starts at i and returns
// the offset behind it. It always advances.
func identifier(text string, i int, part, whole []byte, yield func([]byte)) int {
	var (
		start   = i
		parts   int
		ascii   = true  // of the part under way
		tooLong = false // the part outgrew maxWord
		last    = other
	)
	flush := func() {
		if len(part) > 0 {
			parts++
			if w := part; !tooLong {
				if ascii {
					w = stem(w)
				}
				if len(w) > 1 || !ascii || last == digit {
					yield(w)
				}
			}
		}
		part, ascii, tooLong = part[:0], true, false
	}
	add := func(c byte) {
		if len(part) < maxWord {
			part = append(part, c)
		} else {
			tooLong = true
		}
		if len(whole) < maxIdentifier {
			whole = append(whole, c)
		}
	}
	for i < len(text) {
		c := text[i]
		k := class[c]
		switch k {
		case other:
			goto done
		case underscore:
			flush()
		case lower:
			// "HTTPServer": the last capital of a run begins the next part.
			if last == upper && len(part) > 1 && ascii {
				head := part[len(part)-1]
				part = part[:len(part)-1]
				flush()
				part = append(part, head)
			} else if last == digit {
				flush()
			}
			add(c)
		case upper:
			if last == lower || last == digit {
				flush()
			}
			add(c + 'a' - 'A')
		case digit:
			if last != digit {
				flush()
			}
			add(c)
		case high:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n <= 1 || !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !unicode.IsDigit(r) {
				if i == start {
					return i + n
				}
				goto done
			}
			if spaceless(r) {
				flush()
				part = utf8.AppendRune(part, r)
				ascii = false
				flush()
				i += n
				last = high
				parts++
				continue
			}
			if unicode.IsUpper(r) && last == lower {
				flush()
			}
			var buf [utf8.UTFMax]byte
			for _, b := range utf8.AppendRune(buf[:0], unicode.ToLower(r)) {
				add(b)
			}
			ascii = false
			i += n
			last = lower
			continue
		}
		last = k
		i++
	}
done:
	flush()
	if parts > 1 && len(whole) > 1 && len(whole) < maxIdentifier {
		yield(whole)
	}
	return i
}

// spaceless reports whether r belongs to a script that puts no spaces between
// words, so that a run of it is no word.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// Of returns the words of text as strings, in order. It is for queries and
// names; text of any size goes through Each.
func Of(text string) []string {
	var list []string
	Each(text, func(w []byte) { list = append(list, string(w)) })
	return list
}
