package chunk

import "strings"

// punct takes one byte of punctuation: it opens and closes brackets and braces and ends statements.
func (b *braces) punct() {
	t := &b.tok
	c := t.b
	f := b.top()
	inside := len(b.brackets) > f.base
	switch c {
	case '(', '[':
		if !inside {
			if b.st.start < 0 {
				b.begin()
			}
			if c == '(' && (b.g.selectors && b.macroEnum() || b.parenthesis(f)) {
				return
			}
			if c == '[' && b.st.header < 0 {
				b.st.aside = true
			}
			if c == '[' && b.st.wants && b.prevWord == b.st.key && b.g.assigned && b.g.anyMethod { // const [a, b] = f()
				b.st.key, b.st.wants = nil, false
			}
		}
		if b.creating > 0 && c == '(' {
			c = b.creates()
		}
		b.brackets = append(b.brackets, c)
		return
	case ')', ']':
		if inside {
			b.unbracket(c)
			return
		}
		if c == ')' && f.open == '(' {
			b.endStatement(b.prevEnd)
			b.close(t.end)
			return
		}
		b.broken++
		return
	case '{':
		b.open(f, inside)
		return
	case '}':
		b.closeBrace()
		return
	}
	if inside {
		return
	}
	st := &b.st
	if c == ',' && f.holds == funcBody && (b.g.objects && b.endsItem(f) || b.g.localCalls && !b.st.equals) {
		b.endStatement(b.prevEnd)
		return
	}
	if c == ',' && f.holds == enumBody && !f.past && b.g.methods { // each constant for itself: it may have a body
		b.st = blank
		return
	}
	if c == ',' && st.typedef && st.def > 0 { // } A, *B;
		b.typedefName(st, t.start)
		st.last, st.lastEnd = 0, 0
	} else if c == ',' && st.typedef && b.g.forward && st.lastEnd > st.nameEnd && st.call < 0 && f.holds != funcBody {
		b.emit(def{ // typedef int A, *B;
			start: st.start, doc: st.doc, header: st.header, body: t.start, end: t.start,
			nameStart: st.last, nameEnd: st.lastEnd, kind: Class,
		})
		b.anotherName()
		st.typedef = true
		return
	} else if c == ',' && b.g.receivers && st.key != nil && st.key.body == valueBody && st.nameEnd == b.prevEnd && !st.equals {
		b.emit(def{ // var a, b = f()
			start: st.start, doc: st.doc, header: st.header, body: t.start, end: t.start,
			nameStart: st.nameStart, nameEnd: st.nameEnd, kind: st.key.kind,
		})
		key := st.key
		b.anotherName()
		st.key, st.wants, st.header = key, true, st.start
		return
	}
	if c == ',' && b.g.assigned && b.g.anyMethod && st.key != nil && st.key.body == valueBody && st.key.kind != Class &&
		b.declarator() {
		key := st.key
		b.endStatement(t.start) // var a = 1, b = function () {}
		b.anotherName()
		b.st.key, b.st.wants, b.st.header = key, true, b.st.start
		return
	}
	if c == ',' && b.g.assigned && b.g.anyMethod && st.key == nil && st.def > 0 {
		b.endStatement(b.prevEnd) // a = function () {}, b
		b.anotherName()
		return
	}
	if c == ';' {
		if f.holds == enumBody {
			f.past = true
		}
		if b.g.oldStyle && f.holds == root && b.oldParameter() {
			return
		}
		b.endStatement(t.end)
		return
	}
	if c == ',' && b.g.commas && (f.holds == typeBody || f.holds == root) { // a file of Zig is a struct
		b.endStatement(t.end)
		return
	}
	if st.start < 0 {
		b.begin()
	}
	if st.wants && b.g.operators && strings.IndexByte(operatorBytes, c) >= 0 && (st.key.kind == Function || st.key.kind == Module ||
		b.g.colons && b.operatorName()) {
		st.nameStart, st.nameEnd, st.wants = t.start, b.symbols(t.end), false
		b.moved(t.start, st.nameEnd)
		t.end = st.nameEnd
		return
	}
	switch c {
	case '@':
		if b.g.annotations {
			st.applied = 1
			return
		}
	case '#':
		if !b.g.colons { // an attribute, no Type#Member
			st.applied = 2
			return
		}
	case '=':
		b.equals()
	case ':':
		b.colon()
	case '~':
		if !b.naming() {
			st.last, st.lastEnd = t.start, t.end
		}
	case '.':
		if st.applied == 2 {
			st.applied = 1
			return
		}
		if st.wants && (st.key.fresh || b.g.quoted) && b.prevWord == st.key { // module.exports, error.Closed
			st.key, st.wants = nil, false
		} else if st.unnamed != nil && b.prevWord == st.unnamed {
			st.unnamed = nil
		}
		if st.key != nil && st.nameEnd == b.prevEnd && (st.key.body == moduleBody || st.key.body == implBody && b.g.operators) {
			st.extends = true // extension Outer.Inner
		}
		if b.g.extends && st.key != nil && st.nameEnd > 0 && (st.nameEnd == b.prevEnd || b.prevKind == isPunct) && st.values == 0 && st.call < 0 &&
			!st.equals && !st.colon && (st.key.body == funcBody || st.key.body == valueBody) {
			st.wants = true
		}
	case '<':
		if b.g.anyMethod && b.g.angles && (b.prevKind == isPunct && b.prevByte == '=' || f.holds == typeBody && (st.header < 0 ||
			b.prevKind == isPunct && strings.IndexByte("{;,]", b.prevByte) >= 0)) {
			if end := b.closeAngle(t.start); end > t.start { // = <T>(x: T) =>; <T>(x: T): T; [key]<T>(
				b.moved(t.start, end)
			}
			break
		}
		// template <...>, impl <...>, fun <T>
		if b.prevWord != nil && !b.naming() && b.g.angles && (f.holds != funcBody || b.g.extends && st.wants) {
			if end := b.closeAngle(t.start); end > t.start {
				b.moved(t.start, end)
			}
		}
	case '>':
		if b.prevByte == '=' && b.prevEnd == t.start && b.valued(f) &&
			(st.arrow || !b.g.assigned || b.g.quoted || b.arrowFunction()) {
			st.arrow = true
		}
	}
	if st.applied == 2 {
		st.applied = 0
	}
	if st.header < 0 {
		st.header = t.start
	}
}

