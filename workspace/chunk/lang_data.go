package chunk

import "strings"

// Data has keys: those of the root are symbols, and those one level below where a value is large. Elements of arrays are none.

// keyed collects the keys of data.
type keyed struct {
	*scanner
	root  int // the key of the root that is open, a number in defs, or -1
	below int // the key below it that is open, or -1
}

// large is the size from which the keys below a key are worth a name: what is smaller is read at a glance.
const large = alone

// openRoot starts a key of the root, openBelow one below it. A key lasts until it is closed.
func (k *keyed) openRoot(d def) {
	d.parent = -1
	k.defs = append(k.defs, d)
	k.root = len(k.defs) - 1
}

func (k *keyed) openBelow(d def) {
	d.parent = k.root
	k.defs = append(k.defs, d)
	k.below = len(k.defs) - 1
}

func (k *keyed) closeBelow(end int) {
	if k.below >= 0 {
		k.defs[k.below].end = max(end, k.defs[k.below].nameEnd)
		k.below = -1
	}
}

// closeRoot ends the open key, and forgets the keys below it where it is small.
func (k *keyed) closeRoot(end int) {
	k.closeBelow(end)
	if k.root < 0 {
		return
	}
	d := &k.defs[k.root]
	d.end = max(end, d.nameEnd)
	if d.end-d.start < large {
		k.defs = k.defs[:k.root+1]
	}
	k.root = -1
}

var hashComments = []mark{{kind: lineComment, open: "#"}}

var grammarYAML = &grammar{outline: outlineYAML, marks: hashComments}

// outlineYAML reads lines: the keys of the mapping in the root's column, for every document of the file. Text of block scalars
// is always deeper than its key, so columns tell it from keys.
func outlineYAML(s *scanner) {
	k := &keyed{scanner: s, root: -1, below: -1}
	const unknown, none = -1, -2
	rootColumn, column := unknown, none // of keys
	scalar := false                     // the document is one scalar
	doc, docColumn, docEnd := -1, 0, 0
	last := 0 // where the last line with text ends
	from := s.pos
	s.eachLine(s.text[from:], func(start, end int) {
		start, end = start+from, end+from
		s.steps += end - start
		line := s.text[start:end]
		body := strings.TrimLeft(line, " \t")
		indent := len(line) - len(body)
		if body == "" {
			doc = -1
			return
		}
		if body[0] == '#' {
			if doc < 0 || docColumn != indent {
				doc, docColumn = start+indent, indent
			}
			docEnd = end
			return
		}
		if indent == 0 && (marker(line, "---") || marker(line, "...")) {
			k.closeRoot(last)
			rest := strings.TrimLeft(line[3:], " ")
			scalar = rest != "" && strings.IndexByte("|>\"'", rest[0]) >= 0
			rootColumn, column, doc = unknown, none, -1
			return
		}
		before := last
		last = end
		above := start + indent
		if doc >= 0 && docColumn == indent && docEnd < start {
			above = doc
		}
		doc = -1
		if scalar || body[0] == '%' && indent == 0 {
			return
		}
		item := body[0] == '-' && marker(body, "-")
		if rootColumn == unknown || indent < rootColumn && !item {
			rootColumn = indent
		}
		if column == unknown && (indent > rootColumn || item) {
			if column = indent; item {
				column = none
			}
		}
		if indent != rootColumn && indent != column {
			return
		}
		nameStart, nameEnd, after := yamlKey(body)
		if nameEnd == 0 {
			return
		}
		at := start + indent
		d := def{start: at, doc: above, header: at, body: end, end: end, nameStart: at + nameStart, nameEnd: at + nameEnd, kind: Key}
		if indent == rootColumn {
			k.closeRoot(before)
			k.openRoot(d)
			if column = none; opensMapping(body[after:]) {
				column = unknown
			}
		} else if k.root >= 0 {
			k.closeBelow(before)
			if s.text[d.nameStart:d.nameEnd] != "<<" { // what another mapping holds is merged in
				k.openBelow(d)
			}
		}
	})
	k.closeRoot(last)
}

