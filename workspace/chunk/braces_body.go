package chunk

import "strings"

// open takes a `{`: from the statement before it follows whose body it opens, if any.
func (b *braces) open(f *frame, inside bool) {
	if b.over > 0 || len(b.frames) >= mostFrames {
		b.over++
		return
	}
	st, g := &b.st, b.g
	code := funcBody // what is no body of a definition may still hold some
	if g.rootOnly && !g.localTypes {
		code = dataBody
	}
	if w := st.unnamed; inside && w != nil && g.anyMethod {
		st.unnamed = nil
		b.push(frame{holds: w.body, open: '{', def: -1})
		return
	}
	object := g.objects && b.literal(f, inside)
	if g.objects && st.arrow && st.def == 0 && (inside || object) {
		b.opensArrow(f)
	}
	if b.created > 0 && b.created == b.prevEnd { // new Runnable() {
		if st.start < 0 {
			b.begin()
		}
		b.push(frame{holds: typeBody, open: '{', def: -1})
		return
	}
	if inside {
		b.push(frame{holds: code, open: '{', def: -1, object: object})
		return
	}
	if st.start < 0 {
		b.begin()
	}
	if st.brace == 0 {
		st.brace = b.tok.start
	}
	if st.applied == 1 { // Kotlin's label@{
		st.applied = 0
	}
	if f.holds == dataBody || f.holds == groupBody {
		b.push(frame{holds: dataBody, open: '{', def: -1})
		return
	}
	if w := st.unnamed; w != nil {
		st.unnamed = nil
		b.push(frame{holds: w.body, open: '{', def: -1})
		return
	}
	key := st.key
	if st.assigned != nil && !b.typeBrace() {
		key = st.assigned
	}
	switch {
	case key != nil && st.def == 0 && b.opensKey(f, key):
	case key == nil && st.def == 0 && b.opensCall(f):
	case g.assigned && st.arrow && st.def == 0 && st.nameEnd > 0 && b.mayAssign(st, f):
		b.define(frame{holds: funcBody}, def{kind: Function, nameStart: st.nameStart, nameEnd: st.nameEnd, owner: b.leftOwner(st)})
	case f.holds == funcBody:
		b.push(frame{holds: funcBody, open: '{', def: -1, object: object})
	case f.holds == enumBody && !f.past && key == nil && !st.equals && !st.controls && g.extends:
		b.define(frame{holds: typeBody}, def{kind: EnumMember, nameStart: st.last, nameEnd: st.lastEnd, hidden: true})
	case f.holds == enumBody && !f.past && key == nil && !st.equals: // an enum's constant with a body
		b.push(frame{holds: typeBody, open: '{', def: -1})
	case st.imports && g.backticks && strings.HasPrefix(b.text[st.start:], "package "): // package a.b {
		b.st = blank
		b.push(frame{holds: f.holds, open: '{', def: -1})
	case st.equals || st.imports || key != nil && st.nameEnd > 0 || f.holds == typeBody || f.holds == enumBody:
		b.push(frame{holds: code, open: '{', def: -1, object: object})
	case g.assigned && b.prevKind == isWord && b.text[b.prevStart:b.prevEnd] == "global": // declare global {
		b.define(frame{holds: moduleBody}, def{kind: Namespace, nameStart: b.prevStart, nameEnd: b.prevEnd, hidden: true})
	case g.assigned && b.prevKind == isWord && b.text[b.prevStart:b.prevEnd] == "export": // export { a as b }
		b.push(frame{holds: dataBody, open: '{', def: -1})
	case g.extends, g.operators && st.values > 0, g.assigned && key == nil:
		// a lambda, example("x") {, for (const a of b) {, export default {
		b.push(frame{holds: code, open: '{', def: -1, object: object})
	default: // extern "C" {, if (x) {, cfg! {: as if the braces were not there
		b.push(frame{holds: f.holds, open: '{', def: -1})
	}
}

