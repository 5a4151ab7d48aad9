package index

import (
	"bytes"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// How a pattern may stand in a name, and what that is worth of a name that was typed in
// full.
//
// The order is what people mean by what they type; the numbers were chosen with bench/names
// over 30 projects in nineteen languages. With gradePrefix, gradeHumps, gradePart, gradeParts or
// gradeTypo moved by 0.05 towards its neighbour no row there changes by more than 0.011.
const (
	gradeExact  = 1.00 // the name, whatever its case and separators
	gradePrefix = 0.86 // it begins with the pattern: "retryUp" of retryUpload
	gradeHumps  = 0.76 // so do its parts, from the first on: "rU", "retUp"
	gradePart   = 0.68 // a later part begins with it: "upload"
	gradeParts  = 0.54 // several later parts do, or the first and some that do not follow it
	gradeTypo   = 0.50 // one edit makes it the name: "retryUplaod"
	gradeInside = 0.44 // it stands inside of a part: "addrinfo" of getaddrinfo
	gradeAhead  = 0.40 // it is a beginning with a typo: "retyUp"
)

// What is added or taken.
const (
	otherCase       = 0.03 // a third of it where the pattern has no capitals
	otherSeparators = 0.12 // __visitor for Visitor, which often is another thing
	otherFirst      = 0.03 // the typo is in the first letter, where hardly anybody makes one
	wholePart       = 0.03 // the last part that is reached is complete
	allHumps        = 0.05 // every part of the name is in the pattern
	lastParts       = 0.02 // they are the last of the name
	skippedPart     = 0.03 // for each part that is passed over
	otherLeading    = 0.04 // it begins with another character than the "_" that was typed
	misreadCapital  = 0.20 // for each capital within the pattern where no part begins

	// covered is how much of a grade is how much of the name was typed: of two names that
	// match alike the shorter one is more likely meant.
	covered = 0.2
)

const (
	// wide is the length up to which a key is compared: a bit each.
	wideKey = 64
	// leastTyped is from which length on a typo may be one: of three letters, one edit
	// makes any other name.
	leastTyped = 4
	// leastAhead is the same for the beginning of a name.
	leastAhead = 6
	// leastInside is from which length on a pattern may stand inside of a part.
	leastInside = 4
	// mostJumps is from how many parts of a name a pattern may take letters, less one.
	mostJumps = 7
)

// key is a name as it is compared: letters and digits in lower case, without what
// separates parts, so that retryUpload, retry_upload and RETRY-UPLOAD have the same.
type key struct {
	text  [wideKey]byte
	n     int
	humps uint64 // bit i: a part begins with text[i]
	upper uint64 // bit i: text[i] was typed as a capital
	cut   bool   // there is more than text
}

// Classes of bytes in a name.
const (
	byteSeparates uint8 = iota
	byteLower
	byteUpper
	byteDigit
)

var (
	byteClass [256]uint8
	byteFold  [256]byte // in lower case; 0: it separates
)

func init() {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z' || c >= utf8.RuneSelf:
			byteClass[c], byteFold[c] = byteLower, byte(c)
		case c >= 'A' && c <= 'Z':
			byteClass[c], byteFold[c] = byteUpper, byte(c)+'a'-'A'
		case c >= '0' && c <= '9':
			byteClass[c], byteFold[c] = byteDigit, byte(c)
		}
	}
}

// read makes the key of a name.
func (k *key) read(name []byte) {
	k.n, k.humps, k.upper, k.cut = 0, 0, 0, false
	last := byteSeparates
	for i, c := range name {
		if c >= utf8.RuneSelf {
			k.readRunes(name[i:], last)
			return
		}
		class := byteClass[c]
		if class == byteSeparates {
			last = class
			continue
		}
		if k.n == wideKey {
			k.cut = true
			return
		}
		bit := uint64(1) << k.n
		begins := class != last
		switch {
		case class == byteLower && last == byteUpper:
			begins = false
		case class == byteUpper:
			k.upper |= bit
			// "HTTPServer": the last capital of a run begins the next part.
			begins = begins || i+1 < len(name) && byteClass[name[i+1]] == byteLower
		}
		if begins {
			k.humps |= bit
		}
		k.text[k.n] = byteFold[c]
		k.n++
		last = class
	}
}

