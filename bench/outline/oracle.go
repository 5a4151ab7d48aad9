package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// answer is what one oracle says of the files of a language.
type answer struct {
	version string
	ends    bool // it says where definitions end
	symbols map[string][]symbol
	skipped map[string][][2]int
}

// everything is past the last line of any file.
const everything = 1 << 30

func newAnswer(version string) *answer {
	return &answer{version: version, ends: true, symbols: map[string][]symbol{}, skipped: map[string][][2]int{}}
}

func (a *answer) add(s symbol) { a.symbols[s.Path] = append(a.symbols[s.Path], s) }

func (a *answer) skip(path string, first, last int) {
	a.skipped[path] = append(a.skipped[path], [2]int{first, last})
}

// ask has the language's oracles read the files: one, or two for C and C++.
func ask(ctx context.Context, o options, language string, files []source) ([]*answer, error) {
	switch language {
	case "go":
		return []*answer{parseGo(files)}, nil
	case "python":
		a, err := start(ctx, o, files, "python3", filepath.Join(o.here, "oracle", "python.py"), o.corpus)
		return []*answer{a}, err
	case "erlang":
		a, err := askCtags(ctx, o, language, files)
		return []*answer{a}, err
	case "proto":
		corpus, err := filepath.Abs(o.corpus)
		if err != nil {
			return nil, err
		}
		a, err := start(ctx, o, files, "go", "run", "-C", filepath.Join(o.here, "oracle", "proto"), ".", corpus)
		return []*answer{a}, err
	}
	if _, err := os.Stat(filepath.Join(o.here, "oracle", "node_modules")); err != nil {
		return nil, fmt.Errorf("the parsers are not installed: run `npm ci --prefix %s`", filepath.Join(o.here, "oracle"))
	}
	a, err := start(ctx, o, files, "node", filepath.Join(o.here, "oracle", "oracle.mjs"), language, o.corpus)
	if err == nil && language == "sql" {
		err = a.otherDialects(ctx, o, files)
	}
	if err != nil || language != "c" && language != "cpp" {
		return []*answer{a}, err
	}
	b, err := askCtags(ctx, o, language, files)
	return []*answer{a, b}, err
}

// install says how to get a program that is missing.
var install = map[string]string{
	"python3": "install Python 3.9 or later",
	"node":    "install Node.js 20 or later",
	"ctags":   "install universal-ctags (`apt-get install universal-ctags`, `brew install universal-ctags`)",
	"go":      "install Go",
	"rg":      "install ripgrep",
}

// output runs a program with the paths of the files on its standard input.
func output(ctx context.Context, dir string, files []source, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var paths strings.Builder
	for _, f := range files {
		paths.WriteString(f.path + "\n")
	}
	cmd.Stdin = strings.NewReader(paths.String())
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", err, install[program])
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, clip(failure.String(), 2000))
	}
	return out, nil
}

// start runs an oracle that answers in our own form.
func start(ctx context.Context, o options, files []source, program string, args ...string) (*answer, error) {
	out, err := output(ctx, "", files, program, args...)
	if err != nil {
		return nil, err
	}
	return readAnswer(bytes.NewReader(out))
}

func readAnswer(r io.Reader) (*answer, error) {
	a := newAnswer("")
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var s symbol
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("an oracle's answer: %w: %s", err, clip(lines.Text(), 200))
		}
		switch {
		case s.Version != "":
			a.version = s.Version
		case len(s.Skip) == 2:
			a.skip(s.Path, s.Skip[0], s.Skip[1])
		default:
			a.add(s)
		}
	}
	return a, lines.Err()
}

// tagged is how ctags calls a language, and what its kinds are here. Kinds that are not listed are passed over.
type tagged struct {
	name  string
	flags []string
	kinds map[string]symbol // Kind and Level
}

var cKinds = map[string]symbol{
	"function": {Kind: "function"}, "prototype": {Kind: "function", Level: loose},
	"struct": {Kind: "struct"}, "union": {Kind: "struct"},
	"class": {Kind: "class"}, "enum": {Kind: "enum"}, "typedef": {Kind: "class"}, "namespace": {Kind: "namespace"},
	"macro": {Kind: "constant", Level: value}, "member": {Kind: "field", Level: loose},
	"enumerator": {Kind: "enummember", Level: loose},
	"variable":   {Kind: "variable", Level: loose}, "externvar": {Kind: "variable", Level: loose},
}

var ctagsLanguages = map[string]tagged{
	"c":   {"C", []string{"--kinds-C=+p"}, cKinds},
	"cpp": {"C++", []string{"--kinds-C++=+p"}, cKinds},
	"erlang": {"Erlang", nil, map[string]symbol{
		"function": {Kind: "function"}, "module": {Kind: "module"}, "record": {Kind: "struct"}, "type": {Kind: "class"},
		"macro": {Kind: "constant", Level: value},
	}},
	"sql": {"SQL", []string{"--kinds-SQL=+d"}, map[string]symbol{
		"table": {Kind: "struct"}, "view": {Kind: "class"}, "index": {Kind: "key"}, "domain": {Kind: "class"},
		"function": {Kind: "function"}, "procedure": {Kind: "function"}, "prototype": {Kind: "method"},
		"trigger": {Kind: "event"}, "event": {Kind: "event"}, "package": {Kind: "module"},
	}},
}