// mostOld is how many declarations of parameters a function may have; the largest of old code have some twenty.
const mostOld = 32

// oldParameter says that the semicolon ends the declaration of a parameter, as in `int f(a, b) int a; char *b; {`: the
// parentheses hold names alone, and something is declared behind them.
func (b *braces) oldParameter() bool {
	st := &b.st
	if st.old == 0 {
		if st.call < 0 || st.equals || st.typedef || st.controls || st.key != nil || st.last <= st.callEnd || capitals(b.text[st.call:st.callEnd]) {
			return false
		}
		list, rest, ok := strings.Cut(b.text[st.callEnd:min(b.tok.start, st.callEnd+look)], ")")
		list = strings.TrimLeft(list, " \t")
		if !ok || !strings.HasPrefix(list, "(") {
			return false
		}
		names := 0
		for i := 1; i < len(list); i++ {
			switch c := list[i]; {
			case b.g.inside[c]:
				names++
			case c == '*' || c != ',' && b.g.class[c] > newline:
				return false
			}
		}
		rest = strings.TrimSpace(rest)
		if names == 0 || rest == "" || !b.g.inside[rest[0]] || !strings.ContainsAny(rest, " \t\n*") {
			return false
		}
		if name := strings.TrimRight(rest[:max(0, strings.IndexByte(rest, '('))], " "); name != "" && capitals(name) { // int f(a) PURE(1, 2);
			return false
		}
	}
	st.old++
	return st.old < mostOld
}

// symbols is where the operator ends that goes on at at.
func (b *braces) symbols(at int) int {
	end := at
	for end < len(b.text) && end-at < 8 && strings.IndexByte(operatorBytes, b.text[end]) >= 0 {
		end++
	}
	return end
}

// operatorBytes are what operators are called in Swift and Scala.
const operatorBytes = "=+-*/<>!%&|^~:?#"

