package chunk

import (
	"strings"
	"sync"
)

// language is how files of one language are recognised and, where there is a grammar, outlined.
type language struct {
	name     string
	exts     string // with their dot, separated by spaces, lower case
	files    string // whole names, lower case
	shebangs string // interpreters, without version numbers
	grammar  *grammar
}

// Language names the language of a file: by its name, its extension, or the interpreter its first line asks for. The names are
// the Language Server Protocol's where that has one ("go", "cpp", "csharp", "typescript"), with "bash" for every shell. Unknown
// text answers "". head may be the whole text or only its beginning; it decides where the name does not (a header of C or C++,
// a script without extension).
func Language(path, head string) string {
	if l := detect(path, head); l != nil {
		return l.name
	}
	return ""
}

type tables struct {
	exts, files, shebangs map[string]*language
	signs                 map[string]*signposts // by extension
}

// known is the index over the table of languages.
var known = sync.OnceValue(func() *tables {
	k := &tables{
		exts: map[string]*language{}, files: map[string]*language{}, shebangs: map[string]*language{}, signs: map[string]*signposts{},
	}
	for ext, signs := range shared {
		k.signs[ext] = newSignposts(signs)
	}
	for i := range languages {
		l := &languages[i]
		for _, s := range strings.Fields(l.exts) {
			k.exts[s] = l
		}
		for _, s := range strings.Fields(l.files) {
			k.files[s] = l
		}
		for _, s := range strings.Fields(l.shebangs) {
			k.shebangs[s] = l
		}
	}
	return k
})

// grammarNamed is the grammar of a language by its name, nil if it has none.
func grammarNamed(name string) *grammar {
	for i := range languages {
		if l := &languages[i]; l.name == name && l.grammar != nil {
			return l.grammar
		}
	}
	return nil
}

// peek is how much of a file decides between languages that share an extension.
const peek = 16384

func detect(path, head string) *language {
	k := known()
	name := strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
	if l := k.files[name]; l != nil {
		return l
	}
	head = strings.TrimPrefix(head, "\ufeff")
	if l, ext := byExtension(name); l != nil {
		return choose(l, ext, head)
	}
	for _, stem := range stems { // Dockerfile.dev
		if strings.HasPrefix(name, stem+".") || strings.HasPrefix(name, stem+"-") {
			return k.files[stem]
		}
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 && isOneOf(templates, name[i:]) { // config.h.in
		if l := k.files[name[:i]]; l != nil {
			return l
		}
		if l, ext := byExtension(name[:i]); l != nil {
			return choose(l, ext, head)
		}
	}
	if strings.HasPrefix(head, "#!") {
		if l := interpreted(head); l != nil {
			return l
		}
	}
	if l := modeline(head, true); l != nil {
		return l
	}
	return byContent(head)
}

// stems are names of files that a variant may follow, templates extensions of what becomes a file of the name before them.
var stems = []string{"dockerfile", "containerfile", "makefile", "jenkinsfile", "gemfile", "vagrantfile"}

const templates = ".in .am .example .sample .dist .tmpl .tpl .template .orig .bak .default"

// byExtension is the language of the longest known extension of a name in lower case: .blade.php before .php.
func byExtension(name string) (l *language, ext string) {
	exts := known().exts
	for rest := name; ; {
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			return nil, ""
		}
		if l := exts[rest[i:]]; l != nil {
			return l, rest[i:]
		}
		rest = rest[i+1:]
	}
}

// byContent knows files by how they start, whatever they are called.
func byContent(head string) *language {
	start := strings.ToLower(strings.TrimLeft(head[:min(len(head), 200)], " \t\r\n"))
	exts := known().exts
	switch {
	case strings.HasPrefix(start, "<?php"):
		return exts[".php"]
	case strings.HasPrefix(start, "<?xml"):
		return exts[".xml"]
	case strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html"):
		return exts[".html"]
	}
	return nil
}

// choose settles extensions that languages share: by what the file says of itself, else by what only one of them writes.
func choose(l *language, ext, head string) *language {
	signs, ok := shared[ext]
	if !ok {
		return l
	}
	head = head[:min(len(head), peek)]
	if said := modeline(head, false); said != nil {
		return said
	}
	if strings.HasPrefix(head, "#!") {
		if said := interpreted(head); said != nil {
			return said
		}
	}
	if i := known().signs[ext].decide(head); i < len(signs) {
		if signs[i].language == "" {
			return nil
		}
		if found := named(signs[i].language); found != nil {
			return found
		}
	}
	return l
}

// sign says that a file is in a language ("": in none of the table) if it holds one of the marks: a mark that starts with "^" at
// the start of a line, white space before it aside, one that starts with a line end in its first column, one with "^^" where
// the file starts, any other anywhere.
type sign struct {
	language string
	marks    []string
}

