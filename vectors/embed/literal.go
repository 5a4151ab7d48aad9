package embed

import "strings"

// A bare word behind a telling name is as a rule code, `password = form.password`,
// and a text comes without its language. But there are forms that code does not
// have, or in which it cannot name anything; in them every word is a literal:
//
//	DB_PASSWORD=word                          .env, shell, Dockerfile, compose, systemd
//	spring.datasource.password=word           properties, where a line begins
//	POSTGRES_PASSWORD: word                   YAML, between lines of data
//	password = word                           INI, under a [section]
//	<password>word</password>                 XML, also as <property name="password">
//	"Server=db;Password=word;"                pairs in a string, or beside a server's
//	?password=word, --password=word           URLs and command lines
//	machine host login name password word     .netrc
//
// All of it is decided by a few bytes around the name, and by the lines before
// and after.

// literal returns the value of the name that holds the surely telling n bytes at
// i, if it stands in one of these forms.
func (w *walk) literal(i, n int) (value, bool) {
	text := w.text
	end := w.names.endOf(text, i+n)
	if !endsName(text[i+n : end]) {
		return value{}, false
	}
	start := i
	for start > 0 && i-start < maxNameRest && (isName(text[start-1]) || text[start-1] == '.') {
		start--
	}
	if name := text[start:end]; name == "PWD" || name == "OLDPWD" {
		return value{}, false // the shell's directory
	}
	w.line.to(text, start)
	a := named{walk: w, start: start, end: end, before: '\n', next: '\n'}
	if start > 0 {
		a.before = text[start-1]
	}
	if end < len(text) {
		a.next = text[end]
	}
	for _, form := range []func(*named) (value, bool){
		(*named).element, (*named).argument, (*named).variable, (*named).pair, (*named).property, (*named).entry, (*named).login,
	} {
		if v, ok := form(&a); ok {
			s := text[v.start:v.end]
			if s == "" || s == mask || isReference(s) || isWordOfData(s) {
				return value{}, false
			}
			if text[i]|0x20 == 'c' && (strings.IndexByte("/.~", s[0]) >= 0 || strings.HasSuffix(s, ".json")) {
				return value{}, false // a file of credentials
			}
			return v, true
		}
	}
	return value{}, false
}

// endsName tells whether rest may stand between a telling name and the end of
// the whole one: DB_PASSWORD2 and SECRET_KEY are given secrets, PASSWORD_FIELD is
// given something about one.
func endsName(rest string) bool {
	const longest = len("_access_key") + 3
	if len(rest) > longest {
		return false
	}
	rest = strings.TrimRight(strings.TrimRight(rest, "0123456789"), "_-")
	switch strings.ReplaceAll(strings.ToLower(rest), "-", "_") {
	case "", "s", "key", "_key", "accesskey", "_access_key", "_key_base", "value", "_value":
		return true
	}
	return false
}

// named is a telling name, the whole of it, and what stands beside it.
type named struct {
	*walk
	start, end   int
	before, next byte // '\n' where the text ends
}

func (a *named) name() string { return a.text[a.start:a.end] }

// screaming tells whether the name is written as an environment variable.
func (a *named) screaming() bool {
	name := a.name()
	return strings.ContainsFunc(name, func(r rune) bool { return r >= 'A' && r <= 'Z' }) &&
		!strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' })
}

// opens tells whether the name is at an edge of a word: behind a blank, a quote,
// or where a line begins.
func (a *named) opens() bool { return a.before == '\n' || isBlank(a.before) || isQuote(a.before) }

// assigned is the offset behind a "=" that follows the name, directly or behind
// blanks, or 0: a comparison or an arrow is not meant.
func (a *named) assigned() int {
	i := blanks(a.text, a.end)
	if i+1 >= len(a.text) || a.text[i] != '=' || strings.IndexByte("=>~", a.text[i+1]) >= 0 {
		return 0
	}
	return i + 1
}

// word is the word at i: up to a blank or a quote.
func (a *named) word(i int) value {
	return value{i, min(a.words.endOf(a.text, i), i+maxValue), true}
}

// rest is what stands from i to the end of the line, without blanks around it and
// a remark behind it.
func (a *named) rest(i int) value {
	i = blanks(a.text, i)
	end := skip(a.text, i, maxValue, func(c byte) bool { return c != '\n' })
	s := a.text[i:end]
	if n := strings.Index(s, " #"); n >= 0 {
		s = s[:n]
	}
	return value{i, i + len(strings.TrimRight(s, " \t\r")), true}
}

