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

// known is the index over the table of languages.
var known = sync.OnceValue(func() (k struct{ exts, files, shebangs map[string]*language }) {
	k.exts, k.files, k.shebangs = map[string]*language{}, map[string]*language{}, map[string]*language{}
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
const peek = 4096

func detect(path, head string) *language {
	k := known()
	name := strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
	if l := k.files[name]; l != nil {
		return l
	}
	for rest := name; ; { // the longest known extension: .blade.php before .php
		i := strings.IndexByte(rest, '.')
		if i < 0 {
			break
		}
		if l := k.exts[rest[i:]]; l != nil {
			return choose(l, rest[i:], head[:min(len(head), peek)])
		}
		rest = rest[i+1:]
	}
	for _, stem := range []string{"dockerfile", "makefile"} { // Dockerfile.dev
		if strings.HasPrefix(name, stem+".") {
			return k.files[stem]
		}
	}
	if strings.HasPrefix(head, "#!") {
		return interpreted(head)
	}
	return nil
}

// choose settles extensions that languages share.
func choose(l *language, ext, head string) *language {
	exts := known().exts
	switch ext {
	case ".h":
		for _, sign := range []string{"\nclass ", "\nnamespace ", "template <", "template<", "public:", "private:", "std::", "\nusing ", "constexpr "} {
			if strings.Contains(head, sign) {
				return exts[".cpp"]
			}
		}
		if strings.Contains(head, "\n@interface") || strings.Contains(head, "\n#import") || strings.Contains(head, "\n@protocol") {
			return exts[".mm"]
		}
	case ".m":
		if !strings.Contains(head, "#import") && !strings.Contains(head, "@interface") && !strings.Contains(head, "@implementation") && !strings.Contains(head, "#include") &&
			(strings.HasPrefix(head, "%") || strings.HasPrefix(head, "function ") || strings.Contains(head, "\n%") || strings.Contains(head, "\nfunction ")) {
			return exts[".matlab"]
		}
	case ".pl":
		if strings.Contains(head, ":-") && !strings.Contains(head, "use strict") {
			return exts[".prolog"]
		}
	}
	return l
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
