package chunk

import "strings"

// Build files: Dockerfiles, makefiles, CMake.

var grammarDockerfile = &grammar{outline: outlineDockerfile, marks: hashComments}

// outlineDockerfile finds stages: from FROM to the next one. A stage without `AS name` is called like its image.
func outlineDockerfile(s *scanner) {
	open, last, doc := -1, 0, -1
	continued, until := false, "" // a here document
	from := s.pos
	s.eachLine(s.text[from:], func(start, end int) {
		start, end = start+from, end+from
		s.steps += end - start
		line := s.text[start:end]
		body := strings.TrimLeft(line, " \t")
		at := start + len(line) - len(body)
		if until != "" {
			last = end
			if strings.TrimLeft(line, "\t") == until {
				until = ""
			}
			return
		}
		goesOn := continued
		if body == "" {
			doc = -1
			return
		}
		if body[0] == '#' {
			if doc < 0 {
				doc = at
			}
			return
		}
		trimmed := strings.TrimRight(body, " \t")
		continued = strings.HasSuffix(trimmed, `\`) || strings.HasSuffix(trimmed, "`")
		above := doc
		doc = -1
		if goesOn || !instruction(body, "from") {
			if !goesOn && (instruction(body, "run") || instruction(body, "copy")) {
				until = hereMark(body)
			}
			last = end
			return
		}
		if open >= 0 {
			s.defs[open].end = last
		}
		last = end
		d := def{start: at, doc: at, header: at, body: end, end: end, kind: Module, parent: -1}
		if above >= 0 {
			d.doc = above
		}
		d.nameStart, d.nameEnd = stageName(s.text, at+len("from"), end)
		s.defs = append(s.defs, d)
		open = len(s.defs) - 1
	})
	if open >= 0 {
		s.defs[open].end = last
	}
}

// instruction says that a line starts with a word, in whatever case.
func instruction(line, word string) bool {
	return len(line) > len(word) && strings.EqualFold(line[:len(word)], word) && (line[len(word)] == ' ' || line[len(word)] == '\t')
}

// stageName finds the name in the rest of a FROM instruction.
func stageName(text string, at, end int) (nameStart, nameEnd int) {
	named := false
	for fields := 0; at < end && fields < 8; fields++ {
		for at < end && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
		from := at
		for at < end && text[at] != ' ' && text[at] != '\t' {
			at++
		}
		switch field := text[from:at]; {
		case strings.HasPrefix(field, "--") || field == "" || field == `\`:
		case nameEnd == 0 || named:
			if nameStart, nameEnd = from, at; named {
				return nameStart, nameEnd
			}
		case strings.EqualFold(field, "as"):
			named = true
		}
	}
	return nameStart, nameEnd
}

var grammarMake = &grammar{outline: outlineMake, marks: hashComments}

// outlineMake finds targets with their recipes, variables and `define`.
func outlineMake(s *scanner) {
	open, last, doc := -1, 0, -1 // the rule or variable that is open
	rule := false                // it is a rule: what starts with a tab is its recipe
	define := -1                 // a `define` that is open
	continued := false
	close := func() {
		for ; open >= 0 && open < len(s.defs); open++ {
			s.defs[open].end = last
		}
		open = -1
	}
	from := s.pos
	s.eachLine(s.text[from:], func(start, end int) {
		start, end = start+from, end+from
		s.steps += end - start
		line := s.text[start:end]
		body := strings.TrimLeft(line, " \t")
		at := start + len(line) - len(body)
		goesOn := continued
		continued = strings.HasSuffix(line, `\`)
		switch {
		case define >= 0:
			if instruction(body+" ", "endef") {
				s.defs[define].end = at + len("endef")
				define = -1
			}
			return
		case body == "":
			doc = -1
			return
		case goesOn:
			last = end
			return
		case line[0] == '\t' && rule:
			last, doc = end, -1
			return
		case body[0] == '#':
			if doc < 0 {
				doc = at
			}
			return
		}
		above := doc
		doc = -1
		d := makeName(body)
		if d.nameEnd == 0 {
			if word := body[:wordEnd(body)]; listed("ifeq ifneq ifdef ifndef else endif", word) {
				return // rules and recipes may stand in branches
			}
		}
		close()
		last, rule = end, d.nameEnd == 0 && rule
		if d.nameEnd == 0 {
			return
		}
		d.start, d.header, d.doc, d.body, d.end, d.parent = at, at, at, end, end, -1
		if above >= 0 {
			d.doc = above
		}
		d.nameStart, d.nameEnd = d.nameStart+at, d.nameEnd+at
		s.defs = append(s.defs, d)
		open = len(s.defs) - 1
		if d.kind == Function && strings.HasPrefix(body, "define") && d.nameStart-at > len("define") {
			define, open = open, -1
		} else {
			rule = d.kind == Function
		}
		if rule { // the other targets of the rule
			for n := 0; n < 16; n++ {
				d.nameStart = d.nameEnd
				for s.text[d.nameStart] == ' ' || s.text[d.nameStart] == '\t' {
					d.nameStart++
				}
				d.nameEnd = d.nameStart + targetEnd(s.text[d.nameStart:end])
				if d.nameEnd == d.nameStart {
					break
				}
				d.start, d.doc, d.header = d.nameStart, d.nameStart, d.nameStart
				s.defs = append(s.defs, d)
			}
		}
	})
	close()
	if define >= 0 {
		s.defs[define].end = len(s.text)
	}
}

// wordEnd is where the word at the start of a line ends.
func wordEnd(line string) int {
	n := 0
	for n < len(line) && line[n] != ' ' && line[n] != '\t' && line[n] != '(' && line[n] != '\r' {
		n++
	}
	return n
}

// listed says that a list separated by single spaces has a word, in the same case.
func listed(list, word string) bool {
	for w := range strings.SplitSeq(list, " ") {
		if w == word {
			return true
		}
	}
	return false
}

// makeName finds what a line of a makefile defines: kind and name.
func makeName(line string) (d def) {
	from := 0
	for n := 0; n < 4; n++ { // export override define
		end := from + wordEnd(line[from:])
		word := line[from:end]
		next := end
		for next < len(line) && (line[next] == ' ' || line[next] == '\t') {
			next++
		}
		if next == end || next == len(line) || strings.IndexByte(":=?+!", line[next]) >= 0 {
			break
		}
		if word == "define" {
			name := strings.TrimRight(line[next:], " \t:=?+")
			if name = name[:min(len(name), longestName)]; name == "" {
				return d
			}
			return def{kind: Function, nameStart: next, nameEnd: next + len(name)}
		}
		if word != "export" && word != "override" && word != "private" {
			break
		}
		from = next
	}
	word := line[from : from+wordEnd(line[from:])]
	if listed("include -include sinclude ifeq ifneq ifdef ifndef else endif vpath unexport undefine", word) {
		return d
	}
	depth := 0
	first := 0 // where the first word ends
	for i := from; i < len(line) && i-from < look; i++ {
		switch c := line[i]; {
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		case depth > 0:
		case c == '#' && i > from && line[i-1] != '\\':
			return d
		case (c == ' ' || c == '\t') && first == 0:
			first = i
		case c == '=':
			end := len(strings.TrimRight(line[from:i], " \t?!:+")) + from
			if i > 0 && line[i-1] == '+' || end == from || strings.ContainsAny(line[from:end], " \t") {
				return d // more of a variable; or a command
			}
			return def{kind: Variable, nameStart: from, nameEnd: end}
		case c == ':':
			rest := strings.TrimLeft(line[i:], ":")
			if strings.HasPrefix(rest, "=") {
				continue
			}
			if i+1 < len(line) && (line[i+1] == '/' || line[i+1] == '\\') && i-from == 1 { // C:\
				continue
			}
			if first == 0 {
				first = i
			}
			name := line[from:first]
			if name == "" || name[0] == '.' && strings.ToUpper(name) == name || assigns(rest) {
				return d // .PHONY, a variable of a target
			}
			return def{kind: Function, nameStart: from, nameEnd: first}
		}
	}
	return d
}

// targetEnd is where the target ends that a text starts with, 0 if there is none.
func targetEnd(text string) int {
	depth := 0
	for i := 0; i < len(text) && i <= longestName; i++ {
		switch c := text[i]; {
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		case depth <= 0 && (c == ' ' || c == '\t' || c == ':' || c == '\\' || c == '&'):
			return i
		}
	}
	return 0
}

// assigns says that what follows a target sets a variable for it.
func assigns(rest string) bool {
	rest = strings.TrimLeft(rest[:min(len(rest), look)], " \t")
	name := rest[:wordEnd(rest)]
	after := strings.TrimLeft(rest[len(name):], " \t")
	for _, op := range []string{"=", ":=", "?=", "+=", "::=", "!="} {
		if strings.HasPrefix(after, op) {
			return true
		}
	}
	i := strings.IndexByte(name, '=')
	return i > 0 && strings.IndexByte(name[:i], '$') < 0 || name == "export" || name == "private" || name == "override"
}

var grammarCMake = &grammar{
	outline: outlineCMake, hooked: "#[\"\\", hook: cmakeHook,
	marks: []mark{
		{kind: lineComment, open: "#"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
	},
	words: []words{
		{"function", word{role: declares, kind: Function, body: funcBody}},
		{"macro", word{role: declares, kind: Function, body: funcBody}},
		{"endfunction endmacro", word{role: ends}},
		{"add_library add_executable add_custom_target", word{role: declares, kind: Module, body: valueBody}},
		{"include find_package cmake_minimum_required cmake_policy", word{role: imports}},
	},
}

// cmakeHook reads #[[ ]] comments and [[ ]] arguments, with any number of = between the brackets. In repair a string ends where
// a line starts a command of the table.
func cmakeHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if s.text[at] == '\\' { // an escaped quote outside of strings
		return min(at+2, len(s.text)), isPunct, true
	}
	if s.text[at] == '"' {
		if !s.repair {
			return 0, 0, false
		}
		for end = at + 1; end < len(s.text); end++ {
			switch s.text[end] {
			case '"':
				return end + 1, isString, true
			case '\\':
				end++
			case '\n':
				line := end + 1
				for line < len(s.text) && line-end < 64 && (s.text[line] == ' ' || s.text[line] == '\t') {
					line++
				}
				if w, _ := cmakeCommand(s, line); w != nil {
					return end, isString, true
				}
			}
		}
		return len(s.text), isString, true
	}
	open, kind := at, isString
	if s.text[at] == '#' {
		open, kind = at+1, isComment
	}
	i := open + 1
	for i < len(s.text) && i-open < 16 && s.text[i] == '=' {
		i++
	}
	if open >= len(s.text) || s.text[open] != '[' || i >= len(s.text) || s.text[i] != '[' || s.noHeredoc > at {
		return 0, 0, false
	}
	k := strings.Index(s.text[i:], "]"+s.text[open+1:i]+"]")
	if k < 0 {
		s.steps += len(s.text) - at
		s.noHeredoc = len(s.text)
		return 0, 0, false
	}
	return i + k + i - open + 1, kind, true
}

// cmakeCommand is the keyword of the command that is called at at, and where its parenthesis stands; nil for any other text.
func cmakeCommand(s *scanner, at int) (w *word, paren int) {
	end := at
	for end < len(s.text) && end-at < 24 && s.g.inside[s.text[end]] {
		end++
	}
	paren = end
	for paren < len(s.text) && paren-end < 64 && s.text[paren] == ' ' {
		paren++
	}
	if end == at || paren == len(s.text) || s.text[paren] != '(' {
		return nil, 0
	}
	return s.g.keyword(strings.ToLower(s.text[at:end])), paren
}

// outlineCMake finds functions and macros up to their ends, and targets, and again where strings or parentheses do not end.
func outlineCMake(s *scanner) {
	if readCMake(s); s.broken == 0 {
		return
	}
	again := newScanner(s.text, s.g)
	again.repair, again.steps = true, s.steps
	readCMake(again)
	*s = *again
}

func readCMake(s *scanner) {
	open := -1       // the function or macro
	depth := 0       // of parentheses
	target := -1     // the command that adds a target
	closing := false // the end of a function is read, its parentheses not
	for s.next() {
		t := &s.tok
		switch {
		case t.kind == isPunct && t.b == '(':
			depth++
		case t.kind == isPunct && t.b == ')':
			if depth = max(0, depth-1); depth > 0 {
				continue
			}
			if target >= 0 {
				s.defs[target].end = t.end
				target = -1
			}
			if closing && open >= 0 {
				s.defs[open].end = t.end
				open = -1
			}
			closing = false
		case t.kind == isWord && t.first:
			w, paren := cmakeCommand(s, t.start)
			if w == nil {
				continue
			}
			depth, closing, target = 0, false, -1 // a command at the start of a line: what was open is not typed yet
			switch w.role {
			case ends:
				closing = true
			case imports:
				s.defs = append(s.defs, def{start: t.start, doc: t.start, end: s.near(t.end), imported: true, parent: -1})
			case declares:
				d := def{start: t.start, doc: t.start, header: t.start, end: t.end, kind: w.kind, parent: -1}
				if t.doc >= 0 {
					d.doc = t.doc
				}
				d.nameStart, d.nameEnd = cmakeName(s.text, paren+1)
				d.body = s.near(d.nameEnd)
				if d.nameEnd == d.nameStart {
					continue
				}
				if w.body == funcBody {
					if open >= 0 {
						s.defs[open].end = s.prevEnd
					}
					s.defs = append(s.defs, d)
					open = len(s.defs) - 1
					continue
				}
				d.parent = open
				s.defs = append(s.defs, d)
				target = len(s.defs) - 1
			}
		}
	}
	if open >= 0 {
		s.defs[open].end = len(s.text)
	}
	s.broken += depth
}

// cmakeName finds the first argument of a command.
func cmakeName(text string, at int) (start, end int) {
	for start = at; start < len(text) && start-at < look && strings.IndexByte(" \t\r\n\"", text[start]) >= 0; start++ {
	}
	for end = start; end < len(text) && end-start <= longestName && strings.IndexByte(" \t\r\n\"()#", text[end]) < 0; end++ {
	}
	return start, end
}
