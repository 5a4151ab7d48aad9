package embed

import "strings"

// telling are the parts of names that secrets are given to, in lower case: with
// surely, any quoted value is one, without, only one that looks random. A longer
// name stands before one that begins it.
var telling = []struct {
	name   string
	surely bool
}{
	{"password", true},
	{"passwd", true},
	{"passphrase", true},
	{"pwd", true},
	{"secret", true},
	{"credential", true},
	{"token", false},
	{"apikey", false},
	{"api_key", false},
	{"api-key", false},
	{"auth", false},
	{"key", false},
	{"salt", false},
	{"signature", false},
}

const (
	// Bounds of what may stand between a name and its value, in bytes: the rest
	// of the name ("passwordHashForTests"), a type, a conversion, blanks. They
	// keep the walk linear and are wider than what people write.
	maxNameRest = 40
	maxType     = 24
	maxBlanks   = 64
	// maxValue bounds a value; what is longer is masked up to here.
	maxValue = 4096
	// maxJudged is how much of a bare value is looked at to tell whether it is a
	// secret: what is drawn by lot shows it in fewer bytes.
	maxJudged = 64
	// minBare is the shortest value without quotes that is looked at.
	minBare = 6
)

// walk goes through a text from one telling name to the next. It remembers the
// ends of the words that it is in, which many names may share: without that, a
// word of nothing but names would be read to its end for each of them.
type walk struct {
	text  string
	names span // of the bytes of names
	bares span // of those of bare values
	words span // of all but blanks and quotes
	line  line
}

// redactAssignments masks values given to something by a telling name: in code,
// JSON, YAML, .env files, XML and connection strings.
func redactAssignments(text string) string {
	w := walk{
		text: text, names: span{in: isName}, bares: span{in: isBare}, words: span{in: func(c byte) bool { return c > ' ' && !isQuote(c) }},
		line: line{indent: -1, quote: -1},
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		n, surely := tellingAt(text, i)
		if n == 0 {
			i++
			continue
		}
		v, ok := value{}, false
		if surely {
			v, ok = w.literal(i, n)
		}
		i += n
		if !ok {
			if v, ok = w.valueBehind(i); !ok || !v.secret(text, surely) {
				continue
			}
		}
		b.WriteString(text[done:v.start])
		b.WriteString(mask)
		done, i = v.end, v.end
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// span is the last run of bytes of one kind that was looked at.
type span struct {
	in         func(c byte) bool
	start, end int
}

// endOf returns where the run ends that i is in, or i. For offsets that never
// decrease it reads each byte of text once.
func (s *span) endOf(text string, i int) int {
	if i < s.start || i >= s.end {
		s.start, s.end = i, skip(text, i, len(text), s.in)
	}
	return s.end
}

// tellingAt returns the length of the telling name that stands at i, or 0.
func tellingAt(text string, i int) (n int, surely bool) {
	first := text[i] | 0x20
	switch first {
	case 'a', 'c', 'k', 'p', 's', 't':
	default:
		return 0, false
	}
	// DB_PASS and pass, but neither passed nor compass.
	if whole := "pass"; len(text)-i > len(whole) && beginsFold(text[i:i+len(whole)], whole) && !isWord(text[i+len(whole)]) &&
		(i == 0 || text[i-1] == '_' || !isWord(text[i-1])) {
		return len(whole), true
	}
	for _, t := range telling {
		if first == t.name[0] && len(text)-i >= len(t.name) && beginsFold(text[i:i+len(t.name)], t.name) {
			return len(t.name), t.surely
		}
	}
	return 0, false
}

// value is where a value stands in a text, without its quotes.
type value struct {
	start, end int
	quoted     bool
}

// secret decides by how telling the name is. A bare value is as a rule code
// (`password = form.password`), so it must look unlike an identifier.
func (v value) secret(text string, surely bool) bool {
	s := text[v.start:v.end]
	if s == "" || s == mask {
		return false
	}
	if !v.quoted {
		s = s[:min(len(s), maxJudged)]
	}
	switch {
	case !surely:
		return random(s)
	case v.quoted:
		return true
	case v.end < len(text) && text[v.end] == '(' || isPath(s) || isReference(s):
		return false // sha256(, $password, form?.password
	}
	return mixed(s) || strings.ContainsAny(s, special)
}

// special are characters of passwords that identifiers do not have.
const special = "!@#$%^*?~"

// isPath tells whether s is a path of identifiers without digits, perhaps behind
// the sign of a variable or pointer.
func isPath(s string) bool {
	s = strings.TrimLeft(s, "$@*&!")
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			return false
		case isName(c) || c == '.' || c == ':':
		case (c == '?' || c == '!') && i+1 < len(s) && s[i+1] == '.':
		default:
			return false
		}
	}
	return true
}