// shared are the extensions that languages share, with the signs of each in the order in which they decide; without a sign the
// table's language of the extension stands.
var shared = map[string][]sign{
	".h": {
		{"objective-c", []string{"^@interface", "^@protocol", "^@class ", "^@property", "^@end", "^#import"}},
		{"cpp", []string{
			"\nclass ", "\nnamespace ", "\ninline namespace ", "^template <", "^template<", "^public:", "^private:", "^protected:",
			"std::", "\nusing ", "^constexpr ", "^virtual ", " operator=", "static_cast<", " noexcept",
			"#include <string>", "#include <vector>", "#include <map>", "#include <memory>", "#include <functional>",
			"#include <utility>", "#include <iostream>", "#include <cstdint>", "#include <cstddef>", "#include <array>",
			"#include <type_traits>",
		}},
	},
	".m": {
		{"objective-c", []string{
			"^#import", "^@interface", "^@implementation", "^@protocol", "^@class ", "^#include", "^@end", "^//", "^/*",
		}},
		{"matlab", []string{"^%", "^function ", "^classdef ", "^end\n", "^##", "^clear", "^clc", "disp(", "zeros("}},
	},
	".pl": {
		{"raku", []string{"^use v6", "^my class "}},
		{"perl", []string{"^use strict", "^use warnings", "^sub ", "^my ", "^package ", "^use "}},
		{"prolog", []string{":-"}},
	},
	".pm":  {{"raku", []string{"^use v6", "^unit module", "^unit class", "^my class "}}},
	".t":   {{"raku", []string{"^use v6"}}},
	".ts":  {{"xml", []string{"^^<TS", "^^<!DOCTYPE", "^^<?xml"}}},
	".tsx": {{"xml", []string{"^^<tileset", "^^<?xml"}}},
	".fs": {
		{"fsharp", []string{"^let ", "^module ", "^namespace ", "^open ", "^type ", "^#light"}},
		{"glsl", []string{"^#version", "^precision ", "^uniform ", "^varying ", "gl_FragColor", "^void main"}},
		{"", []string{"^: ", "^\\ "}}, // Forth
	},
	".v": {
		{"coq", []string{
			"^Require ", "^From ", "^Theorem ", "^Lemma ", "^Definition ", "^Inductive ", "^Proof.", "^Section ", "^Import ", "^Fixpoint ",
		}},
		{"verilog", []string{
			"^endmodule", "^`timescale", "^`include", "^`define", "^`ifdef", "^always", "^assign ", "^input ", "^output ", "^wire ",
			"^reg ", "^parameter ",
		}},
		{"v", []string{"^fn ", "^pub fn ", "^pub struct ", "^struct ", "^import "}},
		{"verilog", []string{"^module "}},
	},
	".r": {{"", []string{"^rebol [", "^Rebol [", "^REBOL ["}}},
	".cls": {
		{"latex", []string{
			`^\NeedsTeXFormat`, `^\ProvidesClass`, `^\LoadClass`, `^\RequirePackage`, `^\newcommand`, `^\def`, `^\ProvidesExplClass`,
		}},
		{"vb", []string{"^VERSION 1.0 CLASS", "^Attribute VB_"}},
		{"apex", []string{"^public ", "^global ", "^private ", "^@isTest", "^@IsTest", "^virtual ", "^abstract "}},
		{"", []string{"^Class ", "^CLASS ", "^USING "}}, // ObjectScript, ABL
	},
	".d": {
		{"d", []string{"^module ", "^import ", "^void ", "^version(", "^struct ", "^class "}},
		{"makefile", []string{".o:", ".o :"}},
		{"", []string{"^#pragma D", "^BEGIN"}}, // DTrace
	},
	".conf": {{"xml", []string{"^<?xml", "^<!DOCTYPE", "^<!--"}}},
	".cl":   {{"c", []string{"__kernel", "^kernel void", "__global"}}},
	".pro":  {{"prolog", []string{":-"}}, {"", []string{"^TEMPLATE", "^SOURCES", "^QT ", "^CONFIG", "^-keep"}}}, // qmake, ProGuard
	".mod": {
		{"gomod", []string{"^module ", "^go 1", "^require "}},
		{"xml", []string{"<!ENTITY", "<!ELEMENT"}},
		{"", []string{"^^"}}, // of a kernel, of Modula
	},
}

// signposts are the signs of an extension, ordered for one pass over the lines of a text.
type signposts struct {
	signs int
	start []signpost      // of the file
	lines [256][]signpost // by first byte
	any   []signpost
}

type signpost struct {
	text   string
	sign   int
	column bool // in the first column only
}

func newSignposts(signs []sign) *signposts {
	m := &signposts{signs: len(signs)}
	for i, s := range signs {
		for _, mark := range s.marks {
			switch {
			case strings.HasPrefix(mark, "^^"):
				m.start = append(m.start, signpost{text: mark[2:], sign: i})
			case mark[0] == '^' || mark[0] == '\n':
				m.lines[mark[1]] = append(m.lines[mark[1]], signpost{mark[1:], i, mark[0] == '\n'})
			default:
				m.any = append(m.any, signpost{text: mark, sign: i})
			}
		}
	}
	return m
}

