package chunk

import "strings"

// commands is the engine of Tcl, in which everything is a command of words and a body is a word in braces. It reads commands
// line by line; the bodies of procedures are passed, those of namespaces, classes and conditions are read.
type commands struct {
	*scanner
	open []script
	doc  int // where the comments directly above start, or -1
}

// script is a body that is read: up to its closing brace.
type script struct {
	def    int // that ends with it, or -1
	parent int // of what is defined in it, or -1
	column int // of the command it is part of
	class  bool
}

func outlineCommands(s *scanner) {
	e := &commands{scanner: s, doc: -1}
	for s.pos < len(s.text) {
		e.command()
	}
	for len(e.open) > 0 {
		e.pop(len(s.text))
	}
}

func (e *commands) pop(end int) {
	if d := e.open[len(e.open)-1].def; d >= 0 {
		e.defs[d].end = end
	}
	e.open = e.open[:len(e.open)-1]
}

// command takes the command, comment or closing brace that starts at or behind pos.
func (e *commands) command() {
	text := e.text
	lines := 0
	from := e.pos
	for e.pos < len(text) && (text[e.pos] <= ' ' || text[e.pos] == ';') {
		if text[e.pos] == '\n' {
			lines++
			e.line = e.pos + 1
		}
		e.pos++
	}
	e.steps += e.pos - from
	if lines > 1 {
		e.doc = -1
	}
	e.fresh = e.fresh || lines > 0
	if e.pos == len(text) {
		return
	}
	switch text[e.pos] {
	case '#':
		if e.doc < 0 {
			e.doc = e.pos
		}
		e.steps += e.lineEnd(e.pos) - e.pos
		e.pos = e.lineEnd(e.pos)
		return
	case '}':
		e.pos++
		if n := len(e.open); n > 0 && !(lines > 0 && e.indent(e.line) > e.open[n-1].column) { // deeper it is one too many
			e.pop(e.pos)
		}
		e.doc = -1
		return
	}
	start, fresh := e.pos, e.fresh
	e.fresh = false
	head := e.word()
	d := def{start: start, header: start, doc: start, parent: -1}
	if e.doc >= 0 {
		d.doc = e.doc
	}
	e.doc = -1
	class := false
	if n := len(e.open); n > 0 {
		d.parent, class = e.open[n-1].parent, e.open[n-1].class
	}
	if start == e.line && e.heads(start) { // in the first column stands what is in no class
		for len(e.open) > 0 && e.open[len(e.open)-1].class {
			e.pop(start)
			d.parent, class = -1, false
		}
	}
	head = strings.TrimPrefix(head, "::")
	switch head {
	case "proc", "method", "typemethod", "classmethod", "public", "private", "protected":
		if head[0] == 'p' && head != "proc" { // incr Tcl: private method name
			if head = e.word(); head != "method" && head != "proc" {
				break
			}
		}
		d.kind = Function
		if class {
			d.kind = Method
		}
		e.define(d)
		return
	case "constructor", "destructor":
		if class {
			d.kind, d.nameStart, d.nameEnd = Constructor, start, e.pos
			e.finish(d)
			return
		}
	case "namespace":
		if e.word() == "eval" {
			d.kind = Namespace
			e.container(d, false)
			return
		}
	case "oo::class", "oo::abstract", "oo::singleton":
		if e.word() == "create" {
			d.kind = Class
			e.container(d, true)
			return
		}
	case "oo::define", "oo::objdefine":
		d.kind, d.hidden = Class, true
		e.container(d, true)
		return
	case "itcl::class", "snit::type", "snit::widget", "snit::widgetadaptor", "class":
		if head == "class" && d.parent >= 0 && class {
			break
		}
		d.kind = Class
		e.container(d, true)
		return
	case "if", "else", "elseif", "catch", "try", "foreach", "while", "for", "switch":
		if fresh { // or behind a `}`
			e.bodies()
			return
		}
	case "package", "source":
		end := e.near(start)
		d.doc, d.end, d.body, d.imported, d.hidden, d.parent = start, end, end, true, true, -1
		e.defs = append(e.defs, d)
	}
	e.rest()
}

// heads says that a procedure, namespace or class starts at an offset.
func (e *commands) heads(at int) bool {
	for _, head := range []string{"proc ", "namespace eval ", "oo::class create ", "oo::define "} {
		if strings.HasPrefix(e.text[at:], head) {
			return true
		}
	}
	return false
}

// deepestAlike is how far a procedure may be indented that ends an unclosed one.
const deepestAlike = 40

// alike says that a procedure or method starts on a line, behind as many blanks as stand before the current command.
func (e *commands) alike(line, blanks int) bool {
	at := line + blanks
	if blanks == 0 || blanks > deepestAlike || at >= len(e.text) || e.text[at] != 'p' && e.text[at] != 'm' {
		return false
	}
	return strings.TrimLeft(e.text[line:at], " \t") == "" &&
		(strings.HasPrefix(e.text[at:], "proc ") || strings.HasPrefix(e.text[at:], "method "))
}

