package search

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

func texts(t *testing.T, query string) *Texts {
	t.Helper()
	a, err := Ask(query)
	if err != nil || a.Texts == nil {
		t.Fatalf("%q: %+v, %v", query, a, err)
	}
	return a.Texts
}

func TestTextsMatch(t *testing.T) {
	for _, c := range []struct {
		query, text string
		want        bool
	}{
		{`"retry the"`, "x Retry THE y", true}, // no capital: any case
		{`"Retry the"`, "x retry the y", false},
		{`"Retry the"`, "x Retry the y", true},
		{`"etry"`, "retry", true}, // a part of a word
		{`"retry  the"`, "retry the", false},
		{`"größe"`, "die GRÖßE", true},
		{`"größe"`, "die grösse", false},
		{`"取消"`, "请取消它", true},
		{`"a" "b"`, "b a", true},
		{`"a" "b"`, "b", false},
		{`"a" -"b"`, "a", true},
		{`"a" -"b"`, "ab", false},
		{`-"b"`, "", true},
		{`re:/^func \w+\(/`, "package a\nfunc Twice(n int)", true}, // lines have a start
		{`re:/^func/`, "x func", false},
		{`re:/end$/`, "the end\nor not", true},
		{`re:/a.b/`, "a\nb", false},
		{`re:/a\sb/`, "a\nb", true},
		{`re:/TODO/`, "todo", false},
		{`re:/todo/`, "ToDo", true},
		{`re:/\Stodo/`, "xTODO", true}, // \S is no capital
		{`re:/\x{41}/`, "A", true},
		{`re:/\p{Lu}x/`, "Ax", true},
		{`re:/(?P<Name>a)/`, "A", true},
		{`re:/[A-Z]x/`, "ax", false},
		{`re:/(?i)TODO/`, "todo", true},
		{`re:/(?-i)todo/`, "TODO", false},
		{`re:/(?i)xİy/`, "XİY", true},
		{`re:/sketch/`, "\u017f\u212aetch", true}, // as Go's (?i) has it
		{`re:/(a|b)c+d{2}/`, "bccdd", true},
		{`re:/x*/`, "", true},
		{`-re:/x*/`, "", false},
	} {
		if got := texts(t, c.query).Match(c.text); got != c.want {
			t.Errorf("%s in %q: %v", c.query, c.text, got)
		}
	}
	if !(*Texts)(nil).Match("x") {
		t.Error("nil asks for something")
	}
}

func TestTextsShowWhereTheyStand(t *testing.T) {
	const text = "one\n  two One\r\nthree"
	for _, c := range []struct {
		query string
		at    []int
		line  string
	}{
		{`"one"`, []int{0, 10}, "one"},
		{`"One"`, []int{10}, "two One"},
		{`-"x" "thr"`, []int{15}, "three"},
		{`re:/o/`, []int{0, 8, 10}, "one"},
		{`re:/^/`, []int{0, 4, 15}, "one"},
		{`re:/\n\s+two/`, []int{3}, "one"},
		{`-"x"`, nil, ""},
	} {
		x := texts(t, c.query)
		var got []int
		x.Each(text, func(at int) { got = append(got, at) })
		at, ok := x.First(text)
		if !slices.Equal(got, c.at) || ok != (c.at != nil) || ok && at != c.at[0] {
			t.Errorf("%s: %v, %d, want %v", c.query, got, at, c.at)
		}
		if line, from := LineAt(text, 0, len(text), at); ok && (line != c.line || !strings.HasPrefix(strings.TrimSpace(text[from:]),
			line)) {
			t.Errorf("%s: line %q at %d, want %q", c.query, line, from, c.line)
		}
	}
	long := "x\n" + strings.Repeat("ä", 100) + "here" + strings.Repeat("ö", 200) + "\ny"
	line, at := LineAt(long, 0, len(long), strings.Index(long, "here"))
	if at != 2 || !strings.HasPrefix(line, "…ä") || !strings.Contains(line, "here") || len(line) > maxSnippet+2*len("…") ||
		!utf8.ValidString(line) {
		t.Errorf("of a long line: %q at %d", line, at)
	}
	if line, at := LineAt(text, 6, 9, 8); line != "two" || at != 6 {
		t.Errorf("within bounds: %q at %d", line, at)
	}
}

