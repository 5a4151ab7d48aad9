package words

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"queueForIdleConn", "queu for idl conn queueforidleconn"},
		{"HTTPServer2", "http serv 2 httpserver2"},
		{"read_file ReadFile readFile", "read fil readfile read fil readfile read fil readfile"},
		{"__init__", "init"},
		{"SHA256 utf8.RuneError", "sha 256 sha256 utf 8 utf8 run error runeerror"},
		{"x := y + 1", "1"},
		{"a.b->c", ""},
		{"Größe ändern", "größe ändern"},
		{"日本", "日 本"},
		{"\xff\xfeabc\xff", "abc"},
		{"…—“quoted”", "quot"},
		{strings.Repeat("a", 200), ""},
		{strings.Repeat("a", 41) + "_tail", "tail " + strings.Repeat("a", 41) + "tail"},
		{"", ""},
	} {
		if got := strings.Join(Of(c.text), " "); got != c.want {
			t.Errorf("Of(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// Each line is a family: its members must have one stem, and no two lines the same.
func TestStemKeepsFamiliesTogetherAndStrangersApart(t *testing.T) {
	seen := map[string]string{}
	for _, family := range []string{
		"cache caches cached caching",
		"queue queues queued queuing",
		"retry retries retried retrying",
		"validate validates validated validating validation",
		"stop stops stopped stopping stopper",
		"call calls called calling caller",
		"parse parses parsed parsing parser",
		"serve serves served serving server servers",
		"connect connects connected connecting connection connections",
		"compress compresses compressed compressing compression",
		"match matches matched matching matcher",
		"send sends sent sending", "write writes wrote written writing", "build builds built building", "index indexes indexed indexing indexer indices",
		"status", "class classes", "bus", "string strings", "need needs", "speed", "red", "general", "generate generates generation",
	} {
		first := ""
		for w := range strings.FieldsSeq(family) {
			s := string(stem([]byte(w)))
			if first == "" {
				first = s
			}
			if s != first {
				t.Errorf("stem(%q) = %q, its family has %q", w, s, first)
			}
		}
		if other, ok := seen[first]; ok {
			t.Errorf("%q and %q share the stem %q", family, other, first)
		}
		seen[first] = family
	}
}

func TestEachAllocatesNothing(t *testing.T) {
	text := strings.Repeat("func (t *Transport) queueForIdleConn(w *wantConn) (delivered bool) { // größe\n", 50)
	n := 0
	if a := testing.AllocsPerRun(20, func() { Each(text, func([]byte) { n++ }) }); a > 2 {
		t.Errorf("Each allocates %v times a call", a)
	}
}

func FuzzEach(f *testing.F) {
	for _, s := range []string{"queueForIdleConn", "a_b__C9", "\xff\xfe", "日本語Text", "ÀÉxY", "AAaA0a0A_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Of(s)
		for _, w := range got {
			if w == "" || len(w) > maxIdentifier+utf8.UTFMax {
				t.Fatalf("word of %d bytes: %q", len(w), w)
			}
		}
		// A separator in front and behind changes nothing.
		if again := Of(" " + s + "\n"); !slices.Equal(got, again) {
			t.Fatalf("%q: %q, between spaces %q", s, got, again)
		}
	})
}

func BenchmarkEach(b *testing.B) {
	text := strings.Repeat("// queueForIdleConn queues w to receive the next idle connection for w.cm.\nfunc (t *Transport) queueForIdleConn(w *wantConn) (delivered bool) {\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Each(text, func([]byte) {})
	}
}

func TestSynonyms(t *testing.T) {
	has := func(word, other string) bool {
		return slices.ContainsFunc(Synonyms(word), func(s Synonym) bool { return s.Word == other && s.Times > 0 })
	}
	for _, c := range [][2]string{{"guess", "sniff"}, {"delet", "remov"}, {"refus", "deny"}, {"sniff", "guess"}, {"delet", "delet"}} {
		a, b := Of(c[0])[0], Of(c[1])[0]
		if !has(a, b) {
			t.Errorf("%q is no synonym of %q", b, a)
		}
	}
	if Synonyms("xyzzy") != nil || has("delet", "sort") {
		t.Error("strangers are synonyms")
	}
}