// typeBrace says that a `{` stands in a type of the header and is no body: func() struct{}, function f(): { a: string }.
func (b *braces) typeBrace() bool {
	if b.prevKind == isPunct {
		switch b.prevByte {
		case '&': // in C++ a function may be for references
			return !b.g.qualified
		case ',', '?': // elsewhere the end of a `where` clause; f(): T extends U ? {
			return b.g.assigned
		case ':', '|', '<':
			return true
		}
	}
	if b.prevKind == isWord && (b.g.receivers || b.g.assigned) {
		switch b.text[b.prevStart:b.prevEnd] {
		case "struct", "interface":
			return b.g.receivers
		case "readonly", "is": // f(x): x is {
			return b.g.assigned
		}
	}
	return false
}

// opensKey opens the body of what a keyword declared; false when this `{` is none.
func (b *braces) opensKey(f *frame, key *word) bool {
	st := &b.st
	switch key.body {
	case valueBody, groupBody:
		return false
	case funcBody:
		if b.g.quoted && st.nameEnd == 0 && b.prevWord == key {
			st.nameStart, st.nameEnd = st.keyStart, st.keyStart+len(key.text)
		}
		if b.typeBrace() || st.nameEnd == 0 || st.controls {
			return false
		}
		d := def{kind: key.kind, nameStart: st.nameStart, nameEnd: st.nameEnd}
		switch {
		case b.g.receivers && st.call >= 0:
			d.owner, d.kind = receiverType(b.text[st.call:st.callEnd]), Method
		case st.assigned != nil:
			if !b.mayAssign(st, f) {
				return false
			}
			d.owner = b.leftOwner(st)
		}
		b.define(frame{holds: funcBody}, d)
		return true
	case implBody:
		start, end := st.nameStart, st.nameEnd
		if key.text == "impl" {
			start, end = b.implemented(st.header)
		}
		if end <= start { // of a tuple
			b.push(frame{holds: implBody, open: '{', def: -1})
			return true
		}
		b.define(frame{holds: implBody}, def{kind: key.kind, nameStart: start, nameEnd: end, hidden: true})
		return true
	}
	if st.equals && st.assigned == nil {
		return false
	}
	if b.g.lastName && st.last > st.nameEnd && st.lastEnd == b.prevEnd && !st.colon && st.nameEnd > 0 { // struct a *b{nullptr}
		return false
	}
	switch {
	case b.g.getters && key.text == "extension" && st.values > 0 && b.text[st.nameStart:st.nameEnd] == "on":
		b.define(frame{holds: implBody}, def{kind: key.kind, nameStart: st.last, nameEnd: st.lastEnd, hidden: true})
	case st.nameEnd > 0:
		d := def{kind: key.kind, nameStart: st.nameStart, nameEnd: st.nameEnd}
		if b.g.qualified && key.body != moduleBody {
			d.owner = b.qualifiers(st.nameStart)
		}
		d.hidden = b.g.anyMethod && st.nameStart > 0 && strings.IndexByte("\"'", b.text[st.nameStart-1]) >= 0 // what is declared of a file is none here
		b.define(frame{holds: key.body}, d)
	case key.body == moduleBody: // an anonymous namespace
		b.push(frame{holds: moduleBody, open: '{', def: -1})
	case st.typedef:
		b.define(frame{holds: key.body}, def{kind: key.kind, hidden: true}) // its name comes behind the body
	case key.text == "object" && (b.prevWord == key || st.colon): // Kotlin's companion
		start, end := st.keyStart, st.keyStart+len("object")
		if i := strings.Index(b.text[st.start:start], "companion"); i >= 0 {
			start, end = st.start+i, st.start+i+len("companion")
		} else if st.colon { // an object without a name
			b.push(frame{holds: key.body, open: '{', def: -1})
			break
		}
		b.define(frame{holds: key.body}, def{kind: key.kind, nameStart: start, nameEnd: end})
	default:
		b.push(frame{holds: key.body, open: '{', def: -1})
	}
	return true
}