// readRunes reads on where letters beyond ASCII begin.
func (k *key) readRunes(rest []byte, last uint8) {
	for len(rest) > 0 {
		r, n := utf8.DecodeRune(rest)
		class := byteLower
		switch {
		case n == 1 && r != utf8.RuneError:
			class = byteClass[r]
		case unicode.IsUpper(r):
			class = byteUpper
		}
		rest = rest[n:]
		if class != byteSeparates {
			var buf [utf8.UTFMax]byte
			fold := utf8.AppendRune(buf[:0], unicode.ToLower(r))
			if k.n+len(fold) > wideKey {
				k.cut = true
				return
			}
			if class != last && !(class == byteLower && last == byteUpper) {
				k.humps |= 1 << k.n
			}
			if class == byteUpper {
				k.upper |= 1 << k.n
			}
			k.n += copy(k.text[k.n:], fold)
		}
		last = class
	}
}

// compareNames orders names: by their keys, then as they are written.
func compareNames(a, b []byte) int {
	if c := compareKeys(a, b); c != 0 {
		return c
	}
	return bytes.Compare(a, b)
}

// compareKeys compares names in all that their keys say, however long.
func compareKeys(a, b []byte) int {
	i, j := 0, 0
	for {
		for i < len(a) && byteFold[a[i]] == 0 {
			i++
		}
		for j < len(b) && byteFold[b[j]] == 0 {
			j++
		}
		switch {
		case i == len(a) && j == len(b):
			return 0
		case i == len(a):
			return -1
		case j == len(b):
			return 1
		}
		x, y := byteFold[a[i]], byteFold[b[j]]
		if x >= utf8.RuneSelf || y >= utf8.RuneSelf {
			return bytes.Compare(folded(a[i:]), folded(b[j:]))
		}
		if x != y {
			return int(x) - int(y)
		}
		i++
		j++
	}
}

