package search

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// written is what Ask makes of a query, in one line: the question, then filters, what is likely one, and texts.
func written(a Asked) string {
	parts := []string{a.Question}
	list := func(sign string, filters []Filter) {
		for _, f := range filters {
			not := ""
			if f.Not {
				not = "not "
			}
			parts = append(parts, fmt.Sprintf("%s%s%s=%s", sign, not, f.Key, f.Value))
		}
	}
	list("", a.Filters)
	list("?", a.Likely)
	if a.Texts != nil {
		for _, x := range a.Texts.list {
			what := x.literal
			if x.pattern != nil {
				what = x.pattern.String()
			}
			if x.not {
				what = "not " + what
			}
			parts = append(parts, fmt.Sprintf("{%s}", what))
		}
	}
	return strings.Join(parts, " | ")
}

func TestAsk(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"where are requests cancelled", "where are requests cancelled"},
		{"  cancelled  requests ", "cancelled  requests"},
		{"lang:go retry", "retry | lang=go"},
		{"retry  an lang:go,py  upload", "retry an upload | lang=go,py"},
		{"retry language:go -lang:c++", "retry | lang=go | not lang=c++"},
		{"path:lsp/ -path:test x", "x | path=lsp/ | not path=test"},
		{`path:"my dir/" x`, "x | path=my dir/"},
		{"kind:function content:code", " | kind=function | content=code"},
		{"-kind:text -content:docs", " | not kind=text | not content=docs"},
		{`the "exact phrase" here`, "the exact phrase here | {exact phrase}"},
		{`"say \"hi\" \n"`, `say "hi" \n | {say "hi" \n}`},
		{`-"not this" that`, "that | {not not this}"},
		{`-"b" "a"`, "a | {a} | {not b}"},
		{`"retry"? (see "upload").`, `retry ? (see upload ). | {retry} | {upload}`},
		{`"" " " x`, `"" " " x`},
		{`lang:go "" x`, "x | lang=go"},
		{`re:/TODO\(.*\)/`, ` | {(?m)TODO\(.*\)}`},
		{`re:/a b\/c/ x`, `x | {(?im)a b\/c}`},
		{`re:/a/b/ x`, `x | {(?im)a/b}`},
		{`-re:/\S+/ x`, `x | {not (?im)\S+}`},
		{`re:/\\/ x`, `x | {(?im)\\}`},
		// Text, not filters.
		{"http://host/path", "http://host/path"},
		{"std::vector::push_back", "std::vector::push_back"},
		{"error: file not found", "error: file not found"},
		{"foo:bar file:x -foo:bar type:go", "foo:bar file:x -foo:bar type:go"},
		{"lang: go", "lang: go"},
		{"lang:", "lang:"},
		{"(lang:go)", "(lang:go)"},
		{"xlang:go --lang:go", "xlang:go --lang:go"},
		{"re:invent re:", "re:invent re:"},
		{"fmt.Println(\"hello\")", "fmt.Println(\"hello\")"},
		{"func f() {\n\treturn \"x\" lang:go\n}", "func f() {\n\treturn \"x\" lang:go\n}"},
		{"a - b", "a - b"},
		{":", ":"},
		{"-", "-"},
		{"::", "::"},
		{"-:", "-:"},
		{"", ""},
		{" \t", ""},
		// A quote that is not closed.
		{`say "hello lang:go`, `say "hello lang:go`},
		{`lang:go say "hello kind:x`, `say "hello kind:x | lang=go`},
		{`path:"my dir lang:go`, `path:"my dir lang:go`},
		{`-"x`, `-"x`},
		{`"\"`, `"\"`},
		// Keys that are nearly right.
		{"langs:go x", "langs:go x | ?lang=go"},
		{"Lang:go KIND:x paths:a/", "Lang:go KIND:x paths:a/ | ?lang=go | ?kind=x | ?path=a/"},
		{"-lnag:go contents:code", "-lnag:go contents:code | ?not lang=go | ?content=code"},
		{"find:class lane:go mind:method", "find:class lane:go mind:method"},
		// Other people's letters.
		{"wo werden Anfragen für größere Dateien abgebrochen", "wo werden Anfragen für größere Dateien abgebrochen"},
		{"取消 请求 lang:go", "取消 请求 | lang=go"},
		{"\"größe\"\u3000x", "größe x | {größe}"},
		{"\x00\x01 lang:go \x7f", "\x00\x01 \x7f | lang=go"},
		{"\xff\xfe:x", "\xff\xfe:x"},
	} {
		a, err := Ask(c.query)
		if err != nil {
			t.Errorf("%q: %v", c.query, err)
			continue
		}
		if got := written(a); got != c.want {
			t.Errorf("%q is\n%q, want\n%q", c.query, got, c.want)
		}
	}
}