// operatorName says that what starts at the current token names a Scala type or value: `type ~>[A, B]`, `val :+: = HCons`, but not
// what is typed half: `val = 1`, `class : Base`.
func (b *braces) operatorName() bool {
	t := &b.tok
	if strings.IndexByte("=:<", t.b) < 0 {
		return true
	}
	return t.end < len(b.text) && strings.IndexByte(operatorBytes, b.text[t.end]) >= 0
}

func (b *braces) equals() {
	st, at := &b.st, b.tok.end
	if b.naming() || b.g.getters && st.init { // Name(...) : field = value {
		return
	}
	next := byte(0)
	if at < len(b.text) {
		next = b.text[at]
	}
	if next == '>' && b.g.colons && st.key == nil && b.top().holds == funcBody { // case a =>, (a, b) =>: statements follow
		b.st = blank
		b.moved(at, at+1)
		return
	}
	if next == '>' && !st.equals { // an expression body, a TypeScript function type, a match arm
		if b.g.operators && st.key == nil && st.values == 1 && st.start == st.last { // self =>
			b.st = blank
			b.moved(at, at+1)
			return
		}
		if (b.g.calls || b.g.methods) && st.call >= 0 && (b.top().holds != funcBody || st.values > 1 && st.last == st.call) {
			st.arrow = true
		}
		if b.g.properties && st.call < 0 && st.key == nil && !st.arrow && st.lastEnd > 0 {
			st.arrow, st.nameStart, st.nameEnd = true, st.last, st.lastEnd
		}
		return
	}
	if b.g.newlines && st.key != nil && (st.key.body == typeBody || st.key.body == enumBody) &&
		(next == '=' || b.prevByte == '=' && b.prevKind == isPunct && b.prevEnd == b.tok.start) { // class A where T == U {
		return
	}
	if st.key != nil && st.key.body == funcBody && b.g.angles && !b.g.newlines { // fn f() -> impl Iterator<Item = T>
		return
	}
	if st.key != nil && !st.equals && st.key.body == valueBody && b.g.fileSpaces && b.g.values && st.last > st.nameStart &&
		st.lastEnd == b.prevEnd {
		st.nameStart, st.nameEnd = st.last, st.lastEnd // const string NAME =
	}
	if st.key != nil && st.wants && (st.key.fresh || b.g.anyMethod && st.key.body == typeBody) { // a keyword used as a name
		st.key, st.wants = nil, false
		st.last, st.lastEnd = b.prevStart, b.prevEnd
	}
	if st.key == nil && st.nameEnd == 0 && st.lastEnd > 0 && !(st.equals && next == '>') && (st.typedef || b.g.fields && b.top().holds == typeBody ||
		st.imports && b.g.qualified ||
		b.g.assigned && (b.prevEnd == st.lastEnd || !b.g.anyMethod)) {
		st.nameStart, st.nameEnd = st.last, st.lastEnd
	}
	if !st.equals {
		st.value = at
	}
	st.equals = true
}

// arrowFunction says that the arrow makes what was assigned a function: what stands behind the `=` are its parameters.
func (b *braces) arrowFunction() bool {
	value := strings.TrimSpace(b.text[b.st.value:min(b.st.value+look, b.prevStart)])
	if value == "" || value[0] == '(' || value[0] == '<' || value[0] == '/' || strings.HasPrefix(value, "async") {
		return true
	}
	for i := range len(value) {
		if !b.g.inside[value[i]] {
			return false
		}
	}
	return true
}

// naming says that the punctuation belongs to a C++ operator's name.
func (b *braces) naming() bool {
	return b.st.lastEnd > 0 && b.text[b.st.last:b.st.lastEnd] == "operator" && b.prevEnd-b.st.last < 20
}