// isOneWord tells whether v is a word and not the piece of code that follows a
// name: no blanks or quotes in it, no punctuation at its end, no call, and no path
// to something of a telling name.
func (a *named) isOneWord(v value) bool {
	s := a.text[v.start:v.end]
	if s == "" || strings.ContainsAny(s, " \t\"'`") || strings.IndexByte(",;:.({[)}]\\|>", s[len(s)-1]) >= 0 {
		return false
	}
	if i := strings.LastIndexAny(s, ".>:"); i > 0 && !strings.ContainsAny(s, "0123456789") {
		for j := i + 1; j < len(s); j++ {
			if n, surely := tellingAt(s, j); n > 0 && surely {
				return false // form.password
			}
		}
	}
	return true
}

// inCode tells whether the lines before and after belong to a list of arguments
// or fields.
func (a *named) inCode() bool {
	before, _, after := a.line.beside(a.text)
	return before != "" && strings.IndexByte("({[,;", before[len(before)-1]) >= 0 ||
		after != "" && strings.IndexByte(")}]", after[0]) >= 0
}

// variable is DB_PASSWORD=word, wherever a word may begin, and ENV DB_PASSWORD word.
func (a *named) variable() (value, bool) {
	if !a.opens() && a.before != '=' || !a.screaming() {
		return value{}, false
	}
	if isBlank(a.next) {
		switch a.line.lead(a.text, a.start) {
		case "ENV ", "ARG ", "SetEnv ", "setx ", "fastcgi_param ":
			v := a.word(blanks(a.text, a.end))
			v.end -= len(a.text[v.start:v.end]) - len(strings.TrimRight(a.text[v.start:v.end], ";"))
			return v, a.text[v.start:v.end] != "="
		}
		return value{}, false
	}
	if a.next != '=' || a.assigned() == 0 {
		return value{}, false
	}
	v := a.word(a.end + 1)
	if isQuote(a.before) {
		// In a string, up to its end.
		v.end = skip(a.text, v.start, maxValue, func(c byte) bool { return c != a.before && c != '\n' })
		return v, true
	}
	s := a.text[v.start:v.end]
	if s == "" || strings.IndexByte(",)]}", s[len(s)-1]) >= 0 {
		return value{}, false // an argument, a call
	}
	if strings.HasSuffix(s, ";") {
		v.end--
		if v.end+1 == len(a.text) || a.text[v.end+1] == '\n' || a.text[v.end+1] == '\r' {
			return value{}, false // a statement
		}
	}
	// What stands in braces may be a function of the shell.
	before, _, after := a.line.beside(a.text)
	return v, !(before != "" && strings.IndexByte("([,", before[len(before)-1]) >= 0 || after != "" && strings.IndexByte(")]", after[0]) >= 0)
}

// argument is --password=word, and ?password=word in a URL. Behind a blank, as in
// --password word, only what does not look like prose.
func (a *named) argument() (value, bool) {
	flag := strings.HasPrefix(a.name(), "--") && (a.opens() || a.before == '[')
	switch {
	case a.next == '=' && a.assigned() != 0 && flag:
		v := a.word(a.end + 1)
		return v, v.end > v.start
	case a.next == '=' && a.assigned() != 0 && (a.before == '?' || a.before == '&'):
		v := value{a.end + 1, 0, true}
		v.end = skip(a.text, v.start, maxValue, func(c byte) bool { return c > ' ' && strings.IndexByte("?&#\"'`<>)", c) < 0 })
		return v, v.end > v.start
	case isBlank(a.next) && flag:
		v := a.word(blanks(a.text, a.end))
		s := a.text[v.start:min(v.end, v.start+maxJudged)]
		return v, mixed(s) || strings.ContainsAny(s, special)
	}
	return value{}, false
}

