package ignore

import (
	"math/bits"
	"strings"
)

// A pattern's wildcard part is compiled to a row of tokens and matched by following the set of all tokens at which
// the match may stand, byte by byte. Git's own matcher backtracks, which `*a*a*a*a*b` makes exponential; here the
// cost is at most text bytes x tokens / 64 whatever the pattern.

type op uint8

const (
	opByte     op = iota // exactly token.byte
	opAny                // ?: one byte, not a slash
	opSet                // [...]: one byte of sets[token.set], never a slash
	opStar               // *: any bytes but slashes
	opGlobstar           // ** between slashes or at the end: any bytes
	opEnter              // the start of **/: go on behind it, or into it
	opInside             // inside **/: any bytes, left behind a slash
)

type token struct {
	op   op
	byte byte
	set  uint16
}

// byteSet holds one bit per byte value.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

// glob is a compiled wildcard pattern; nil matches nothing.
type glob struct {
	tokens []token
	sets   []byteSet
	fold   bool   // compare ASCII letters without case
	must   string // what every text that matches holds: the longest run of bytes; "" if fold
}

// compileGlob compiles the wildcards of a pattern. path says that the pattern is held against a whole path, where **
// between slashes has its meaning; else it is held against a name, where it is *. It returns nil for a pattern that
// can match nothing: an unfinished [, an unknown [:class:], a lone backslash at the end.
//
// As in git, fold leaves alone what stands behind a backslash or as a single member of a set: \A and [A] match
// nothing once case is folded, as the text is folded to lower case before it is compared.
func compileGlob(p string, path, fold bool) *glob {
	g := &glob{fold: fold}
	for i := 0; i < len(p); {
		switch c := p[i]; c {
		case '?':
			g.tokens = append(g.tokens, token{op: opAny})
			i++
		case '*':
			i = g.stars(p, i, path)
		case '[':
			end, ok := g.class(p, i)
			if !ok {
				return nil
			}
			i = end
		case '\\':
			if i+1 == len(p) {
				return nil
			}
			g.tokens = append(g.tokens, token{op: opByte, byte: p[i+1]})
			i += 2
		default:
			if fold {
				c = lower(c)
			}
			g.tokens = append(g.tokens, token{op: opByte, byte: c})
			i++
		}
	}
	g.must = g.longest()
	return g
}

// longest is the longest run of bytes that follow each other.
func (g *glob) longest() string {
	if g.fold {
		return ""
	}
	var best, run []byte
	for _, t := range g.tokens {
		if t.op != opByte {
			run = nil
			continue
		}
		if run = append(run, t.byte); len(run) > len(best) {
			best = run
		}
	}
	return string(best)
}

// stars compiles the run of stars at p[i] and returns the index behind what it took. In git, ** crosses slashes only
// if it stands at the start or behind a slash, and before a slash or at the end; a slash behind it may be escaped,
// but then it cannot stand for nothing.
func (g *glob) stars(p string, i int, path bool) int {
	end := i
	for end < len(p) && p[end] == '*' {
		end++
	}
	bounded := (i == 0 || p[i-1] == '/') &&
		(end == len(p) || p[end] == '/' || (p[end] == '\\' && end+1 < len(p) && p[end+1] == '/'))
	switch {
	case !path || end-i == 1 || !bounded:
		g.tokens = append(g.tokens, token{op: opStar})
	case end < len(p) && p[end] == '/':
		g.tokens = append(g.tokens, token{op: opEnter}, token{op: opInside})
		end++
	default:
		g.tokens = append(g.tokens, token{op: opGlobstar})
	}
	return end
}

// class compiles the bracket expression at p[i] and returns the index behind it, or false if it is malformed.
func (g *glob) class(p string, i int) (int, bool) {
	at := func(i int) byte { // 0 behind the end: a pattern holds no NUL
		if i < len(p) {
			return p[i]
		}
		return 0
	}
	var set byteSet
	i++
	negated := at(i) == '!' || at(i) == '^'
	if negated {
		i++
	}
	prev := byte(0) // the start of a possible range; 0: none
	for first := true; first || at(i) != ']'; first = false {
		c := at(i)
		switch {
		case c == 0:
			return 0, false
		case c == '\\':
			i++
			if c = at(i); c == 0 {
				return 0, false
			}
			set.add(c)
			prev = c
		case c == '-' && prev != 0 && at(i+1) != 0 && at(i+1) != ']':
			i++
			if c = at(i); c == '\\' {
				i++
				if c = at(i); c == 0 {
					return 0, false
				}
			}
			g.addRange(&set, prev, c)
			prev = 0
		case c == '[' && at(i+1) == ':':
			end := i + 2
			for at(end) != 0 && at(end) != ']' {
				end++
			}
			if at(end) == 0 {
				return 0, false
			}
			if end == i+2 || p[end-1] != ':' { // no ":]": an ordinary member
				set.add(c)
				prev = c
				break
			}
			if !g.addNamed(&set, p[i+2:end-1]) {
				return 0, false
			}
			i, prev = end, 0
		default:
			set.add(c)
			prev = c
		}
		i++
	}
	if negated {
		for k := range set {
			set[k] = ^set[k]
		}
	}
	set[0] &^= 1 << '/'
	g.tokens = append(g.tokens, token{op: opSet, set: uint16(len(g.sets))})
	g.sets = append(g.sets, set)
	return i + 1, true
}