func (b *braces) colon() {
	st, at := &b.st, b.tok.end
	if b.prevByte == ':' && b.prevKind == isPunct && b.prevEnd == b.tok.start || at < len(b.text) && b.text[at] == ':' {
		if b.g.qualified && st.key != nil && st.nameEnd > 0 && st.call < 0 && !st.colon && !st.equals && b.prevByte == ':' && b.prevKind == isPunct &&
			(st.key.body == typeBody || st.key.body == enumBody) { // class Outer::Inner {
			st.wants = true
		}
		if st.applied == 2 {
			st.applied = 1
		} else if st.key != nil && st.key.body == moduleBody && at < len(b.text) && b.text[at] != ':' {
			st.extends = true // namespace a::b
		}
		return
	}
	if f := b.top(); (b.g.objects || b.g.operators && !b.g.colons) && f.holds == funcBody && !f.object && b.labels() {
		b.st = blank
		return
	}
	if st.applied == 2 && b.g.extends && b.prevEnd == b.tok.start { // @receiver:Name
		st.applied = 1
		return
	}
	if st.call >= 0 {
		st.init = true
		return
	}
	if b.g.qualified && st.wants && st.key.body == enumBody { // enum : int {
		st.wants = false
	}
	if b.prevWord != nil && st.values == 0 && st.key == nil && b.prevWord.role == modifies && b.g.qualified { // public:
		b.st = blank
		return
	}
	if b.g.assigned && st.key == nil && st.nameEnd == 0 && st.lastEnd > 0 {
		st.nameStart, st.nameEnd = st.last, st.lastEnd
	}
	if !st.colon && b.top().object {
		if st.value = at; st.values != 1 || st.equals { // b ? c : d
			st.nameEnd = 0
		}
	}
	if b.g.colons && st.key != nil && st.def == 0 && st.nameEnd > 0 && !st.equals && b.opensColon(st.key) {
		return
	}
	if b.g.extends && st.wants && st.key.text == "object" { // what it is follows, not its name
		st.wants = false
	}
	st.colon = true
}

// labels says that the colon ends a label of a `switch` of JavaScript or Swift: case a:, default:
func (b *braces) labels() bool {
	rest := b.text[b.st.start:b.tok.start]
	return strings.HasPrefix(rest, "case ") || rest == "default"
}

// parenthesis sees an opening parenthesis in a statement; true when it dealt with it entirely.
func (b *braces) parenthesis(f *frame) bool {
	st := &b.st
	if st.applied == 2 {
		st.applied, st.aside = 0, true
		return false
	}
	if st.header < 0 {
		st.header = b.tok.start
	}
	if st.wants {
		switch {
		case b.g.receivers && st.key.body == funcBody:
			return b.receiver()
		case b.g.receivers && len(b.frames) < mostFrames:
			b.push(frame{holds: groupBody, open: '(', def: -1})
			return true
		case st.key.text == "init" || st.key.text == "constructor" || st.key.text == "subscript":
			st.nameStart, st.nameEnd, st.wants = st.keyStart, st.keyStart+len(st.key.text), false
		case b.prevWord == st.key && (st.key.fresh || b.g.anyMethod && f.holds == typeBody || st.key.body != funcBody):
			st.key, st.wants = nil, false
			st.last, st.lastEnd = b.prevStart, b.prevEnd
		case st.key.body == funcBody && st.nameEnd == 0 && b.prevWord == st.key:
			st.controls = true // an anonymous function
		}
	}
	if st.key != nil && st.key.text == "delegate" && st.last > st.nameStart { // delegate int Name(
		st.nameStart, st.nameEnd = st.last, st.lastEnd
		return false
	}
	if b.g.properties && st.values == 0 && st.key == nil { // a type: (int, string) Name(
		st.values++
	}
	if st.lastEnd == 0 || st.equals || st.controls || st.colon || st.old > 0 || f.holds == dataBody ||
		f.holds == funcBody && !b.callDefines(f) {
		return false
	}
	if st.key != nil && !(b.g.lastName && st.key.body != moduleBody && st.key.body != funcBody &&
		(st.last > st.nameStart || st.last == st.nameStart && !capitals(b.text[st.last:st.lastEnd]))) {
		if st.key.body == funcBody && st.nameEnd > 0 && st.call < 0 && !st.wants && b.prevEnd == st.lastEnd && st.last > st.nameStart && b.g.newlines {
			st.nameStart, st.nameEnd = st.last, st.lastEnd // an extension function: fun List<T>.name(
			st.call, st.callEnd = st.last, st.lastEnd
		}
		return false
	}
	if b.prevKind == isWord && b.naming() && b.tok.end < len(b.text) && b.text[b.tok.end] == ')' { // operator()(
		st.lastEnd = b.tok.end + 1
		b.moved(b.tok.end, b.tok.end+1)
		b.tok.end++
		return true
	}
	if b.prevKind != isWord && !(b.g.objects && b.prevKind == isString) && !b.operator() && !(b.g.qualified && b.conversion()) &&
		b.text[b.prevEnd-1] != '>' && b.prevByte != '?' {
		return false
	}
	if b.g.getters && b.text[st.last:st.lastEnd] == "Function" { // a type
		return false
	}
	if b.g.directives && b.tok.end < len(b.text) && strings.IndexByte("*&^", b.text[b.tok.end]) >= 0 { // int (*f)(int)
		return false
	}
	if b.g.qualified || b.g.properties {
		b.conversion()
	}
	if st.call < 0 && st.arrow && b.g.properties { // what a property calls
		return false
	}
	if st.last == st.call || st.call >= 0 && (st.init || st.arrow) {
		return false
	}
	if st.call >= 0 && capitals(b.text[st.last:st.lastEnd]) {
		if !b.anotherMacro() {
			return false
		}
		st.start, st.header, st.doc, st.values = st.last, st.last, -1, 1
	}
	if st.call >= 0 && st.values > 1 && b.g.qualified {
		b.restart(st)
	}
	st.call, st.callEnd = st.last, st.lastEnd
	if st.key != nil { // struct a *f(
		st.key = nil
		st.values++
	}
	return false
}