// property is a line that begins with the name and goes on with "=": in a file of
// properties with no blanks around it, under a section of an INI file with or
// without them, in a makefile as "?=" and ":=" as well.
func (a *named) property() (value, bool) {
	lead := a.line.lead(a.text, a.start)
	if lead != "" && lead != "export " {
		return value{}, false
	}
	i := a.assigned()
	if i == 0 {
		p := blanks(a.text, a.end)
		if p+1 >= len(a.text) || a.text[p+1] != '=' || a.text[p] != '?' && a.text[p] != ':' || !a.screaming() {
			return value{}, false
		}
		v := a.rest(p + 2)
		return v, a.isOneWord(v)
	}
	if a.line.section {
		v := a.rest(i)
		return v, v.end > v.start && !isQuote(a.text[v.start]) && a.text[v.start] != '[' // a list of TOML
	}
	// self.password=password is code, and what is indented may be an argument. Three
	// names with dots between them are a property's even with blanks.
	object, _, _ := strings.Cut(a.name(), ".")
	indented := lead == "" && a.start != a.line.start
	direct := a.next == '=' && !isBlank(a.text[i])
	if indented || object == "self" || object == "this" || object == "cls" || !direct && strings.Count(a.name(), ".") < 2 {
		return value{}, false
	}
	v := a.rest(i)
	return v, a.isOneWord(v) && !a.inCode()
}

// entry is a line of YAML. A name that is no environment variable's may as well be
// declared here, so the lines around must be YAML, too, and give no types.
func (a *named) entry() (value, bool) {
	if a.next != ':' || a.end+1 >= len(a.text) || !isBlank(a.text[a.end+1]) {
		return value{}, false
	}
	if lead := a.line.lead(a.text, a.start); lead != "" && lead != "- " {
		return value{}, false
	}
	v := a.rest(a.end + 1)
	if !a.isOneWord(v) || a.name() == "PASS" /* a test's */ || a.inCode() || isType(a.text[v.start:v.end]) {
		return value{}, false
	}
	if a.screaming() {
		return v, true
	}
	before, first, after := a.line.beside(a.text)
	return v, (first || before == "" || isEntry(before)) && (after == "" || isEntry(after)) && !strings.EqualFold(a.text[v.start:v.end], a.name())
}

// isEntry tells whether a line without blanks around it may be one of YAML: a key
// with a value that is no type, an item, a remark, or a mark between documents.
func isEntry(line string) bool {
	switch {
	case strings.HasPrefix(line, "{{"): // of a template
		return true
	case line[0] == '#', strings.HasPrefix(line, "- "), line == "-", line == "---", line == "...":
		return strings.IndexByte(",;({", line[len(line)-1]) < 0
	}
	key, v, ok := strings.Cut(line, ":")
	return ok && key != "" && !strings.ContainsAny(key, " \t(=") && (v == "" || isBlank(v[0])) &&
		strings.IndexByte(",;({", line[len(line)-1]) < 0 && !isType(strings.TrimSpace(v))
}

// pair is Password=word in a string of such pairs, parted by ";" or blanks, or in
// a line that names a server in the same way.
func (a *named) pair() (value, bool) {
	i := a.assigned()
	if i == 0 {
		return value{}, false
	}
	i = blanks(a.text, i)
	end := func(stops string) int {
		return skip(a.text, i, maxValue, func(c byte) bool { return c >= ' ' && !isQuote(c) && strings.IndexByte(stops, c) < 0 })
	}
	direct := a.next == '=' && i == a.end+1
	switch a.parted() {
	case ';':
		return value{i, end(";"), true}, end(";") > i
	case ' ':
		return value{i, end("; \t"), true}, direct
	case '"': // the first: what parts it from the next shows behind it
		v := value{i, end(";"), true}
		if strings.Contains(a.text[i:v.end], "=") {
			v.end = end(" \t&;")
		}
		// "password = EXCLUDED.password" is SQL.
		if v.end == i || a.text[v.end-1] == ',' {
			return value{}, false
		}
		return v, direct || v.end < len(a.text) && a.text[v.end] == ';'
	}
	return value{}, false
}