func TestAskRefuses(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"re:/a(b/", "the pattern /a(b/ cannot be used: missing closing ): `a(b`"},
		{"x re:/*/", "the pattern /*/ cannot be used: missing argument to repetition operator: `*`"},
		{`re:/(?<=a)b/`, "the pattern /(?<=a)b/ cannot be used: invalid named capture: `(?<=a)b`"},
		{`re:/(a)\1/`, "the pattern /(a)\\1/ cannot be used: invalid escape sequence: `\\1`"},
		{"re:// x", "the pattern // cannot be used: it is empty"},
		{"re:/a b", `"re:/a b" has no slash that ends it: re:/pattern/, and then a space or nothing`},
		{"-re:/a b", `"-re:/a b" has no slash that ends it: re:/pattern/, and then a space or nothing`},
		{"re:/" + strings.Repeat("a", mostPattern+1) + "/", "it has 1001 bytes, 1000 are the most"},
		{
			"re:/((a{0,9}){0,9}){0,9}/",
			"the pattern /((a{0,9}){0,9}){0,9}/ cannot be used: 1730 steps for each letter of a text, 1000 are the most: repeat less",
		},
		{"re:/a{0,400}/ re:/b{0,400}/", "the patterns together cannot be used: 1604 steps"},
		{"re:/(x{0,1000}){0,1000}/", "invalid repeat count: `{0,1000}`"},
		{strings.Repeat("lang:go ", mostFilters+1), "too many filters: 64 are the most"},
		{strings.Repeat(`"a" `, mostFilters+1), "too many filters: 64 are the most"},
	} {
		a, err := Ask(c.query)
		if wrong := (*AskedError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: %+v, %v; want %q", c.query, a, err, c.want)
		}
	}
}

// A megabyte is not looked at for filters, and of what is, each filter is looked at once.
func TestAskALot(t *testing.T) {
	large := strings.Repeat("lang:go ", 1<<17)
	if a, err := Ask(large); err != nil || a.Question != strings.TrimSpace(large) || a.Filters != nil {
		t.Errorf("%d bytes, %v", len(a.Question), err)
	}
	for _, s := range []string{`"`, `" `, `-"`, `\"`, "re:/", `path:"`, "x:", "- ", "lnag:x "} {
		if _, err := Ask(strings.Repeat(s, MaxText/len(s))); err != nil && !errors.As(err, new(*AskedError)) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestHasWords(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, " ": false, "?!": false, "->": false, "\x00": false, "☃ — …": false, "_": false,
		"the": true, "取": true, "ß": true, "7": true, "a": false, // which no index has
	} {
		if HasWords(text) != want {
			t.Errorf("%q", text)
		}
	}
}

// What Ask makes of a query is made of its words, in their order, and nothing is lost.
func FuzzAsk(f *testing.F) {
	for _, s := range []string{
		`lang:go -path:"a b" "the \" phrase" re:/a\/b/ x`, `"unclosed`, "re:/", "langs:go", "a\u00a0b:c", "-", "path:\"\" \"\"",
		"\xff\"\xff\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Ask(text)
		if err != nil {
			if !errors.As(err, new(*AskedError)) || a.Filters != nil || a.Question != "" {
				t.Fatalf("%+v, %v", a, err)
			}
			return
		}
		if len(a.Filters) == 0 && a.Texts == nil && a.Question != strings.TrimSpace(text) {
			t.Fatalf("%q lost something: %q", text, a.Question)
		}
		rest := text
		for _, list := range [][]Filter{a.Filters, a.Likely} {
			rest = text
			for _, f := range list {
				at := strings.Index(rest, f.Typed)
				if at < 0 || f.Value == "" || keys[f.Key] != f.Key || strings.HasPrefix(f.Typed, "-") != f.Not {
					t.Fatalf("%q: %+v", text, f)
				}
				rest = rest[at+len(f.Typed):]
			}
		}
		for _, word := range strings.Fields(a.Question) {
			if !strings.Contains(text, word) && !strings.Contains(text, `\"`) {
				t.Fatalf("%q: the question has %q", text, word)
			}
		}
		// The question asked again is the same question, unless a phrase holds what is a filter by itself.
		if a.Texts == nil {
			again, err := Ask(a.Question)
			if err != nil || again.Question != a.Question && !strings.Contains(text, `"`) {
				t.Fatalf("%q: %q asks %q, %v", text, a.Question, again.Question, err)
			}
		}
	})
}