// opensCall opens the body of a function or method that no keyword announced.
func (b *braces) opensCall(f *frame) bool {
	st, g := &b.st, b.g
	if st.equals || st.controls || st.typedef || st.arrow && g.properties && !b.repair || // int F() => x is {
		f.holds == funcBody && !(f.object && b.opensMember()) && !(g.localCalls && st.call >= 0) {
		return false
	}
	member := f.holds == typeBody || f.holds == enumBody || f.holds == implBody || f.object
	if st.call < 0 {
		if member && g.creates && st.values == 1 && st.lastEnd == b.prevEnd && b.ownName(f) { // a record's: public Name {
			b.define(frame{holds: funcBody}, def{kind: Method, nameStart: st.last, nameEnd: st.lastEnd})
			return true
		}
		if !member || !g.properties || st.values < 2 || b.prevKind != isWord || st.lastEnd != b.prevEnd {
			return false
		}
		b.define(frame{holds: funcBody}, def{kind: Property, nameStart: st.last, nameEnd: st.lastEnd})
		return true
	}
	if member && !g.methods || !member && !g.calls && f.holds != funcBody &&
		!(g.properties && f.holds == root && st.values > 1) { // C#'s programs without a class
		return false
	}
	if g.properties && member && st.header == st.call && b.text[st.call:st.callEnd] == "extension" { // extension(T self) {
		b.push(frame{holds: implBody, open: '{', def: -1})
		return true
	}
	if f.holds == enumBody && !f.past && st.values == 1 && st.header == st.call {
		return false
	}
	if st.init && g.qualified && (b.prevKind == isWord || b.prevByte == '>') || // : member{value}
		st.init && g.getters && b.initialises() {
		b.push(frame{holds: dataBody, open: '{', def: -1})
		return true
	}
	if b.typeBrace() {
		return false
	}
	d := def{kind: Function, nameStart: st.call, nameEnd: st.callEnd}
	if g.selectors && b.isMethod(f, st) {
		d.kind = Method
		b.define(frame{holds: funcBody}, d)
		return true
	}
	if g.directives && !member && st.header == st.call && b.quotes(st.callEnd) { // TEST_CASE("name") {
		d.hidden, d.nameEnd = true, d.nameStart
		b.define(frame{holds: funcBody}, d)
		return true
	}
	if g.qualified {
		if d.owner = b.qualifiers(st.call); d.owner != "" {
			d.kind = b.memberKind(d.owner, st.call, st.callEnd)
		}
	}
	b.define(frame{holds: funcBody}, d)
	return true
}

// initialises says that the brace opens a value in the list of what a Dart constructor initialises: : names = const {} {
func (b *braces) initialises() bool {
	if b.prevKind == isWord {
		return b.text[b.prevStart:b.prevEnd] == "const"
	}
	return b.prevKind == isPunct && strings.IndexByte("=:,?>&|", b.prevByte) >= 0
}

// ownName says that the last name of the statement is that of the type around.
func (b *braces) ownName(f *frame) bool {
	if f.def < 0 {
		return false
	}
	d := &b.defs[f.def]
	return b.text[b.st.last:b.st.lastEnd] == b.text[d.nameStart:d.nameEnd]
}

// memberKind is the kind of a function that is defined outside of its class: a constructor has the name of that.
func (b *braces) memberKind(owner string, start, end int) Kind {
	if name := b.text[start:end]; name == owner[strings.LastIndexByte(owner, '.')+1:] {
		return Constructor
	}
	return Method
}

// defaulted says that the statement ends in `= default` or `= delete`.
func (b *braces) defaulted() bool {
	if b.prevKind != isWord {
		return false
	}
	last := b.text[b.prevStart:b.prevEnd]
	return last == "default" || last == "delete"
}

// quotes says that a string stands between at and the brace: a macro's argument, where no parameter has one.
func (b *braces) quotes(at int) bool {
	return strings.IndexByte(b.text[at:min(b.tok.start, at+look)], '"') >= 0
}

// mayAssign says that what is assigned is a value: not type F = () => { a: string }.
func (b *braces) mayAssign(st *statement, f *frame) bool {
	if st.key != nil && (st.key.body != valueBody || st.key.kind == Class) {
		return false
	}
	return f.holds != funcBody || f.owner < 0 || b.g.objects
}