// word reads a bare word of the current command, "" where none follows on its line.
func (e *commands) word() string {
	text := e.text
	for e.pos < len(text) && (text[e.pos] == ' ' || text[e.pos] == '\t') {
		e.pos++
	}
	start := e.pos
	for e.pos < len(text) && text[e.pos] > ' ' && strings.IndexByte("{}[];\"", text[e.pos]) < 0 {
		e.pos++
	}
	e.steps += e.pos - start
	return text[start:e.pos]
}

// define reads the name of a procedure and passes its body.
func (e *commands) define(d def) {
	if !e.named(&d) {
		e.rest()
		return
	}
	e.finish(d)
}

// named reads a name, which may say in which namespace it lives.
func (e *commands) named(d *def) bool {
	name := e.word()
	d.nameStart, d.nameEnd = e.pos-len(name), e.pos
	if i := strings.LastIndex(name, "::"); i >= 0 && i+2 < len(name) && d.kind.callable() {
		d.owner = strings.ReplaceAll(strings.Trim(name[:i], ":"), "::", ".")
		d.nameStart += i + 2
	} else if strings.HasPrefix(name, "::") {
		d.nameStart += 2
	}
	return name != "" && d.nameEnd > d.nameStart && len(name) <= longestName
}

func (e *commands) finish(d def) {
	d.body = e.near(d.nameEnd)
	if i := strings.LastIndexByte(e.text[d.nameEnd:d.body], '{'); i >= 0 {
		d.body = d.nameEnd + i
	}
	e.rest()
	for d.end = e.pos; d.end > d.nameEnd && e.text[d.end-1] <= ' '; d.end-- {
	}
	e.defs = append(e.defs, d)
}

// container reads the name of a namespace or class, and enters its body.
func (e *commands) container(d def, class bool) {
	if !e.named(&d) {
		e.rest()
		return
	}
	d.body = e.near(d.nameEnd)
	d.end = d.body
	line := e.text[e.pos:d.body]
	open := strings.IndexByte(line, '{')
	if open < 0 || len(e.open) >= mostFrames {
		e.rest()
		d.end = e.pos
		e.defs = append(e.defs, d)
		return
	}
	d.body = e.pos + open
	e.pos += open + 1
	e.open = append(e.open, script{len(e.defs), len(e.defs), e.indent(e.line), class})
	e.defs = append(e.defs, d)
}

// bodies enters the last word of a line if that is the start of a body.
func (e *commands) bodies() {
	end := e.lineEnd(e.pos)
	e.steps += end - e.pos
	if line := strings.TrimRight(e.text[e.pos:end], " \t\r"); strings.HasSuffix(line, "{") && len(e.open) < mostFrames {
		inner := script{def: -1, parent: -1, column: e.indent(e.line)}
		if n := len(e.open); n > 0 { // what is defined on a condition belongs to what is around it
			inner.parent, inner.class = e.open[n-1].parent, e.open[n-1].class
		}
		e.open = append(e.open, inner)
		e.pos = end
		return
	}
	e.rest()
}

// rest passes the rest of a command, words in braces, brackets and quotes included. A body that a procedure in the first column,
// or in the command's own, follows before its brace was never closed.
func (e *commands) rest() {
	text := e.text
	depth := 0
	from := e.pos
	blanks := 0
	for at := e.line; blanks <= deepestAlike && at < from && (text[at] == ' ' || text[at] == '\t'); at++ {
		blanks++
	}
	for e.pos < len(text) {
		switch c := text[e.pos]; {
		case c == '\\':
			e.pos++
			if e.pos < len(text) && text[e.pos] == '\r' {
				e.pos++
			}
		case c == '{':
			depth++
		case c == '}':
			if depth == 0 {
				e.steps += e.pos - from
				return
			}
			depth--
		case c == '\n':
			if depth == 0 || e.heads(e.pos+1) || e.alike(e.pos+1, blanks) {
				e.steps += e.pos - from
				return
			}
		case c == ';' && depth == 0:
			e.steps += e.pos - from
			return
		case c == '"' && depth == 0 && e.pos > 0 && text[e.pos-1] <= ' ':
			if end, ok := e.quoted(e.pos+1, 0, 0, len(text)); ok {
				e.pos = end - 1
			}
		}
		e.pos = min(e.pos+1, len(text))
	}
	e.pos = len(text)
	e.steps += e.pos - from
}

var grammarTcl = &grammar{
	outline: outlineCommands,
	marks: []mark{
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
		{kind: lineComment, open: "#"},
	},
}
