package chunk

import "strings"

var cMarks = []mark{
	{kind: lineComment, open: "//"},
	{kind: blockComment, open: "/*", close: "*/"},
	{kind: quote, open: `"`, close: `"`, escape: '\\'},
	{kind: quote, open: "'", close: "'", escape: '\\'},
}

var cWords = []words{
	{"struct", word{role: declares, kind: Struct, body: typeBody}},
	{"union", word{role: declares, kind: Struct, body: typeBody}},
	{"enum", word{role: declares, kind: Enum, body: enumBody}},
	{"typedef", word{role: declares, kind: Class, body: valueBody}},
	{"static extern inline const volatile register restrict _Noreturn __inline __inline__ __extension__ _Thread_local", word{role: modifies}},
	{"if for while do switch return else case goto sizeof break continue", word{role: controls}},
	{"__attribute__ __declspec _Alignas __aligned __asm__ asm _Static_assert __nonnull __pragma _Pragma", word{role: applies}},
}

var grammarC = &grammar{
	outline: outlineBraces, marks: cMarks, words: cWords, extra: "$", hooked: "#", hook: directiveHook,
	calls: true, directives: true, forward: true, rootOnly: true, localTypes: true, lastName: true, oldStyle: true,
}

var grammarCPP = &grammar{
	outline: outlineBraces, marks: cMarks, extra: "$", hooked: "#", hook: directiveHook, prefix: rawStringCPP,
	words: append([]words{
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"namespace", word{role: declares, kind: Namespace, body: moduleBody}},
		{"concept", word{role: declares, kind: Interface, body: valueBody, fresh: true}},
		{"public private protected", word{role: modifies}},
		{"virtual explicit constexpr consteval constinit friend mutable final override typename thread_local template export signals slots", word{role: modifies}},
		{"catch try throw new delete co_return co_yield co_await", word{role: controls}},
		{"using", word{role: imports}},
		{"noexcept decltype requires alignas static_assert __has_include", word{role: applies}},
	}, cWords...),
	calls: true, methods: true, prototypes: true, directives: true, forward: true, rootOnly: true, lastName: true,
	angles: true, qualified: true, localTypes: true,
}

// directiveHook takes a preprocessor's line, with the lines it is continued on, as one token.
func directiveHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if !s.fresh {
		return 0, 0, false
	}
	end = at
	for {
		end = s.lineEnd(end)
		last := end - 1
		if last > at && s.text[last] == '\r' {
			last--
		}
		if last <= at || s.text[last] != '\\' || end == len(s.text) {
			break
		}
		end++
	}
	line := s.text[at:end]
	if i := strings.Index(line, "/*"); i >= 0 && !strings.Contains(line[i:], "*/") { // a comment that goes on below
		end = at + i
	} else if i := strings.Index(line, "//"); i > 0 && !strings.Contains(line[:i], `"`) {
		end = at + i
	}
	return end, isDirective, true
}

// rawStringCPP reads R"mark(...)mark".
func rawStringCPP(s *scanner, start, at int) (end int, ok bool) {
	if s.text[at] != '"' || s.text[at-1] != 'R' {
		return 0, false
	}
	head := s.text[at+1 : min(len(s.text), at+18)]
	i := strings.IndexByte(head, '(')
	if i < 0 || s.hopelessRaw {
		return 0, false
	}
	closing := ")" + head[:i] + `"`
	k := strings.Index(s.text[at:], closing)
	if k < 0 {
		s.hopelessRaw = true
		s.broken++
		return 0, false
	}
	return at + k + len(closing), true
}

var javaWords = []words{
	{"class", word{role: declares, kind: Class, body: typeBody}},
	{"interface", word{role: declares, kind: Interface, body: typeBody}},
	{"enum", word{role: declares, kind: Enum, body: enumBody}},
	{"record", word{role: declares, kind: Class, body: typeBody, fresh: true}},
	{"import package", word{role: imports}},
	{"public private protected static final abstract native synchronized transient volatile strictfp default sealed", word{role: modifies}},
	{"if for while do switch return else case try catch finally new throw assert break continue", word{role: controls}},
}

var grammarJava = &grammar{
	outline: outlineBraces, words: javaWords, extra: "$",
	marks:   append([]mark{{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true}}, cMarks...),
	methods: true, prototypes: true, annotations: true, angles: true, creates: true,
}