// marker says that a line starts with a mark that white space or nothing follows.
func marker(line, mark string) bool {
	return strings.HasPrefix(line, mark) && (len(line) == len(mark) || line[len(mark)] == ' ' || line[len(mark)] == '\t')
}

// yamlKey finds the key that a line starts with, without its quotes, and where its value starts.
func yamlKey(line string) (start, end, after int) {
	if c := line[0]; c == '"' || c == '\'' {
		i := strings.IndexByte(line[1:min(len(line), longestName+2)], c)
		if i < 1 {
			return 0, 0, 0
		}
		start, end = 1, i+1
		after = end + 1
		for after < len(line) && line[after] == ' ' {
			after++
		}
		if after == len(line) || line[after] != ':' || after+1 < len(line) && line[after+1] != ' ' && line[after+1] != '\t' {
			return 0, 0, 0
		}
		return start, end, after + 1
	} else if strings.IndexByte("[]{},#&*!|>%@`?-", c) >= 0 && !(len(line) > 1 && (c == '?' || c == '-') && line[1] != ' ') {
		return 0, 0, 0
	}
	for i := 0; i < len(line) && i <= longestName; i++ {
		switch line[i] {
		case ':':
			if i+1 == len(line) || line[i+1] == ' ' || line[i+1] == '\t' {
				return 0, len(strings.TrimRight(line[:i], " \t")), i + 1
			}
		case '#':
			if line[i-1] == ' ' {
				return 0, 0, 0
			}
		}
	}
	return 0, 0, 0
}

// opensMapping says that nothing but an anchor, a tag or a comment follows a key on its line.
func opensMapping(value string) bool {
	for field := range strings.FieldsSeq(value[:min(len(value), look)]) {
		if field[0] == '#' {
			break
		}
		if field[0] != '&' && field[0] != '!' {
			return false
		}
	}
	return true
}

var grammarTOML = &grammar{
	outline: outlineTOML, extra: "-",
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true},
		{kind: quote, open: "'''", close: "'''", lines: true},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "'", close: "'"},
	},
}