// valueBehind finds the value for the name that goes on at i.
func (w *walk) valueBehind(i int) (value, bool) {
	text := w.text
	end := min(w.names.endOf(text, i), i+maxNameRest)
	i = skip(text, end, 2, func(c byte) bool { return strings.IndexByte("\"')]", c) >= 0 })
	// password string = "...", password: &str = "..."
	j := blanks(text, i)
	colon := j < len(text) && text[j] == ':'
	if colon {
		j = blanks(text, j+1)
	}
	if k := skip(text, j, maxType, func(c byte) bool { return isWord(c) || strings.IndexByte("&*<>[].", c) >= 0 }); k > j {
		// In markup an attribute goes on like that: only <add key="password" value="...">
		// is meant, not <input name="password" type="...">.
		typed := colon || i == end && k < len(text) && isBlank(text[k]) || beginsFold(text[j:k], "value")
		if k = blanks(text, k); typed && k < len(text) && text[k] == '=' {
			if v, ok := w.valueAt(k + separator(text[k:])); ok && v.quoted {
				return v, true
			}
		}
	}
	i = blanks(text, i)
	n := separator(text[i:])
	if n == 0 {
		return value{}, false
	}
	return w.valueAt(i + n)
}

// separator is the length of what parts a name from its value.
func separator(s string) int {
	for _, sep := range []string{"===", "==", ":=", "=>", "=", ":", ",", "(", ">"} {
		if strings.HasPrefix(s, sep) {
			return len(sep)
		}
	}
	return 0
}

// valueAt reads the value at i: a quoted one, perhaps in a conversion and behind a
// prefix of strings ([]byte("..."), b"..."), or a bare word.
func (w *walk) valueAt(i int) (value, bool) {
	text := w.text
	i = blanks(text, i)
	q := skip(text, i, maxType, func(c byte) bool { return isWord(c) || strings.IndexByte(".[]:", c) >= 0 })
	if q > i && q < len(text) && text[q] == '(' {
		q = blanks(text, q+1)
	} else {
		q = i
	}
	if strings.HasPrefix(text[q:], "\n") { // a call broken into lines
		q = blanks(text, q+1)
	}
	q = skip(text, q, 2, func(c byte) bool { return strings.IndexByte("bfruBFRU@$", c) >= 0 })
	if q < len(text) && strings.IndexByte("\"'`", text[q]) >= 0 {
		return value{q + 1, closing(text, q), true}, true
	}
	end := min(w.bares.endOf(text, i), i+maxValue)
	return value{i, end, false}, end-i >= minBare
}

// closing is the offset of the quote that closes the one at i, or of the line's
// end: a text may have been cut inside a string.
func closing(text string, i int) int {
	quote := text[i]
	last := min(len(text), i+1+maxValue)
	for j := i + 1; j < last; j++ {
		switch text[j] {
		case quote, '\n':
			return j
		case '\\':
			if quote != '`' && j+1 < last && text[j+1] != '\n' {
				j++
			}
		}
	}
	return last
}

// skip returns the offset behind at most n bytes from i of which in says yes.
func skip(text string, i, n int, in func(c byte) bool) int {
	last := min(len(text), i+n)
	for i < last && in(text[i]) {
		i++
	}
	return i
}

func blanks(text string, i int) int {
	return skip(text, i, maxBlanks, func(c byte) bool { return c == ' ' || c == '\t' })
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isName(c byte) bool { return isWord(c) || c == '-' }

func isBare(c byte) bool { return c > ' ' && strings.IndexByte("\"'`;,&(){}[]<>", c) < 0 }

// beginsFold tells whether s begins with lower, which has no capitals, in ASCII.
func beginsFold(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func containsFold(s, lower string) bool {
	for i := range max(0, len(s)-len(lower)+1) {
		if (s[i] == lower[0] || s[i]|0x20 == lower[0]) && beginsFold(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}