// parted is what parts the name from the pair before it: ";", " ", the quote, as
// '"', if it is the first one, or 0 where there are no pairs.
func (a *named) parted() byte {
	i := a.start
	for i > 0 && a.start-i < maxBlanks && isBlank(a.text[i-1]) {
		i--
	}
	semicolon := i > 0 && a.text[i-1] == ';'
	if semicolon && !strings.Contains(a.name(), ".") && a.line.isConnection(a.text) {
		return ';'
	}
	open := a.line.quote
	switch {
	case open < 0:
		return 0
	case open+1 == a.start:
		return '"'
	}
	// Pairs begin directly behind the quote, and there is one right before the name.
	key := skip(a.text, open+1, maxNameRest, func(c byte) bool { return isName(c) || c == ' ' || c == '.' })
	if key >= i || key == open+1 || a.text[key] != '=' || isBlank(a.text[open+1]) {
		return 0
	}
	if semicolon {
		return ';'
	}
	last := i
	for last > open+1 && i-last < maxNameRest && !isBlank(a.text[last-1]) {
		last--
	}
	if i == a.start || strings.IndexByte(a.text[last:i], '=') <= 0 || strings.IndexByte(",(", a.text[i-1]) >= 0 {
		return 0
	}
	return ' '
}

// element is the content of an XML element: of one that has the name, of one that
// stands for a property of that name, and the one that follows in a plist.
func (a *named) element() (value, bool) {
	text := a.text
	switch {
	case a.before == '<' || a.before == ':' && a.start > 1 && isName(text[a.start-2]):
		i := a.end
		if isBlank(a.next) { // attributes
			i = skip(text, i, maxLine, func(c byte) bool { return c != '>' && c != '<' && c != '\n' })
		}
		if i >= len(text) || text[i] != '>' {
			return value{}, false
		}
		v, ok := content(text, i+1)
		// <ForgotPassword>Forgot it?</ForgotPassword> is a component.
		capital := text[a.start] >= 'A' && text[a.start] <= 'Z'
		return v, ok && !(capital && strings.Contains(text[v.start:v.end], " "))
	case isQuote(a.next) && a.before == a.next && a.end+1 < len(text) && text[a.end+1] == '>':
		before := text[max(0, a.start-1-maxType) : a.start-1]
		switch before[strings.LastIndexByte(before, '<')+1:] {
		case "property name=", "prop key=", "entry key=", "param name=", "parameter name=", "setting name=", "variable name=":
			return content(text, a.end+2)
		}
	case strings.HasPrefix(text[a.end:], "</key>"):
		i := skip(text, a.end+len("</key>"), maxBlanks, func(c byte) bool { return c <= ' ' })
		if strings.HasPrefix(text[i:], "<string>") {
			return content(text, i+len("<string>"))
		}
	}
	return value{}, false
}

// content is what stands from i up to a closing tag, without blanks around it.
func content(text string, i int) (value, bool) {
	const data = "<![CDATA["
	closing, longest := "</", maxValue
	if strings.HasPrefix(text[i:], data) {
		i, closing, longest = i+len(data), "]]>", maxLine
	}
	i = skip(text, i, maxBlanks, func(c byte) bool { return c <= ' ' })
	end := skip(text, i, longest, func(c byte) bool { return c != closing[0] })
	return value{i, i + len(strings.TrimRight(text[i:end], " \t\r\n")), true}, strings.HasPrefix(text[end:], closing)
}

// login is the line, or lines, of a .netrc.
func (a *named) login() (value, bool) {
	if !isBlank(a.next) || a.name() != "password" || !a.opens() {
		return value{}, false
	}
	v := a.word(blanks(a.text, a.end))
	if isType(a.text[v.start:v.end]) {
		return value{}, false // a field of a structure
	}
	i := a.start
	for n := range 3 { // login and account in any order, machine or default
		var of, key string
		of, i = wordBefore(a.text, i)
		key, i = wordBefore(a.text, i)
		switch {
		case n > 0 && (strings.Trim(key, "\"'`") == "machine" || of == "default"): // echo "machine ..."
			return v, true
		case key != "login" && key != "account" || of == "and" || of == "or":
			return value{}, false
		}
		lead := strings.TrimRight(a.text[max(0, i-maxBlanks):i], " \t")
		begins := lead == "" || strings.HasSuffix(lead, "\n")
		if ends := v.end == len(a.text) || a.text[v.end] == '\n' || a.text[v.end] == '\r'; begins && ends {
			return v, true // the machine may be in the chunk before
		}
	}
	return value{}, false
}

// wordBefore is the word before i, behind which may be blanks, and its offset.
func wordBefore(text string, i int) (word string, start int) {
	end := i
	for end > 0 && i-end < maxBlanks && text[end-1] <= ' ' {
		end--
	}
	start = end
	for start > 0 && end-start < maxBlanks && text[start-1] > ' ' {
		start--
	}
	return text[start:end], start
}