// outlineTOML finds tables and keys. A line inside an array that can only be a header or `key =` ends the array: its bracket is
// not typed yet.
func outlineTOML(s *scanner) {
	k := &keyed{scanner: s, root: -1, below: -1}
	table := false
	open := 0 // brackets
	for s.next() {
		t := &s.tok
		if t.first && (open == 0 || t.start == t.line) {
			line := s.text[t.start:s.near(t.start)]
			nameStart, nameEnd, after := tomlHeader(line)
			if nameEnd == 0 || open > 0 && !tomlName(line[nameStart:nameEnd]) {
				nameStart, after = 0, 0
				nameEnd = tomlKey(line)
			}
			if nameEnd > 0 {
				open = 0
				d := def{
					start: t.start, doc: t.start, header: t.start, body: t.start + len(strings.TrimRight(line, " \t\r")), end: t.end,
					nameStart: t.start + nameStart, nameEnd: t.start + nameEnd, kind: Key,
				}
				if t.doc >= 0 {
					d.doc = t.doc
				}
				q, n := line[nameStart], nameEnd-nameStart
				if (q == '"' || q == '\'') && n > 2 && strings.IndexByte(line[nameStart+1:nameEnd], q) == n-2 {
					d.nameStart, d.nameEnd = d.nameStart+1, d.nameEnd-1
				}
				switch {
				case after > 0:
					k.closeRoot(s.prevEnd)
					d.kind, d.body = Object, t.start+after
					k.openRoot(d)
					table = true
					s.moved(t.start, t.start+after)
					t.end = s.pos
				case table:
					k.closeBelow(s.prevEnd)
					k.openBelow(d)
				default:
					k.closeRoot(s.prevEnd)
					k.openRoot(d)
				}
				continue
			}
		}
		if t.kind == isPunct {
			switch t.b {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
		}
	}
	k.closeRoot(s.prevEnd)
}

// tomlHeader finds the name in `[name]` or `[[name]]` and the end of the header.
func tomlHeader(line string) (start, end, after int) {
	if line[0] != '[' {
		return 0, 0, 0
	}
	for start = 1; start < len(line) && strings.IndexByte("[ \t", line[start]) >= 0; start++ {
	}
	var quoted byte
	for i := start; i < len(line); i++ {
		switch c := line[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == ',' || c == '[' || c == '#' || c == '{':
			return 0, 0, 0
		case c == ']':
			end = start + len(strings.TrimRight(line[start:i], " \t"))
			if after = i + 1; after < len(line) && line[after] == ']' {
				after++
			}
			if rest := strings.TrimLeft(line[after:], " \t\r"); end == start || rest != "" && rest[0] != '#' {
				return 0, 0, 0
			}
			return start, end, after
		}
	}
	return 0, 0, 0
}

// tomlName says that the inside of brackets names a table rather than being a value.
func tomlName(name string) bool {
	c := name[0]
	return (c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z') && name != "true" && name != "false" && name != "inf" && name != "nan"
}

// tomlKey is the end of the key at the start of a line, 0 if there is none.
func tomlKey(line string) (end int) {
	var quoted byte
	for i := range len(line) {
		switch c := line[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '=':
			return len(strings.TrimRight(line[:i], " \t"))
		case c == '_' || c == '-' || c == '.' || c == ' ' || c == '\t' || c >= 0x80 || alphanumeric(c):
		default:
			return 0
		}
	}
	return 0
}

var grammarINI = &grammar{outline: outlineINI, marks: []mark{{kind: lineComment, open: "#"}, {kind: lineComment, open: ";"}}}

// outlineINI reads lines: sections and keys of .ini, .properties, unit files and git's configuration.
func outlineINI(s *scanner) {
	k := &keyed{scanner: s, root: -1, below: -1}
	section, continued := false, false
	column := -1 // of the keys of the section
	doc, last := -1, 0
	from := s.pos
	s.eachLine(s.text[from:], func(start, end int) {
		start, end = start+from, end+from
		s.steps += end - start
		line := s.text[start:end]
		body := strings.TrimLeft(line, " \t")
		indent := len(line) - len(body)
		goesOn := continued
		continued = strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`)
		if body == "" {
			doc = -1
			return
		}
		if !goesOn && (body[0] == '#' || body[0] == ';' || body[0] == '!') {
			continued = false
			if doc < 0 {
				doc = start + indent
			}
			return
		}
		before, at := last, start+indent
		last = start + len(strings.TrimRight(line, " \t"))
		d := def{start: at, doc: at, header: at, body: last, end: last, kind: Key}
		if doc >= 0 {
			d.doc = doc
		}
		doc = -1
		if goesOn {
			return
		}
		if name := iniSection(body); name > 1 {
			k.closeRoot(before)
			d.nameStart, d.nameEnd, d.kind = at+1, at+name, Object
			k.openRoot(d)
			section, column = true, -1
			return
		}
		if column >= 0 && indent > column {
			return
		}
		name := iniKey(body)
		if name == 0 {
			return
		}
		column = indent
		d.nameStart, d.nameEnd = at, at+name
		if section {
			k.closeBelow(before)
			k.openBelow(d)
		} else {
			k.closeRoot(before)
			k.openRoot(d)
		}
	})
	k.closeRoot(last)
}

// iniSection is where the name of `[name]` ends, which starts behind the bracket.
func iniSection(line string) int {
	if line[0] != '[' {
		return 0
	}
	line = strings.TrimRight(line, " \t")
	if line[len(line)-1] == ']' && strings.IndexByte(line, '=') < 0 {
		return len(line) - 1
	}
	if i := strings.IndexByte(line[:min(len(line), look)], ']'); i > 0 {
		if rest := strings.TrimLeft(line[i+1:], " \t"); rest != "" && (rest[0] == '#' || rest[0] == ';') {
			return i
		}
	}
	return 0
}

// iniKey is the end of the key in `key = value` or `key: value`.
func iniKey(line string) (end int) {
	for i := 0; i < len(line) && i <= longestName; i++ {
		switch c := line[i]; c {
		case '\\':
			i++
		case '=':
			return len(strings.TrimRight(line[:i], " \t+?"))
		case ':':
			if i+1 == len(line) || line[i+1] != ':' && line[i+1] != '/' && line[i+1] != '\\' {
				return len(strings.TrimRight(line[:i], " \t"))
			}
			i++
		case '{', '}', '(', ')', ';', '<', '>', '"', '\'', '`', '|', ',', '$':
			return 0
		}
	}
	return 0
}

var grammarJSON = &grammar{
	outline: outlineJSON, extra: "$",
	marks: []mark{
		{kind: lineComment, open: "//"},
		{kind: blockComment, open: "/*", close: "*/"},
		{kind: quote, open: `"`, close: `"`, escape: '\\'},
		{kind: quote, open: "'", close: "'", escape: '\\'},
	},
}

// outlineJSON finds keys, and again by columns where brackets do not pair up.
func outlineJSON(s *scanner) {
	if readJSON(s) && s.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair, again.steps = true, s.steps
	readJSON(again)
	*s = *again
}

// readJSON says that every bracket has its partner.
func readJSON(s *scanner) (balanced bool) {
	k := &keyed{scanner: s, root: -1, below: -1}
	depth, started := 0, false
	var object [3]bool          // what is open at a depth is an object
	column, beforePrev := -1, 0 // of the root's keys; the end of the token before the one before
	prev := token{}             // the token before
	for ; s.next(); beforePrev, prev = prev.end, s.tok {
		t := &s.tok
		if depth == 0 && started {
			s.broken++ // the root was closed too early
		}
		if t.kind != isPunct {
			continue
		}
		switch t.b {
		case '{', '[':
			if depth++; depth < len(object) {
				object[depth] = t.b == '{' && (depth == 1 && !started || depth == 2 && object[1] && k.root >= 0 && prev.b == ':')
			}
			started = true
		case '}', ']':
			if depth == 1 {
				k.closeRoot(prev.end)
			} else if depth == 2 {
				k.closeBelow(prev.end)
			}
			if depth--; depth < 0 {
				depth = 0
				s.broken++
			}
		case ',':
			if depth == 1 {
				k.closeRoot(prev.end)
			} else if depth == 2 {
				k.closeBelow(prev.end)
			}
		case ':':
			if prev.kind == isPunct || prev.end == prev.start {
				continue
			}
			if s.repair && prev.first && column > 0 && depth != 1 && s.indent(prev.line) == column {
				depth, object[1] = 1, true
				k.closeBelow(beforePrev)
			}
			if depth == 0 || depth > 2 || !object[depth] {
				continue
			}
			at := prev.start
			d := def{start: at, doc: at, header: at, body: s.near(t.end), end: t.end, nameStart: at, nameEnd: prev.end, kind: Key}
			if prev.doc >= 0 {
				d.doc = prev.doc
			}
			if prev.kind == isString {
				d.nameStart++
				d.nameEnd = max(d.nameStart, d.nameEnd-1)
			}
			if depth == 1 {
				if column < 0 && prev.first {
					column = s.indent(prev.line)
				}
				k.closeRoot(beforePrev)
				k.openRoot(d)
			} else {
				k.closeBelow(beforePrev)
				k.openBelow(d)
			}
		}
	}
	k.closeRoot(s.prevEnd)
	return depth == 0
}