var grammarGroovy = &grammar{
	outline: outlineBraces, words: append([]words{{"def", word{role: modifies}}}, javaWords...),
	marks: append([]mark{
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true, inner: "${"},
		{kind: quote, open: "'''", close: "'''", escape: '\\', lines: true},
	}, cMarks...),
	calls: true, methods: true, prototypes: true, annotations: true, angles: true, newlines: true, creates: true,
}

var grammarCSharp = &grammar{
	outline: outlineBraces, hooked: "#@$\"", hook: csharpHook, extra: "",
	marks: cMarks,
	words: []words{
		{"class", word{role: declares, kind: Class, body: typeBody}},
		{"struct", word{role: declares, kind: Struct, body: typeBody}},
		{"interface", word{role: declares, kind: Interface, body: typeBody}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"record", word{role: declares, kind: Class, body: typeBody, fresh: true}},
		{"namespace", word{role: declares, kind: Namespace, body: moduleBody}},
		{"delegate", word{role: declares, kind: Class, body: valueBody, fresh: true}},
		{"using", word{role: imports}},
		{"public private protected internal static readonly sealed abstract virtual override extern unsafe async partial const volatile ref new file required implicit explicit", word{role: modifies}},
		{"if for foreach while do switch return else case try catch finally throw lock fixed checked unchecked", word{role: controls}},
		{"yield break continue goto await", word{role: controls}},
		{"where", word{role: follows}},
	},
	methods: true, prototypes: true, properties: true, directives: true, angles: true, fileSpaces: true, localCalls: true,
}

// csharpHook reads verbatim, interpolated and raw strings, and preprocessor lines.
func csharpHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if s.text[at] == '#' {
		return directiveHook(s, at)
	}
	pos, verbatim := at, false
	for pos < len(s.text) && pos-at < 4 && (s.text[pos] == '@' || s.text[pos] == '$') {
		verbatim = verbatim || s.text[pos] == '@'
		pos++
	}
	if pos == len(s.text) || s.text[pos] != '"' {
		return 0, 0, false
	}
	if strings.HasPrefix(s.text[pos:], `"""`) {
		return rawStringCSharp(s, pos)
	}
	if pos == at || at < s.noHeredoc { // a plain one
		return 0, 0, false
	}
	i := pos + 1
	for ; i < len(s.text) && i-pos < 64*look; i++ {
		switch c := s.text[i]; {
		case c == '"' && verbatim && i+1 < len(s.text) && s.text[i+1] == '"':
			i++
		case c == '"':
			return i + 1, isString, true
		case c == '\\' && !verbatim:
			i++
		case c == '\n' && !verbatim:
			return i, isString, true
		}
	}
	s.noHeredoc = i
	s.steps += i - at
	return 0, 0, false
}

// rawStringCSharp reads what stands between three quotes, or as many more as open it.
func rawStringCSharp(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text[at:min(len(s.text), at+64*look)]
	n := len(text) - len(strings.TrimLeft(text, `"`))
	s.steps += n
	if n > 16 { // nobody's mark
		return at + n, isString, true
	}
	if at < s.noHeredoc {
		return 0, 0, false
	}
	k := strings.Index(text[n:], text[:n])
	if k < 0 {
		s.noHeredoc = at + len(text)
		s.steps += len(text)
		return 0, 0, false
	}
	for end = at + n + k + n; end < len(s.text) && s.text[end] == '"'; end++ {
	}
	return end, isString, true
}

var grammarDart = &grammar{
	outline: outlineBraces, extra: "$",
	marks: append([]mark{
		{kind: quote, open: `"""`, close: `"""`, escape: '\\', lines: true, inner: "${"},
		{kind: quote, open: "'''", close: "'''", escape: '\\', lines: true, inner: "${"},
	}, cMarks...),
	words: []words{
		{"class mixin extension", word{role: declares, kind: Class, body: typeBody, fresh: true}},
		{"enum", word{role: declares, kind: Enum, body: enumBody}},
		{"typedef", word{role: declares, kind: Class, body: valueBody}},
		{"import export library part", word{role: imports}},
		{"static final const late async sync", word{role: modifies}},
		{"abstract external factory covariant required base sealed interface", word{role: modifies, fresh: true}},
		{"if for while do switch return else case try catch finally new throw assert break continue await yield", word{role: controls}},
	},
	calls: true, methods: true, prototypes: true, annotations: true, angles: true, getters: true, localCalls: true,
}
