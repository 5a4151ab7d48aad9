package chunk

import "strings"

// lispExtra are the bytes of Lisp's names beside letters and digits.
const lispExtra = "-*+!?<>=/.&$%:"

var lispMarks = []mark{
	{kind: blockComment, open: "#|", close: "|#", nested: true},
	{kind: lineComment, open: ";"},
	{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
}

var grammarClojure = &grammar{
	outline: outlineParens, extra: lispExtra + "'|", hooked: "\\'", hook: clojureHook, angles: true,
	marks: []mark{
		{kind: lineComment, open: ";"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
	},
	words: []words{
		{"defn defn- defmacro defmulti definline", word{role: declares, kind: Function, body: funcBody}},
		{"def defonce", word{role: declares, kind: Variable, body: funcBody}},
		{"deftest", word{role: declares, kind: Function, body: funcBody}},
		{"defmethod", word{role: declares, kind: Method, body: funcBody}},
		{"defprotocol definterface", word{role: declares, kind: Interface, body: typeBody}},
		{"deftype defrecord", word{role: declares, kind: Struct, body: typeBody}},
		{"defstruct", word{role: declares, kind: Struct}},
		{"ns", word{role: declares, kind: Namespace, body: dataBody}},
		{"in-ns require import use refer", word{role: imports}},
		{"comment quote", word{role: controls}},
	},
}

var grammarCommonLisp = &grammar{
	outline: outlineParens, extra: lispExtra + "@~", hooked: "#", hook: sharpHook,
	marks: append(lispMarks[:3:3], mark{kind: quote, open: "|", close: "|"}),
	words: []words{
		{"defun defmacro define-compiler-macro define-modify-macro", word{role: declares, kind: Function, body: funcBody}},
		{"define-setf-expander defsetf deftest", word{role: declares, kind: Function, body: funcBody}},
		{"defgeneric", word{role: declares, kind: Function, body: funcBody}},
		{"defmethod", word{role: declares, kind: Method, body: funcBody}},
		{"defvar defparameter", word{role: declares, kind: Variable}},
		{"defconstant define-symbol-macro", word{role: declares, kind: Constant}},
		{"defclass define-condition deftype", word{role: declares, kind: Class}},
		{"defstruct", word{role: declares, kind: Struct}},
		{"defpackage define-package defsystem", word{role: declares, kind: Package}},
		{"in-package require use-package import", word{role: imports}},
		{"quote", word{role: controls}},
	},
}

var grammarElisp = &grammar{
	outline: outlineParens, extra: lispExtra + "@~|^", hooked: "?", hook: elispHook,
	marks: []mark{
		{kind: lineComment, open: ";"},
		{kind: quote, open: `"`, close: `"`, escape: '\\', lines: true},
	},
	words: []words{
		{"defun defmacro defsubst cl-defun cl-defmacro", word{role: declares, kind: Function, body: funcBody}},
		{"cl-defsubst defun* defmacro* define-inline", word{role: declares, kind: Function, body: funcBody}},
		{"cl-defgeneric defgeneric ert-deftest defadvice define-advice", word{role: declares, kind: Function, body: funcBody}},
		{"define-minor-mode define-derived-mode", word{role: declares, kind: Function, body: funcBody}},
		{"define-globalized-minor-mode define-generic-mode", word{role: declares, kind: Function, body: funcBody}},
		{"defalias", word{role: declares, kind: Function, body: valueBody}},
		{"cl-defmethod defmethod", word{role: declares, kind: Method, body: funcBody}},
		{"defvar defcustom defvar-local defvar-keymap defface defgroup", word{role: declares, kind: Variable}},
		{"defconst", word{role: declares, kind: Constant}},
		{"cl-defstruct defstruct", word{role: declares, kind: Struct}},
		{"defclass cl-deftype define-error", word{role: declares, kind: Class}},
		{"require provide declare-function", word{role: imports}},
		{"quote define-key define-key-after", word{role: controls}},
		{"define-abbrev define-obsolete-function-alias define-obsolete-variable-alias", word{role: controls}},
	},
}

var grammarScheme = &grammar{
	outline: outlineParens, extra: lispExtra + "@~^", hooked: "#", hook: sharpHook, marks: grammarCommonLisp.marks,
	words: []words{
		{"define define-public define*", word{role: declares, kind: Variable, body: funcBody}},
		{"define-syntax define-syntax-rule define-macro", word{role: declares, kind: Function, body: funcBody}},
		{"define-generic define-method define-inlinable", word{role: declares, kind: Function, body: funcBody}},
		{"define-record-type", word{role: declares, kind: Struct}},
		{"define-class", word{role: declares, kind: Class}},
		{"define-library define-module library", word{role: declares, kind: Module, body: moduleBody}},
		{"define-values", word{role: controls}},
		{"import use-modules export require load", word{role: imports}},
		{"quote", word{role: controls}},
	},
}

var grammarRacket = &grammar{
	outline: outlineParens, extra: lispExtra + "@~^", hooked: "#", hook: sharpHook, marks: grammarCommonLisp.marks,
	words: []words{
		{"define define/contract define-for-syntax define-simple-macro", word{role: declares, kind: Variable, body: funcBody}},
		{"define-syntax define-syntax-rule", word{role: declares, kind: Function, body: funcBody}},
		{"define-syntax-parser define-match-expander", word{role: declares, kind: Function, body: funcBody}},
		{"define/public define/private define/override define/augment", word{role: declares, kind: Method, body: funcBody}},
		{"define/pubment define/public-final define/override-final", word{role: declares, kind: Method, body: funcBody}},
		{"struct define-struct struct/contract define-record-type", word{role: declares, kind: Struct}},
		{"define-signature", word{role: declares, kind: Interface}},
		{"module module* module+", word{role: declares, kind: Module, body: moduleBody}},
		{"define-values define-syntaxes define-values/invoke-unit/infer", word{role: controls}},
		{"require provide", word{role: imports}},
		{"quote", word{role: controls}},
	},
}

// clojureHook reads characters, \( or \newline, and tells quotes from primes.
func clojureHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	if s.text[at] == '\'' {
		return at + 1, isPunct, true
	}
	return literal(s, at, at+1)
}

// literal is the character named at name: one, or a word of them.
func literal(s *scanner, at, name int) (end int, kind tokenKind, ok bool) {
	end = min(name+1, len(s.text))
	if name < len(s.text) {
		if c := s.text[name]; c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' {
			for end < len(s.text) && end-name < 32 && s.g.inside[s.text[end]] {
				end++
			}
		} else if c == '\n' {
			end = name
		}
	}
	return end, isString, true
}