// addRange adds the bytes from lo to hi. Folding: a lower-case letter is a member too if its capital is.
func (g *glob) addRange(set *byteSet, lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		set.add(byte(c))
		if g.fold && 'A' <= c && c <= 'Z' {
			set.add(byte(c) | 0x20)
		}
	}
}

// addNamed adds a POSIX class, or returns false if there is none of that name. Only ASCII has classes in git.
func (g *glob) addNamed(set *byteSet, name string) bool {
	is := namedClass(name)
	if is == nil {
		return false
	}
	for c := range byte(128) {
		if is(c) || (g.fold && name == "upper" && 'a' <= c && c <= 'z') {
			set.add(c)
		}
	}
	return true
}

func namedClass(name string) func(byte) bool {
	alpha := func(c byte) bool { return 'a' <= lower(c) && lower(c) <= 'z' }
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	space := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' } // git has no \v and \f here
	printable := func(c byte) bool { return ' ' <= c && c <= '~' }
	switch name {
	case "alnum":
		return func(c byte) bool { return alpha(c) || digit(c) }
	case "alpha":
		return alpha
	case "blank":
		return func(c byte) bool { return c == ' ' || c == '\t' }
	case "cntrl":
		return func(c byte) bool { return c < ' ' || c == 0x7f }
	case "digit":
		return digit
	case "graph":
		return func(c byte) bool { return printable(c) && c != ' ' }
	case "lower":
		return func(c byte) bool { return 'a' <= c && c <= 'z' }
	case "print":
		return printable
	case "punct":
		return func(c byte) bool { return printable(c) && c != ' ' && !alpha(c) && !digit(c) }
	case "space":
		return space
	case "upper":
		return func(c byte) bool { return 'A' <= c && c <= 'Z' }
	case "xdigit":
		return func(c byte) bool { return digit(c) || ('a' <= lower(c) && lower(c) <= 'f') }
	}
	return nil
}

// match reports whether the whole text matches.
func (g *glob) match(text string) bool {
	if g == nil || !strings.Contains(text, g.must) {
		return false
	}
	words := len(g.tokens)/64 + 1 // one bit per token, one for the end
	var buf [2][4]uint64
	cur, next := buf[0][:], buf[1][:]
	if words > len(cur) {
		cur, next = make([]uint64, words), make([]uint64, words)
	}
	cur, next = cur[:words], next[:words]
	g.reach(cur, 0)
	for i := range len(text) {
		c := text[i]
		if g.fold {
			c = lower(c)
		}
		clear(next)
		alive := false
		for w, set := range cur {
			for ; set != 0; set &= set - 1 {
				at := w<<6 | bits.TrailingZeros64(set)
				if at < len(g.tokens) && g.step(next, at, c) {
					alive = true
				}
			}
		}
		if !alive {
			return false
		}
		cur, next = next, cur
		if at := len(g.tokens) - 1; cur[at>>6]>>(at&63)&1 != 0 && g.tokens[at].op == opGlobstar {
			return true // whatever follows
		}
	}
	end := len(g.tokens)
	return cur[end>>6]>>(end&63)&1 != 0
}

// step adds to next where the match may stand once the token at at has seen c.
func (g *glob) step(next []uint64, at int, c byte) bool {
	switch t := g.tokens[at]; t.op {
	case opByte:
		if c != t.byte {
			return false
		}
	case opAny:
		if c == '/' {
			return false
		}
	case opSet:
		if !g.sets[t.set].has(c) {
			return false
		}
	case opStar:
		if c == '/' {
			return false
		}
		g.reach(next, at)
		return true
	case opGlobstar:
		g.reach(next, at)
		return true
	case opInside:
		next[at>>6] |= 1 << (at & 63)
		if c != '/' {
			return true
		}
	case opEnter: // left without a byte: see reach
		return false
	}
	g.reach(next, at+1)
	return true
}

// reach adds a token and those that it lets through without a byte.
func (g *glob) reach(set []uint64, at int) {
	for {
		if set[at>>6]>>(at&63)&1 != 0 {
			return
		}
		set[at>>6] |= 1 << (at & 63)
		if at == len(g.tokens) {
			return
		}
		switch g.tokens[at].op {
		case opStar, opGlobstar:
			at++
		case opEnter:
			set[(at+1)>>6] |= 1 << ((at + 1) & 63)
			at += 2
		default:
			return
		}
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