// define emits a definition that starts with the statement and opens its body here.
func (b *braces) define(f frame, d def) {
	st := &b.st
	d.start, d.doc, d.header, d.body, d.end = st.start, st.doc, st.header, b.tok.start, b.tok.end
	f.def, f.open = b.emit(d), '{'
	st.def, st.wants = f.def+1, false
	b.push(f)
}

// push opens a frame; the statement it stands in waits in it.
func (b *braces) push(f frame) {
	f.saved = b.st
	f.base = len(b.brackets)
	f.owner = b.top().owner
	if f.def >= 0 {
		f.owner = f.def
	} else if b.st.def > 0 && b.st.arrow && b.g.objects {
		f.owner = b.st.def - 1
	}
	f.opened = b.tok.line
	if b.repair {
		f.column, f.line, f.brace = b.indent(b.st.line), b.indent(b.tok.line), b.tok.start-b.tok.line
	}
	b.frames = append(b.frames, f)
	b.st = blank
}

// pop closes the innermost frame at end; the caller says what statement follows.
func (b *braces) pop(end int) frame {
	f := b.frames[len(b.frames)-1]
	b.frames = b.frames[:len(b.frames)-1]
	b.brackets = b.brackets[:f.base]
	if f.owner >= 0 {
		b.defs[f.owner].end = max(end, b.defs[f.owner].end)
	}
	return f
}

// closeBrace takes a `}`. In repair, one that stands first on its line closes the brace of its own column.
func (b *braces) closeBrace() {
	if b.over > 0 {
		b.over--
		return
	}
	if b.top().open == '@' {
		b.broken++
		return
	}
	b.leaveColons()
	t := &b.tok
	f := b.top()
	if len(b.brackets) > f.base {
		b.broken += len(b.brackets) - f.base
		b.brackets = b.brackets[:f.base]
	}
	if b.repair && !t.first && f.def >= 0 && f.opened < t.line && b.prevByte != '}' {
		return // what spans lines is closed on a line of its own
	}
	if b.repair && t.first {
		if column := b.indent(t.line); column != f.column && column != f.line && column != f.brace {
			at := len(b.frames) - 2
			for low := max(at-nearFrames, 0); at > low && b.frames[at].column != column && b.frames[at].line != column; at-- {
			}
			if at > 0 && (b.frames[at].column == column || b.frames[at].line == column) {
				b.endStatement(b.prevEnd)
				for len(b.frames)-1 > at {
					b.pop(b.prevEnd)
				}
			} else if column > max(f.column, f.line) {
				return
			}
		}
	}
	b.endStatement(b.prevEnd)
	if len(b.frames) == 1 {
		b.broken++
		return
	}
	if b.top().open == '(' {
		b.broken++
		b.pop(b.prevEnd)
	}
	if len(b.frames) > 1 {
		b.close(t.end)
	}
}

// close ends the innermost frame and goes on with the statement around it, if that goes on.
func (b *braces) close(end int) {
	f := b.pop(end)
	b.st = f.saved
	st := &b.st
	if len(b.brackets) > b.top().base {
		return
	}
	if st.def > 0 && f.def == st.def-1 {
		if st.assigned != nil && st.key != nil && b.called() { // var x = function () {}()
			b.defs[f.def].kind = st.key.kind
		}
		if st.typedef || st.equals || st.arrow && b.top().object ||
			b.g.properties && b.defs[f.def].kind == Property && b.initialised() {
			return
		}
		b.st = blank
		return
	}
	if st.imports && b.g.fields { // PHP's use A { b as c; }
		b.endStatement(end)
		return
	}
	if f.holds == implBody || !(st.equals || st.arrow || st.imports || st.typedef || st.init || st.def > 0 ||
		st.key != nil && st.nameEnd > 0 || st.colon && b.top().object) || b.fallsThrough() ||
		st.controls && !b.g.newlines && !b.g.objects && !b.g.forward { // if let Some(a) = b {
		b.st = blank
	}
}