// What narrows a search: words of which a text has to have one of each list.
func TestTextsNeed(t *testing.T) {
	hashes := func(list ...string) (h []uint64) {
		for _, w := range list {
			h = append(h, words.HashString(w))
		}
		return h
	}
	for _, c := range []struct {
		query string
		want  [][]uint64
	}{
		{`"retry the Upload now"`, [][]uint64{hashes("the"), hashes("upload")}},
		{`"retry"`, nil}, // it may be a part of another word
		{`"retry (upload)"`, [][]uint64{hashes("upload", "upload")}},
		{`"x readFile y"`, [][]uint64{hashes("read"), hashes("fil"), hashes("readfile")}},
		{`"x read_file y"`, [][]uint64{hashes("readfile")}},
		{`"x cancelled y"`, [][]uint64{append(hashes(words.Of("cancelled")...), words.HashString("cancelled"))}},
		{`-"x retry y"`, nil},
		{`re:/.* the end.*/`, [][]uint64{hashes("the", "the")}},
		{`re:/a (the|an) b/`, nil},
		{`re:/( the )+x( or )?/`, [][]uint64{hashes("the", "the")}},
		{`re:/ ask /`, nil}, // its s may be another letter
	} {
		got := texts(t, c.query).Needs()
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: %x, want %x", c.query, got, c.want)
		}
	}
}

// checkTexts holds the fast ways beside the plain ones.
func checkTexts(t *testing.T, query, text string) {
	a, err := Ask(query)
	if err != nil || a.Texts == nil {
		return
	}
	said := map[uint64]bool{}
	words.Each(text, func(w []byte) { said[words.Hash(w)] = true })
	all := true
	for _, x := range a.Texts.list {
		var plain bool
		switch {
		case x.pattern != nil:
			plain = x.pattern.MatchString(text)
		case !x.fold:
			plain = strings.Contains(text, x.literal)
		case isASCII(x.literal) && isASCII(text):
			plain = regexp.MustCompile("(?i)" + regexp.QuoteMeta(x.literal)).MatchString(text)
		default:
			start, end := x.find(text)
			if plain = start >= 0; plain && isASCII(x.literal) && !strings.EqualFold(text[start:end], x.literal) {
				t.Fatalf("%q in %q at %d", x.literal, text, start)
			}
		}
		if start, _ := x.find(text); (start >= 0) != plain {
			t.Fatalf("%+v in %q: %v, want %v", x, text, !plain, plain)
		}
		all = all && plain != x.not
	}
	if a.Texts.Match(text) != all {
		t.Fatalf("%s in %q: %v", query, text, !all)
	}
	if !all {
		return
	}
	if !a.Texts.Possible("before " + text + " after") {
		t.Fatalf("%s is in %q, and not possible", query, text)
	}
	for _, need := range a.Texts.Needs() {
		if !slices.ContainsFunc(need, func(h uint64) bool { return said[h] }) {
			t.Fatalf("%s is in %q, which has none of the words %x", query, text, need)
		}
	}
}

func FuzzTexts(f *testing.F) {
	for _, s := range [][2]string{
		{`"x readFile y"`, "X ReadFILE Y"},
		{`"a retry b"`, "A reTRY b retry"},
		{`"x a_b1c y"`, "x A_B1C y"},
		{`"größe an x"`, "GRÖSSE AN X größe an x"},
		{`re:/ the k /`, "\u212a the \u212a "},
		{`re:/x (retry|the) y+ abc /`, "x the yyy ABC "},
		{`-"a" "b c d"`, "B C D"},
		{"\"\xff x \xff\"", "\xff x \xff"},
		{`re:/^\s*(a b)+ c {2,}d/`, "\n a ba b c   D"},
		{`"e retry_ x"`, "E RETRY_ X"},
		{`"x iİ y"`, "x iI y"},
		{`" abc "`, " ABC x abc "},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		if len(query) > 200 || len(text) > 2000 {
			return
		}
		checkTexts(t, query, text)
		// A text that has it, in capitals and among others, is what hardly comes by chance.
		if a, err := Ask(query); err == nil && a.Texts != nil {
			for _, x := range a.Texts.list {
				checkTexts(t, query, text+" "+x.literal+" "+text)
				checkTexts(t, query, text+strings.ToUpper(x.literal)+text)
				if x.literal != "" {
					checkTexts(t, query, "f("+strings.ToUpper(x.literal[:1])+x.literal[1:]+")")
				}
			}
		}
	})
}