// folded is the key of a name, however long.
func folded(name []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < utf8.RuneSelf && byteFold[r] == 0 {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// firstOfKey is the first eight bytes of a name's key as a number: names are in its order.
func firstOfKey(name []byte) (first uint64) {
	n := 0
	for i, c := range name {
		if c >= utf8.RuneSelf {
			rest := folded(name[i:])
			for ; n < 8 && len(rest) > 0; n, rest = n+1, rest[1:] {
				first = first<<8 | uint64(rest[0])
			}
			break
		}
		if fold := byteFold[c]; fold != 0 {
			if first = first<<8 | uint64(fold); n == 7 {
				return first
			}
			n++
		}
	}
	return first << (8 * (8 - n))
}

// A sketch is what is kept of a name to pass it over without a look at it:
//
//	bit 0..25    the letters that it has
//	bit 26..51   the letters that its parts begin with
//	bit 52       it has a digit
//	bit 53       it has a byte beyond ASCII
//	bit 54..60   the length of its key, at most 127
const (
	sketchLetters  = 1<<26 - 1
	sketchHumps    = 26
	sketchDigit    = 1 << 52
	sketchForeign  = 1 << 53
	sketchLength   = 54
	sketchLongest  = 127
	sketchContents = sketchLetters | sketchDigit | sketchForeign
)

func sketchOf(name []byte) uint64 {
	var s uint64
	if bytes.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		s = sketchForeign
	}
	length := 0
	for _, c := range folded(name) {
		switch byteClass[c] {
		case byteDigit:
			s |= sketchDigit
		case byteLower:
			if c < utf8.RuneSelf {
				s |= 1 << (c - 'a')
			}
		}
		length++
	}
	var k key
	k.read(name)
	for rest := k.humps; rest != 0; rest &= rest - 1 {
		if c := k.text[bits.TrailingZeros64(rest)]; c >= 'a' && c <= 'z' {
			s |= 1 << (sketchHumps + c - 'a')
		}
	}
	if k.cut { // parts that begin further on may be any
		s |= sketchLetters << sketchHumps
	}
	return s | uint64(min(length, sketchLongest))<<sketchLength
}

// pattern is a word as names are compared with it. It is not safe for concurrent use.
type pattern struct {
	key
	text   []byte     // as typed
	place  [256]uint8 // 1 + number of a byte among those of the key; 0: it has no such byte
	bytes  int
	sketch uint64
	begins uint64 // the bits of a sketch's parts that its first letter and its inner capitals have
	few    bool   // only what a sentence's identifier may be: all of it, complete parts of a name, or that with a typo
	round  round

	name key  // the one that match compared last
	same bool // it is of the very key
	// Of that name, where its letters are, by place; and see aligned. What is left from the
	// name before is not cleared.
	*alignment
}

// alignment is what only a pattern needs that is compared with names of another key: 5 kB.
type alignment struct {
	occurs [wideKey + 1]uint64
	reach  [mostJumps + 1][wideKey]uint64
	tops   [wideKey]int
}

// round says what is looked for. Each costs more than the one before, and finds what is less
// likely meant: the next one is for where there is little.
type round uint8

const (
	roundParts  round = iota // where a part of the name begins; or all of it with a typo
	roundInside              // inside of a part, and where capitals were typed that are none
	roundAhead               // at the beginning, with a typo
	rounds
)

func newPattern(text string, few bool) *pattern {
	p := &pattern{text: []byte(text), few: few}
	p.read(p.text)
	p.sketch = sketchOf(p.text)
	for _, c := range p.key.text[:p.n] {
		if p.place[c] == 0 {
			p.bytes++
			p.place[c] = uint8(p.bytes)
		}
	}
	part := func(i int) {
		if c := p.key.text[i]; c >= 'a' && c <= 'z' {
			p.begins |= 1 << (sketchHumps + c - 'a')
		}
	}
	if p.n > 0 {
		part(0)
	}
	for inner := p.inner(); inner != 0; inner &= inner - 1 {
		part(bits.TrailingZeros64(inner))
	}
	return p
}

// may reports whether a name of this sketch can match, unless it is of the very key. It is what
// all names are asked first, so it is to be a few instructions.
func (p *pattern) may(s uint64) bool {
	missing := p.sketch & sketchContents &^ s
	if missing == 0 && (s&p.begins == p.begins || p.round >= roundInside) {
		return true
	}
	if p.n < leastTyped || missing&(missing-1) != 0 {
		return false
	}
	if p.round == roundAhead && p.n >= leastAhead {
		return true
	}
	more := s & sketchContents &^ p.sketch
	length := int(s >> sketchLength & sketchLongest)
	return more&(more-1) == 0 && length-p.n <= 1 && p.n-length <= 1
}

// match returns how well a name matches, 0: not at all, else up to gradeExact.
func (p *pattern) match(name []byte) float32 {
	if p.n == 0 {
		return 0
	}
	k := &p.name
	k.read(name)
	p.same = false
	if k.n == 0 {
		return 0
	}
	if k.n == p.n && bytes.Equal(k.text[:k.n], p.key.text[:p.n]) {
		if p.cut || k.cut {
			if compareKeys(name, p.text) != 0 {
				return 0
			}
		}
		p.same = true
		grade := float32(gradeExact)
		switch {
		case bytes.Equal(name, p.text):
		case bytes.EqualFold(name, p.text) && p.upper == 0:
			grade -= otherCase / 3
		case bytes.EqualFold(name, p.text):
			grade -= otherCase
		default:
			grade -= otherSeparators
		}
		return grade
	}
	if p.cut {
		return 0
	}
	grade := p.aligned()
	if typo := float32(gradeTypo); grade < typo && p.n >= leastTyped && !k.cut && oneEdit(p.key.text[:p.n], k.text[:k.n]) {
		grade = typo
		if p.key.text[0] != k.text[0] { // hardly anybody mistypes the first letter
			grade -= otherFirst
		}
	}
	if grade == 0 && p.round == roundAhead && p.n >= leastAhead && k.n > p.n && p.key.text[0] == k.text[0] {
		for n := p.n - 1; n <= min(p.n+1, k.n); n++ {
			if oneEdit(p.key.text[:p.n], k.text[:n]) {
				grade = gradeAhead
				break
			}
		}
	}
	if grade == 0 {
		return 0
	}
	if byteFold[p.text[0]] == 0 && p.text[0] != name[0] {
		grade -= otherLeading
	}
	return finish(grade, p.n, k.n)
}

// aligned is the best grade of an alignment without a typo; 0: there is none.
//
// Every letter of the pattern stands in the name right behind the one before, or begins a
// part further on. reach[j][i] are the places, a bit each, of the pattern's letter i where
// j parts were jumped to, which is known for j up to tops[i]; a letter's places are found with
// a few operations on words, whatever the name (Baeza-Yates and Gonnet 1992).
func (p *pattern) aligned() float32 {
	k := &p.name
	if p.alignment == nil {
		p.alignment = new(alignment)
	}
	clear(p.occurs[:p.bytes+1])
	for i, c := range k.text[:k.n] {
		p.occurs[p.place[c]] |= 1 << i
	}
	letters := p.key.text[:p.n]
	at := p.occurs[p.place[letters[0]]]
	p.reach[0][0], p.tops[0] = at&k.humps, 0
	inside := uint64(0)
	if p.round >= roundInside && p.n >= leastInside {
		inside = at
	}
	if p.reach[0][0]|inside == 0 {
		return 0
	}
	for i := 1; i < p.n; i++ {
		here := p.occurs[p.place[letters[i]]]
		inside = inside << 1 & here
		some, top := inside, p.tops[i-1]
		for j := 0; j <= min(top+1, mostJumps); j++ {
			to := uint64(0)
			if j <= top {
				to = p.reach[j][i-1] << 1
			}
			if j > 0 {
				if from := p.reach[j-1][i-1]; from != 0 {
					lowest := from & -from
					to |= k.humps &^ (lowest<<1 - 1)
				}
			}
			to &= here
			p.reach[j][i] = to
			some |= to
			p.tops[i] = j
		}
		if some == 0 {
			return 0
		}
	}
	best := float32(0)
	last := p.n - 1
	for j := 0; j <= p.tops[last]; j++ {
		if p.reach[j][last] != 0 {
			best = max(best, p.grade(j))
		}
	}
	if best == 0 && inside != 0 {
		best = gradeInside
		end := bits.TrailingZeros64(inside) + 1
		if end == k.n || k.humps>>end&1 != 0 {
			best += wholePart
		}
	}
	return best
}

// grade is that of the alignment with j jumps whose last letter stands first.
func (p *pattern) grade(j int) float32 {
	k := &p.name
	last := p.n - 1
	end := bits.TrailingZeros64(p.reach[j][last])
	// Back from the end: right before, unless only a jump leads here.
	at, jumps := end, j
	stood := uint64(1) << end // where its letters stand
	for i := last; i > 0; i-- {
		if at > 0 && jumps <= p.tops[i-1] && p.reach[jumps][i-1]>>(at-1)&1 != 0 {
			at--
		} else {
			jumps--
			from := p.reach[jumps][i-1] & (1<<at - 1)
			at = 63 - bits.LeadingZeros64(from) // the nearest before
		}
		stood |= 1 << at
	}
	start := at
	parts := bits.OnesCount64(k.humps)
	touched := bits.OnesCount64(k.humps & stood)
	before := bits.OnesCount64(k.humps & (1<<start - 1))
	after := bits.OnesCount64(k.humps &^ (1<<end | (1<<end - 1)))
	skipped := parts - before - after - touched      // between runs
	whole := end+1 == k.n || k.humps>>(end+1)&1 != 0 // the last part that it reaches is complete
	if p.few {
		// Complete parts, side by side, of which there are two or the one is most of the name.
		if j > 0 || !whole || touched < 2 && p.n*2 < k.n {
			return 0
		}
	}
	var g float32
	switch {
	case j == 0 && start == 0:
		g = gradePrefix
	case start == 0 && skipped == 0:
		g = gradeHumps
	case j == 0:
		g = gradePart
	default:
		g = gradeParts - skippedPart*float32(skipped)
	}
	if whole {
		g += wholePart
	}
	if j > 0 && start == 0 && touched == parts {
		g += allHumps
	}
	if j == 0 && start > 0 && after == 0 && whole {
		g += lastParts
	}
	if n := p.misread(stood); n > 0 {
		if p.round < roundInside {
			return 0
		}
		g -= misreadCapital * float32(n)
	}
	return max(g, leastValue)
}

// bound is no less than the grade of any name with a key of that length, but for one of the
// very key.
func (p *pattern) bound(length int) float32 {
	return finish(gradePrefix+wholePart, p.n, min(length, wideKey-utf8.UTFMax+1)) // a rune may not fit
}

// finish adds what it says how much of a name was typed.
func finish(grade float32, typed, length int) float32 {
	return grade*(1-covered) + covered*float32(typed)/float32(max(typed, length))
}

// inner are the letters that were typed as the capitals of a part, but for the first one: who
// types them means that parts begin there, unless all are capitals.
func (p *pattern) inner() uint64 {
	if p.n == 0 || p.upper == 1<<p.n-1 {
		return 0
	}
	return p.upper & p.humps &^ 1
}

// misread counts the inner capitals that begin no part of the name, stood being where the
// pattern's letters stand.
func (p *pattern) misread(stood uint64) (n int) {
	inner := p.inner()
	for i := 0; inner != 0; i++ {
		at := stood & -stood
		stood &^= at
		if inner&1 != 0 && p.name.humps&at == 0 {
			n++
		}
		inner >>= 1
	}
	return n
}

// oneEdit reports whether one letter more, less or other, or two neighbours exchanged,
// makes b of a.
func oneEdit(a, b []byte) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	for len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 1:
		return true // of b at most one is left
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	}
	return false
}