// decide is the first sign of which a text holds a mark, or how many there are.
func (m *signposts) decide(text string) int {
	best := m.signs
	start := strings.TrimLeft(text, " \t\r\n")
	for _, e := range m.start {
		if e.sign < best && strings.HasPrefix(start, e.text) {
			best = e.sign
		}
	}
	for line := 0; line < len(text); {
		at := line
		for at < len(text)-1 && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
		for _, e := range m.lines[text[at]] {
			if e.sign < best && (!e.column || at == line) && strings.HasPrefix(text[at:], e.text) {
				best = e.sign
			}
		}
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		line = at + i + 1
	}
	for _, e := range m.any {
		if e.sign < best && strings.Contains(text, e.text) {
			best = e.sign
		}
	}
	return best
}

// named is the language that an editor's name for it means, nil if there is none.
func named(name string) *language {
	name = strings.ToLower(name)
	switch name {
	case "c++", "objc++":
		name = "cpp"
	case "sh", "shell", "shell-script", "zsh", "ksh":
		name = "bash"
	case "js", "js2", "jsx", "javascriptreact", "rjsx":
		name = "javascript"
	case "ts", "typescriptreact":
		name = "typescript"
	case "cperl":
		name = "perl"
	case "emacs-lisp":
		name = "elisp"
	case "common-lisp", "commonlisp":
		name = "lisp"
	case "make", "makefile-gmake", "makefile-bsdmake", "automake", "bsdmakefile":
		name = "makefile"
	case "tex", "plaintex", "context":
		name = "latex"
	case "objc", "objcpp":
		name = "objective-c"
	case "octave":
		name = "matlab"
	case "rst", "rest":
		name = "restructuredtext"
	case "nxml", "sgml":
		name = "xml"
	case "conf", "dosini", "gitconfig", "confini":
		name = "ini"
	case "cs":
		name = "csharp"
	case "hcl":
		name = "terraform"
	case "f90", "fortran-free":
		name = "fortran"
	case "text", "help", "fundamental":
		return nil
	}
	for i := range languages {
		if languages[i].name == name {
			return &languages[i]
		}
	}
	return known().exts["."+name]
}

// modeline is the language that a comment for Vim or Emacs names in one of the first five lines, or also in the last five where
// head is the whole text; nil if none does.
func modeline(head string, whole bool) *language {
	first := head
	for n, at := 0, 0; n < 5; n++ {
		i := strings.IndexByte(head[at:min(len(head), peek)], '\n')
		if i < 0 {
			first = head[:min(len(head), peek)]
			break
		}
		at += i + 1
		first = head[:at]
	}
	if l := saidIn(first); l != nil || !whole {
		return l
	}
	last := len(head)
	for n := 0; n < 6 && last > 0; n++ {
		last = max(0, strings.LastIndexByte(head[:last], '\n'))
	}
	return saidIn(head[max(last, len(first), len(head)-peek):])
}

// saidIn reads `-*- mode: ruby -*-`, `-*- C++ -*-`, `vim: set ft=python:` and `vi: filetype=sh`.
func saidIn(text string) *language {
	if _, rest, ok := strings.Cut(text, "-*-"); ok {
		if inside, _, ok := strings.Cut(rest, "-*-"); ok && !strings.Contains(inside, "\n") {
			if !strings.Contains(inside, ":") {
				return named(strings.TrimSpace(inside))
			}
			for part := range strings.SplitSeq(inside, ";") {
				if key, value, ok := strings.Cut(part, ":"); ok && strings.EqualFold(strings.TrimSpace(key), "mode") {
					return named(strings.TrimSpace(value))
				}
			}
		}
	}
	for _, editor := range []string{"vim:", "vi:", "ex:"} {
		for rest := text; ; {
			before, after, ok := strings.Cut(rest, editor)
			if !ok {
				break
			}
			rest = after
			if n := len(before); n > 0 && strings.IndexByte(" \t\n#/*", before[n-1]) < 0 {
				continue
			}
			line, _, _ := strings.Cut(after[:min(len(after), 200)], "\n")
			for _, option := range []string{"ft=", "filetype=", "syntax=", "syn="} {
				for field := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ' ' || r == '\t' || r == ':' || r == '\r' }) {
					if value, ok := strings.CutPrefix(field, option); ok {
						return named(value)
					}
				}
			}
		}
	}
	return nil
}

// interpreted is the language of a script by its first line: "#!/usr/bin/env -S python3 -u" asks for python.
func interpreted(head string) *language {
	line := head[2:min(len(head), 200)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	for i, field := range strings.Fields(line) {
		if i > 0 && (strings.HasPrefix(field, "-") || strings.Contains(field, "=")) {
			continue
		}
		program := field[strings.LastIndexByte(field, '/')+1:]
		if program == "env" {
			continue
		}
		return known().shebangs[strings.TrimRight(program, "0123456789.")]
	}
	return nil
}