// typedefName takes the last name behind a typedef's body, which is the type's if it had none.
func (b *braces) typedefName(st *statement, end int) {
	d := &b.defs[st.def-1]
	if !st.typedef || st.last <= d.body {
		return
	}
	if d.nameEnd == 0 {
		d.nameStart, d.nameEnd, d.hidden = st.last, st.lastEnd, false
	} else if b.text[st.last:st.lastEnd] != b.text[d.nameStart:d.nameEnd] { // a further name
		b.emit(def{start: st.last, doc: st.last, header: st.last, body: end, end: end, nameStart: st.last, nameEnd: st.lastEnd, kind: Class})
		if !st.split {
			b.defs[st.def-1].end = st.last
			st.split = true
		}
	}
}

// fallsThrough says that C's statement cannot go on behind the brace, since a word follows on a line of its own: what looked
// like a value was a body.
func (b *braces) fallsThrough() bool {
	if !b.st.equals || !b.g.forward || b.top().holds == funcBody {
		return false
	}
	rest := b.text[b.tok.end:min(len(b.text), b.tok.end+look)]
	next := strings.TrimLeft(rest, " \t\r\n")
	return next != "" && b.g.class[next[0]] == letter && strings.IndexByte(rest[:len(rest)-len(next)], '\n') >= 0
}

// called says that what the current token closes is called at once, by a parenthesis or a method's name.
func (b *braces) called() bool {
	at := b.tok.end
	return b.g.anyMethod && at < len(b.text) && (b.text[at] == '(' || b.text[at] == '.')
}