// sharpHook reads what Scheme and Common Lisp write behind `#`: characters, #\( , and Racket's here strings.
func sharpHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	text := s.text
	switch {
	case at+2 < len(text) && text[at+1] == '\\':
		return literal(s, at, at+2)
	case strings.HasPrefix(text[at:], "#<<") && !s.hopelessRaw:
		mark := strings.TrimRight(text[at+3:s.near(at)], "\r")
		if mark == "" || len(mark) > 64 {
			break
		}
		i := strings.Index(text[at:], "\n"+mark)
		if i < 0 {
			s.hopelessRaw = true
			s.steps += len(text) - at
			break
		}
		return at + i + 1 + len(mark), isString, true
	}
	return 0, 0, false
}

// elispHook reads characters: ?a, ?\(, ?\C-x.
func elispHook(s *scanner, at int) (end int, kind tokenKind, ok bool) {
	end = at + 1
	for end+2 < len(s.text) && s.text[end] == '\\' && end-at < 16 { // ?\C-\M-x
		if s.text[end+2] != '-' {
			return literal(s, at, end+1)
		}
		end += 3
	}
	if end < len(s.text) && s.text[end] > ' ' {
		for end++; end < len(s.text) && s.text[end]&0xC0 == 0x80; end++ {
		}
	}
	return end, isString, true
}
