package main

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/clones"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// plant makes n copies of chunks and adds them to the documents.
func (b *bench) plant(n int) {
	type drawn struct {
		document int
		chunk    chunk.Chunk
	}
	var from []drawn
	for i := range b.documents {
		d := &b.documents[i]
		for _, c := range d.outline.Chunks {
			ok := b.all && c.Kind != chunk.Text
			if s, found := d.outline.SymbolAt(c.NameStart); found && !b.all {
				function := s.Kind == chunk.Function || s.Kind == chunk.Method || s.Kind == chunk.Constructor
				ok = function && s.DocStart >= c.Start && s.End <= c.End
			}
			if !c.Skip && ok && codeLines(d.text[c.Start:c.End]) >= minLines {
				from = append(from, drawn{i, c})
			}
		}
	}
	b.random.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	kinds := [...]string{"renamed", "literals", "statement"}
	for i, f := range from[:min(n, len(from))] {
		d := &b.documents[f.document]
		kind := kinds[i%len(kinds)]
		text := b.changed(d.text[f.chunk.Start:f.chunk.End], kind)
		path := filepath.Join("planted", strconv.Itoa(i)+filepath.Ext(d.path))
		outline := chunk.Cut(path, text)
		if outline.Language != d.outline.Language { // told by name or content
			outline.Language = d.outline.Language
		}
		b.plants = append(b.plants, plant{kind, f.document, clones.Span{Start: f.chunk.Start, End: f.chunk.End}, len(b.documents)})
		b.documents = append(b.documents, document{path, text, outline})
	}
}

// codeLines counts the lines with code, roughly: those that begin with neither a sign of comments nor nothing.
func codeLines(text string) (n int) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "*") &&
			!strings.HasPrefix(line, "/*") && !strings.HasPrefix(line, "--") && !strings.HasPrefix(line, `"""`) {
			n++
		}
	}
	return n
}

// parts are strings, numbers and words.
var parts = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\b[0-9][0-9a-zA-Z_.]*|[A-Za-z_$][A-Za-z0-9_$]*`)

// kept are the words that are not renamed: keywords of any language that the benchmark meets, and values.
var kept = wordSet(`if else elif elsif elseif unless for foreach while until do done loop repeat switch case match when default
	break continue next return goto fallthrough try catch except finally rescue ensure raise throw throws defer go select begin end
	then fi esac in of is as not and or new delete this self super cls func function fn fun def defp defmodule defmacro class struct
	interface enum union trait impl protocol extension module mod namespace package import from export use using require include
	type typedef typealias template typename var let val const static final abstract public private protected internal
	fileprivate open override virtual inline extern volatile register async await yield lambda with where global nonlocal local
	my our sub del assert pass void int char long short unsigned signed float double bool boolean byte string auto null nil
	None true false True False NULL nullptr undefined chan map range echo isset unset empty array list instanceof typeof
	sizeof extends implements operator friend constexpr noexcept explicit readonly declare get set keyof infer record sealed
	ref out params lock synchronized transient data object companion suspend lazy implicit init deinit guard some any mutating
	weak mut pub crate dyn move unsafe comptime error orelse errdefer unreachable test cond receive after alias quote unquote
	deriving instance newtype qualified hiding forall ifdef ifndef endif define include undef pragma elif r b f u rb fr L R
	foreach endforeach proc macro exec eval print printf shift exit source export trap redo retry attr_reader attr_accessor extend
	trait part mixin on required late by crate Self async export usingnamespace declare readonly require_relative module
	data infixl infixr YES NO nothing sig rec open external method inherit virtual val mutable lazy downto to member unset
	include_once require_once insteadof clone foreach endwhile endmacro endfunction unset begin process filter param`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// changed is a copy of a text.
func (b *bench) changed(text, kind string) string {
	names, used := map[string]string{}, map[string]bool{}
	out := parts.ReplaceAllStringFunc(text, func(part string) string {
		switch c := part[0]; {
		case kept[part]:
			return part
		case c == '"' || c == '\'':
			if kind == "renamed" || len(part) < 3 || c == '\'' && (len(part) == 3 || part[1] == '\\') {
				return part
			}
			return string(c) + strings.Repeat("x", len(part)-2) + string(c)
		case c >= '0' && c <= '9':
			if kind == "renamed" {
				return part
			}
			return strconv.Itoa(1+b.random.IntN(9)) + strings.Repeat("7", len(part)-1)
		}
		if names[part] == "" {
			names[part] = renamed(part, used)
		}
		return names[part]
	})
	if kind == "statement" {
		return b.added(out)
	}
	return out
}

// renamed is a name of the same length that is not used yet, where there is one: how a file is cut depends on its length. It
// begins as the old one does, since a capital means something in many languages.
func renamed(name string, used map[string]bool) string {
	for n := 0; ; n++ {
		out := []byte(name)
		for i, left := len(out)-1, n; i >= 0; i-- {
			switch c := out[i]; {
			case c >= 'a' && c <= 'z':
				out[i] = 'a' + byte((int(c-'a')+1+left)%26)
				left /= 26
			case c >= 'A' && c <= 'Z':
				out[i] = 'A' + byte((int(c-'A')+1+left)%26)
				left /= 26
			}
		}
		s := string(out)
		if n >= 26 {
			s += strconv.Itoa(n)
		}
		if !used[s] && !kept[s] {
			used[s] = true
			return s
		}
	}
}

// added is a text with a statement more, at the beginning of a line that begins a statement as far as can be seen.
func (b *bench) added(text string) string {
	lines := strings.SplitAfter(text, "\n")
	var places []int
	for i := 1; i < len(lines); i++ {
		before, line := strings.TrimSpace(lines[i-1]), strings.TrimSpace(lines[i])
		if line == "" || strings.ContainsAny(line[:1], "})].,*/#|&+-<>=?:") {
			continue
		}
		if before != "" && strings.ContainsAny(before[len(before)-1:], "{;):") || !strings.Contains(text, ";") && before != "" {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return text
	}
	at := places[b.random.IntN(len(places))]
	indent := lines[at][:len(lines[at])-len(strings.TrimLeft(lines[at], " \t"))]
	end := "\n"
	if strings.Count(text, ";\n") > 1 {
		end = ";\n"
	}
	statement := [...]string{"added = update(added, 3)", "added.note(7)", "note(added, other.size)"}[b.random.IntN(3)]
	return strings.Join(lines[:at], "") + indent + statement + end + strings.Join(lines[at:], "")
}