// operator says that the parenthesis follows a C++ operator's name, which becomes the statement's last name.
func (b *braces) operator() bool {
	st := &b.st
	if strings.HasPrefix(b.text[st.last:st.lastEnd], "operator") && st.lastEnd == b.prevEnd {
		return true
	}
	if b.text[st.last:st.lastEnd] != "operator" || b.prevEnd-st.last > 20 {
		return false
	}
	st.lastEnd = b.prevEnd
	return true
}

// conversion makes `operator bool`, `operator const char*` and `operator ""_x` the last name, where that is the last part of one.
func (b *braces) conversion() bool {
	const word = "operator"
	from := max(b.st.start, b.st.last-40)
	at := strings.LastIndex(b.text[from:b.st.last], word)
	if at < 0 {
		return false
	}
	for i := from + at + len(word); i < b.st.last; i++ {
		if c := b.text[i]; !b.g.inside[c] && strings.IndexByte(" \"*&:<>", c) < 0 {
			return false
		}
	}
	if at += from; at > 0 && b.g.inside[b.text[at-1]] {
		return false
	}
	b.st.last = at
	if b.prevKind == isPunct || b.text[b.prevEnd] == '<' { // operator char*(, operator T<U>(
		b.st.lastEnd = b.tok.start
		for b.text[b.st.lastEnd-1] == ' ' {
			b.st.lastEnd--
		}
	}
	return true
}

// receiver passes a Go method's receiver; its type's name is found again when the method is defined.
func (b *braces) receiver() bool {
	for i := b.tok.end; i < len(b.text) && i-b.tok.end < 256; i++ {
		switch b.text[i] {
		case ')':
			b.st.call, b.st.callEnd = b.tok.end, i
			b.moved(b.tok.end, i+1)
			return true
		case '(', '{', ';':
			b.st.controls = true
			return false
		}
	}
	return false
}

// unbracket closes a parenthesis or bracket, forgiving one of the other sort in between.
func (b *braces) unbracket(c byte) {
	partner := byte('(')
	if c == ']' {
		partner = '['
	}
	base := b.top().base
	for i := len(b.brackets) - 1; i >= max(base, len(b.brackets)-4); i-- {
		if b.brackets[i]&^creation == partner {
			if b.brackets[i] != partner {
				b.created = b.tok.end
			}
			if i < len(b.brackets)-1 {
				b.broken++
			}
			b.brackets = b.brackets[:i]
			if i == base {
				b.st.aside = false
			}
			return
		}
	}
	b.broken++
}