// askCtags runs universal-ctags. It names a function or macro with parameters by its signature, a method by its scope.
func askCtags(ctx context.Context, o options, language string, files []source) (*answer, error) {
	t := ctagsLanguages[language]
	version, err := output(ctx, "", nil, "ctags", "--version")
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(string(version), ",")
	if !strings.HasPrefix(name, "Universal Ctags") {
		return nil, fmt.Errorf("ctags is %s: %s", name, install["ctags"])
	}
	args := []string{"--language-force=" + t.name, "--output-format=json", "--fields=+neKSs", "--sort=no", "-f", "-", "-L", "-"}
	args = append(args, t.flags...)
	out, err := output(ctx, o.corpus, files, "ctags", args...)
	if err != nil {
		return nil, err
	}
	a := newAnswer(name)
	clause := ""
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var tag struct {
			Name, Path, Pattern, Kind, Signature, Scope, ScopeKind string
			Line, End                                              int
		}
		if err := json.Unmarshal(bytes.ToValidUTF8(lines.Bytes(), []byte("?")), &tag); err != nil {
			return nil, fmt.Errorf("ctags' answer: %w: %s", err, clip(lines.Text(), 200))
		}
		s, ok := t.kinds[tag.Kind]
		if !ok || anonymous(tag.Name) {
			continue
		}
		inType := tag.ScopeKind == "class" || tag.ScopeKind == "struct" || tag.ScopeKind == "union"
		switch {
		case tag.Kind == "macro" && tag.Signature != "":
			s.Kind, s.Level = "function", must
		case tag.Kind == "function" && inType:
			s.Kind = "method"
		case tag.Kind == "prototype" && inType:
			s.Kind, s.Level = "method", must
		}
		if language == "erlang" {
			tag.Scope = unknown // the module, which holds all of the file
			if tag.Kind == "macro" {
				s.Kind = unknown // with parameters or without
			}
			if tag.Kind == "function" && tag.Name == clause {
				s.Level = loose // another clause, or another number of arguments
			}
			clause = tag.Name
		}
		if language == "sql" {
			line := strings.ToLower(tag.Pattern)
			if strings.Contains(line, "is table of") || strings.Contains(line, "as table of") {
				continue // PL/SQL's type t is table of x, and no table
			}
			if tag.ScopeKind != "package" {
				tag.Scope = unknown // a trigger's table, but no schema
			}
			if tag.Kind == "function" || tag.Kind == "procedure" || tag.Kind == "prototype" {
				s.Kind = unknown // behind what it does not know it loses the package around
			}
			if strings.HasPrefix(tag.Name, "#") || strings.Contains(line, " on #") {
				s.Level = loose // a temporary table, or an index on one, which a routine makes while it runs
			}
		}
		s.Path, s.Name, s.NameLine, s.StartLine, s.EndLine = tag.Path, tag.Name, tag.Line, tag.Line, tag.End
		s.Container = strings.Join(slices.DeleteFunc(strings.Split(tag.Scope, "::"), anonymous), ".")
		if s.Kind == "method" && (s.Container == s.Name || strings.HasSuffix(s.Container, "."+s.Name)) {
			s.Kind = "constructor"
		}
		a.add(s)
	}
	if language == "erlang" {
		for _, f := range files {
			a.blind(f)
		}
	}
	return a, lines.Err()
}

// blind skips the lines of Erlang that ctags 5.9 does not understand: it takes the prose of -doc and of strings between three
// quotes and the terms of files that hold no module (rebar.config) for functions, and knows no -callback and no function whose
// name is quoted.
func (a *answer) blind(f source) {
	if ext := filepath.Ext(f.path); ext != ".erl" && ext != ".hrl" && ext != ".escript" {
		a.skip(f.path, 1, everything)
		return
	}
	first, n := 0, 0 // the line of an open string, 0: none
	closes := func(text string) bool { return strings.HasPrefix(text, `"""`) }
	for line := range strings.Lines(f.text) {
		n++
		text := strings.TrimSpace(line)
		switch {
		case first > 0 && closes(text):
			a.skip(f.path, first, n)
			first = 0
		case first > 0:
		case strings.HasSuffix(text, `"""`) && !strings.HasPrefix(text, "%"):
			first, closes = n, func(text string) bool { return strings.HasPrefix(text, `"""`) }
		case strings.HasPrefix(line, "-doc") || strings.HasPrefix(line, "-moduledoc"):
			closes = func(text string) bool { return strings.HasSuffix(text, `").`) || strings.HasSuffix(text, `".`) }
			if first = n; strings.HasSuffix(text, ".") {
				first = 0
			}
		case strings.HasPrefix(line, "-callback") || strings.HasPrefix(line, "'"):
			a.skip(f.path, n, n)
		}
	}
}

// otherDialects has ctags read the files of SQL that are not PostgreSQL's. After many a statement that it does not know ctags 5.9
// loses the next ones, so that what it does not name says nothing: only the lines that it names something in are judged.
func (a *answer) otherDialects(ctx context.Context, o options, files []source) error {
	others := slices.DeleteFunc(slices.Clone(files), func(f source) bool { return len(a.skipped[f.path]) == 0 })
	if len(others) == 0 {
		return nil
	}
	b, err := askCtags(ctx, o, "sql", others)
	if err != nil {
		return err
	}
	a.version += "; " + b.version
	for _, f := range others {
		a.only(f.path, b.symbols[f.path])
	}
	return nil
}

// only replaces what is said of a file by symbols, and skips the lines that none of them is named in.
func (a *answer) only(path string, symbols []symbol) {
	a.symbols[path], a.skipped[path] = symbols, nil
	next := 1
	for _, s := range slices.SortedFunc(slices.Values(symbols), func(x, y symbol) int { return x.NameLine - y.NameLine }) {
		if s.NameLine > next {
			a.skip(path, next, s.NameLine-1)
		}
		next = max(next, s.NameLine+1)
	}
	a.skip(path, next, everything)
}

// anonymous says that ctags has made the name up.
func anonymous(name string) bool { return strings.HasPrefix(name, "__anon") }