// initialised says that a value follows the accessors of a C# property: { get; set; } = value;
func (b *braces) initialised() bool {
	rest := strings.TrimLeft(b.text[b.tok.end:min(len(b.text), b.tok.end+look)], " \t\r\n")
	return strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=>")
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// endStatement ends the statement at end and defines what needs no body.
func (b *braces) endStatement(end int) {
	if st := &b.st; st.start >= 0 && st.start <= end { // behind a comma nothing may follow
		b.statement(st, end)
	}
	b.st = blank
}

// statement defines what a statement that ended needs no body for.
func (b *braces) statement(st *statement, end int) {
	f, g := b.top(), b.g
	if st.def > 0 {
		if d := &b.defs[st.def-1]; !st.split {
			d.end = max(d.end, end)
		}
		b.typedefName(st, end)
		return
	}
	d := def{start: st.start, doc: st.doc, header: st.header, body: end, end: end, nameStart: st.nameStart, nameEnd: st.nameEnd}
	if st.brace > 0 {
		d.body = st.brace
	}
	if st.imports && g.qualified && st.equals && st.nameEnd > 0 && f.holds != dataBody { // using name = type;
		d.kind = Class
		b.emit(d)
		return
	}
	if st.imports {
		if f.holds == root || f.holds == moduleBody {
			d.imported, d.hidden, d.nameEnd = true, true, d.nameStart
			b.emit(d)
		}
		return
	}
	local := st.key != nil && f.holds == funcBody &&
		(st.key.kind == Struct && st.nameEnd > 0 && !g.forward || // Rust's struct Unit;
			st.key.body == typeBody && st.nameEnd > 0 && g.newlines && g.values || // data class A(val b: C)
			st.equals && g.newlines && st.key.kind == Function || // fun f() = 1
			g.assigned && g.prototypes && st.key.kind == Function && st.call < 0 || // function f(a: A): B; before its body
			st.nameEnd > 0 && (st.equals || g.receivers) && alias(st.key)) ||
		f.holds == funcBody && (g.objects && st.arrow || st.typedef && g.localTypes || g.localCalls && st.arrow && st.call >= 0)
	if (f.holds == funcBody || f.holds == dataBody) && !local {
		return
	}
	member := f.holds == typeBody || f.holds == enumBody || f.holds == implBody
	switch {
	case g.selectors && b.isMethod(f, st):
		d.nameStart, d.nameEnd, d.kind = st.call, st.callEnd, Method
		b.emit(d)
	case st.typedef:
		d.kind = Class
		if st.nameEnd == 0 || !st.equals { // typedef old new; typedef new = old;
			d.nameStart, d.nameEnd = st.last, st.lastEnd
		}
		if st.call >= 0 && !st.equals {
			d.nameStart, d.nameEnd = st.call, st.callEnd // typedef int name(int);
			if st.brace > 0 {                            // a macro
				return
			}
		}
		head := b.text[st.start:min(end, st.start+look)]
		if i := strings.IndexAny(head, "(["); i >= 0 && head[i] == '(' && !st.equals &&
			(st.call < 0 || st.values == 1 || strings.HasPrefix(head[i:], "(*")) &&
			!(g.qualified && strings.IndexByte(head[:i], '<') >= 0) { // typedef function<void(int)> name;
			if k := strings.IndexByte(head[i:], '*'); k > 0 && strings.Trim(head[i+1:i+k], "_"+letters) == "" { // (__stdcall *name)
				i += k
			}
			for i++; i < len(head) && (head[i] == '*' || head[i] == '^' || head[i] == ' '); i++ { // typedef int (*name)(int);
			}
			k := i
			for k < len(head) && g.inside[head[k]] {
				k++
			}
			if k > i {
				d.nameStart, d.nameEnd = st.start+i, st.start+k
			}
		}
		if d.nameEnd > d.nameStart {
			b.emit(d)
		}
	case st.key != nil:
		if st.nameEnd == 0 || st.controls {
			return
		}
		d.kind = st.key.kind
		switch st.key.body {
		case moduleBody:
			if g.fileSpaces && f.holds == root && len(b.frames) == 1 {
				b.space = ""
				b.emit(d)
				b.space = dotted.Replace(b.text[d.nameStart:d.nameEnd])
			}
			return
		case implBody:
			return
		case typeBody, enumBody:
			if g.forward {
				return
			}
		case valueBody:
			if member && !g.values && d.kind != Class || // a delegate is a type
				g.extends && f.holds == typeBody && f.def < 0 { // of an object without a name
				return
			}
			if g.receivers && st.key.text == "type" {
				d.kind = b.typeKind(st.nameEnd)
			} else if g.assigned && st.arrow && (d.kind == Constant || d.kind == Variable) {
				d.kind = Function
			}
		case funcBody:
			if g.receivers && st.call >= 0 {
				d.owner, d.kind = receiverType(b.text[st.call:st.callEnd]), Method
			}
		}
		b.emit(d)
	case member && g.fields && st.call < 0 && !st.controls:
		start, end := st.nameStart, st.nameEnd
		if end == 0 {
			start, end = st.last, st.lastEnd
		}
		if end-start > 1 && b.text[start] == '$' {
			d.nameStart, d.nameEnd, d.kind = start+1, end, Field
			b.emit(d)
		}
	case member && st.call >= 0 && g.prototypes && !st.controls && !st.colon:
		name := b.text[st.call:st.callEnd]
		constructs := f.owner >= 0 && strings.TrimPrefix(name, "~") == b.text[b.defs[f.owner].nameStart:b.defs[f.owner].nameEnd]
		if st.values < 2 && !constructs && !g.anyMethod {
			return
		}
		d.nameStart, d.nameEnd, d.kind = st.call, st.callEnd, Method
		b.emit(d)
	case g.qualified && !member && st.call >= 0 && st.equals && b.defaulted(): // X::X() = default;
		if d.owner = b.qualifiers(st.call); d.owner != "" {
			d.nameStart, d.nameEnd, d.kind = st.call, st.callEnd, b.memberKind(d.owner, st.call, st.callEnd)
			b.emit(d)
		}
	case !member && st.arrow && st.call >= 0 && st.values >= 2:
		d.nameStart, d.nameEnd, d.kind = st.call, st.callEnd, Function
		b.emit(d)
	case g.assigned && !member && st.arrow && st.nameEnd > 0 && b.mayAssign(st, f): // x.f = () => 1
		d.kind, d.owner = Function, b.leftOwner(st)
		b.emit(d)
	case member && st.arrow && st.nameEnd > 0:
		if d.kind = Property; g.assigned {
			d.kind = Method
		}
		b.emit(d)
	}
}
