package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// corpus indexes files, each one chunk named by its first word after "func ",
// without vectors.
func corpus(t *testing.T, files map[string]string) *index.Snapshot {
	t.Helper()
	var documents []index.Document
	for path, text := range files {
		d := index.Document{File: index.File{Path: path, Language: chunk.Language(path, text), Foreign: strings.HasPrefix(path, "vendor/")}, Text: text}
		c := chunk.Chunk{End: len(text)}
		if i := strings.Index(text, "func "); i >= 0 {
			name, _, _ := strings.Cut(text[i+5:], "(")
			c.Symbol, c.Kind, c.NameStart, c.NameEnd = name, chunk.Function, i+5, i+5+len(name)
			d.Symbols = []chunk.Symbol{{Name: name, NameStart: i + 5, NameEnd: i + 5 + len(name)}}
		}
		d.Chunks, d.Rows = []chunk.Chunk{c}, []index.Row{{}}
		documents = append(documents, d)
	}
	seg, err := index.Build(4, documents)
	if err != nil {
		t.Fatal(err)
	}
	return (&index.Snapshot{}).With("/w", seg, nil)
}

func ranked(t *testing.T, s *index.Snapshot, query string) (paths []string) {
	t.Helper()
	r, err := Rank(t.Context(), s, s.Everywhere(), Query{Text: query, Limit: 10, Weights: DefaultWeights()})
	if err != nil {
		t.Fatal(err)
	}
	last := 2.0
	for _, x := range r.Ranked {
		if x.Score > last || x.Score < 0 || x.Score > 1 {
			t.Errorf("%q: score %v after %v", query, x.Score, last)
		}
		last = x.Score
		paths = append(paths, s.Chunk(x.ID).Of.Path)
	}
	return paths
}

func TestRankOrder(t *testing.T) {
	body := "\n\t// upload the file again when the network failed\n\tretry upload network failed\n"
	s := corpus(t, map[string]string{
		"store/upload.go":      "func retryUpload() {" + body + "}",
		"store/upload_test.go": "func TestRetryUpload() {" + body + "}",
		"docs/upload.md":       "# Upload" + body,
		"ci/upload.yaml":       "upload: |" + body,
		"vendor/x/upload.go":   "func again() {" + body + "}",
		"store/caller.go":      "func caller() { retryUpload(nil) // called by the scheduler\n}",
		"store/other.go":       "func unrelated() { parse the header }",
	})
	for _, c := range []struct{ query, first string }{
		{"where do we retry a failed upload", "store/upload.go"},
		{"test that a failed upload is tried again: test retry", "store/upload_test.go"},
		{"documentation of upload after a failed network", "docs/upload.md"},
		{"retryUpload", "store/upload.go"},
		{"where is retryUpload called by the scheduler", "store/caller.go"},
		{"header parsing", "store/other.go"},
	} {
		got := ranked(t, s, c.query)
		if len(got) == 0 || got[0] != c.first {
			t.Errorf("%q finds %v, want %s first", c.query, got, c.first)
		}
	}
	got := ranked(t, s, "failed upload network")
	code := slices.Index(got, "store/upload.go")
	for _, below := range []string{"store/upload_test.go", "docs/upload.md", "ci/upload.yaml", "vendor/x/upload.go"} {
		if at := slices.Index(got, below); at < code {
			t.Errorf("%s stands before the code: %v", below, got)
		}
	}
}

// Whoever learns the factors walks over the list of classes: each factor is that of its class alone.
func TestFactorsAreThoseOfTheClasses(t *testing.T) {
	texts := map[string]string{"test": "x/a_test.go", "prose": "x/a.md", "configuration": "x/a.yaml", "foreign": "vendor/a.go", "declaration": "x/a.d.ts", "markup": "x/a.css", "aside": "tools/a.go"}
	for _, c := range Classes() {
		s := corpus(t, map[string]string{"x/a.go": "func one() { upload }", texts[c.Name]: "func one() { upload }"})
		share := func(factor float64) float64 {
			f := Factors{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
			*c.Factor(&f) = factor
			r, err := Rank(t.Context(), s, s.Everywhere(), Query{Text: "upload", Limit: 10, Weights: Weights{Chunk: 1}, Factors: f})
			if err != nil || len(r.Ranked) != 2 || s.Chunk(r.Ranked[0].ID).Of.Path != "x/a.go" {
				t.Fatalf("%s with factor %v: %+v, %v", c.Name, factor, r, err)
			}
			return r.Ranked[1].Score / r.Ranked[0].Score
		}
		if half, quarter := share(0.5), share(0.25); math.Abs(quarter-half/2) > 1e-9 {
			t.Errorf("%s with half the factor has %v of what it had", c.Name, quarter/half)
		}
	}
}

func TestQueriesOfAnyKindAreAnswered(t *testing.T) {
	s := corpus(t, map[string]string{"a.go": "func a1() { hello world }", "b.go": "func größe() { grüße }"})
	for query, hits := range map[string]int{
		"": 0, "   ": 0, "?!…": 0, "\x00\x01": 0, "absent": 0,
		"hello": 1, "grüße": 1, "what is the": 0,
		strings.Repeat("hello ", 100_000): 1, strings.Repeat("日", 10_000): 0, "hello \xff\xfe": 1,
	} {
		if got := ranked(t, s, query); len(got) != hits {
			t.Errorf("%.20q finds %v, want %d", query, got, hits)
		}
	}
}

// The definitions of a name are read once however often it is said, and count as much as
// the surest time.
func TestANameSaidAgainIsOneName(t *testing.T) {
	p := parse(strings.Repeat("upload Upload upLoad ", 1000) + "retry")
	if want := []name{{"upload", nameIdentifier, index.Roughly}}; !slices.Equal(p.names, want) {
		t.Errorf("%d names, %v", len(p.names), p.names[:min(3, len(p.names))])
	}
}

// Words that say what kind of file is meant say so however short they are.
func TestAQuerySaysWhatKindOfFileItMeans(t *testing.T) {
	for query, want := range map[string]parsed{
		"where is the retry": {}, "what does the ci run": {config: true}, "CI": {config: true},
		"an example of the guide": {tests: true, prose: true},
	} {
		if p := parse(query); p.tests != want.tests || p.prose != want.prose || p.config != want.config {
			t.Errorf("%q: tests %v, documentation %v, configuration %v", query, p.tests, p.prose, p.config)
		}
	}
}

// The words of a group are counted together in 16 bits; see lexical.Counts.
func TestNoGroupOverflowsItsCount(t *testing.T) {
	const most = 1<<16 - 1
	largest := uint32(0)
	for _, word := range words.Of(words.Thesaurus) {
		for _, group := range groups([]index.Term{index.Single(word, 1)}) {
			all := uint32(0)
			for _, w := range group.Words {
				all += w.Times
			}
			if largest = max(largest, all); 255*all > most {
				t.Errorf("%s and its synonyms weigh %d", word, all)
			}
		}
	}
	if largest < 20 {
		t.Errorf("the heaviest group weighs %d: there are none", largest)
	}
}

func TestRankEndsWithItsContext(t *testing.T) {
	s := corpus(t, map[string]string{"a.go": "func a1() { hello world }"})
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Rank(ctx, s, s.Everywhere(), Query{Text: "hello", Limit: 1, Weights: DefaultWeights()}); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestOneFileDoesNotFillTheAnswer(t *testing.T) {
	text := strings.Repeat("needle in the stack of hay\n", 6)
	d := index.Document{File: index.File{Path: "many.go"}, Text: text}
	for at := 0; at < len(text); at += 27 {
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: at + 27})
		d.Rows = append(d.Rows, index.Row{})
	}
	documents := []index.Document{d}
	for i := range 3 {
		documents = append(documents, index.Document{
			File: index.File{Path: fmt.Sprintf("one%d.go", i)}, Text: "needle in some other place with hay",
			Chunks: []chunk.Chunk{{End: 35}}, Rows: []index.Row{{}},
		})
	}
	seg, err := index.Build(4, documents)
	if err != nil {
		t.Fatal(err)
	}
	s := (&index.Snapshot{}).With("/w", seg, nil)
	got := ranked(t, s, "needle hay")
	if len(got) < 5 {
		t.Fatal(got)
	}
	files := map[string]bool{}
	for _, p := range got[:5] {
		files[p] = true
	}
	if len(files) < 4 {
		t.Errorf("the first five are of %d files: %v", len(files), got)
	}
}

func TestSnippet(t *testing.T) {
	text := "// Doc of it.\nfunc retryUpload() {\n\tx := 1\n\t// wait before the next attempt\n}\n"
	name := strings.Index(text, "retryUpload")
	for _, c := range []struct {
		terms []index.Term
		want  string
		line  int
	}{
		{nil, "func retryUpload() {", 1},
		{[]index.Term{index.Single("attempt", 5)}, "// wait before the next attempt", 3},
		// Little more than the name's line is not enough, whatever the words weigh.
		{[]index.Term{index.Single("attempt", 1), index.Single("absent", 10)}, "func retryUpload() {", 1},
		{[]index.Term{index.Single("attempt", 0.1), index.Single("absent", 1)}, "func retryUpload() {", 1},
		{[]index.Term{index.Single("attempt", 0.1)}, "// wait before the next attempt", 3},
		{[]index.Term{index.Single("retry", 0.1), index.Single("wait", 0.1), index.Single("attempt", 0.1)}, "// wait before the next attempt", 3},
		{[]index.Term{index.Single("retry", 0.1), index.Single("attempt", 0.1)}, "func retryUpload() {", 1},
		{[]index.Term{index.Single("attempt", 0)}, "func retryUpload() {", 1},
	} {
		line, at := NewSnippets(c.terms).Line(text, 0, len(text), name)
		if line != c.want || strings.Count(text[:at], "\n") != c.line {
			t.Errorf("%v: %q at %d", c.terms, line, at)
		}
	}
	long := strings.Repeat("ü", 500)
	if line, _ := NewSnippets(nil).Line(long, 0, len(long), -1); !utf8.ValidString(line) || len(line) > maxSnippet+3 {
		t.Errorf("%d bytes", len(line))
	}
	if line, at := NewSnippets(nil).Line("", 0, 0, 0); line != "" || at != 0 {
		t.Errorf("%q, %d", line, at)
	}
}

// A folder of one file, where no word is rare, is asked as one of thousands is.
func TestSnippetInASmallFolder(t *testing.T) {
	const file = "package freight\n\n// Teleport moves the cargo at once.\nfunc Teleport() {\n}\n"
	s := corpus(t, map[string]string{"freight.go": file})
	r, err := Rank(t.Context(), s, s.Everywhere(), Query{Text: "teleport cargo", Limit: 1, Weights: DefaultWeights()})
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Index(file, "Teleport() {")
	if line, _ := NewSnippets(r.Terms).Line(file, 0, len(file), name); line != "// Teleport moves the cargo at once." {
		t.Errorf("%q, want the line with both words", line)
	}
}

// counting is a context that is done after so many looks at it.
type counting struct {
	context.Context
	left int
}

func (c *counting) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// many is a snapshot of n chunks, all with the word upload and one of their own.
func many(t *testing.T, n int) *index.Snapshot {
	t.Helper()
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("f%d.go", i)] = fmt.Sprintf("func upload%d() { send() }", i)
	}
	return corpus(t, files)
}

// A cancelled query ends at its next look at the context, wherever it is.
func TestRankLooksAtItsContextThroughout(t *testing.T) {
	s := many(t, 3*lexical.Window)
	q := Query{Text: "upload", Limit: 10, Weights: DefaultWeights()}
	looks := 0
	for ; ; looks++ {
		ctx := &counting{t.Context(), looks}
		result, err := Rank(ctx, s, s.Everywhere(), q)
		if err == nil {
			if len(result.Ranked) != 10 {
				t.Errorf("%d hits", len(result.Ranked))
			}
			break
		}
		if !errors.Is(err, context.Canceled) || len(result.Ranked) > 0 {
			t.Fatalf("cancelled at look %d: %d hits, %v", looks, len(result.Ranked), err)
		}
		// The look that is refused, that of its caller, and that of whoever asks why.
		if ctx.left < -3 {
			t.Errorf("cancelled at look %d, it looks %d times more", looks, -ctx.left)
		}
	}
	if chunks := s.Counts("").Chunks; looks < 2*chunks/lexical.Window {
		t.Errorf("a query of %d chunks looks at its context %d times", chunks, looks)
	}
}

// Of a place as large as a file, what a few chunks hold is looked at, once.
func TestALargePlaceIsBounded(t *testing.T) {
	var text strings.Builder
	for i := 0; text.Len() < 1<<20; i++ {
		fmt.Fprintf(&text, "upload%d ", i%4096)
	}
	s := many(t, 4096)
	large := Compare(Place{Text: text.String()})
	counted := 0
	for _, n := range large.count {
		counted += n
	}
	if counted > MaxText {
		t.Errorf("%d words of a place are counted", counted)
	}
	q := Query{Limit: 10, Weights: DefaultWeights()}
	got, err := large.Rank(t.Context(), s, s.Everywhere(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Compare(Place{Text: text.String()[:MaxText]}).Rank(t.Context(), s, s.Everywhere(), q, nil)
	if err != nil || len(want.Ranked) != 10 || !slices.Equal(got.Ranked, want.Ranked) {
		t.Errorf("a large place finds %v, its beginning %v, %v", got.Ranked, want.Ranked, err)
	}
	// Each of its words reads postings: a cancellation is heard between two.
	for _, looks := range []int{0, 1, 100, 1000} {
		ctx := &counting{t.Context(), looks}
		if _, err := large.Rank(ctx, s, s.Everywhere(), q, nil); !errors.Is(err, context.Canceled) || ctx.left < -2 {
			t.Errorf("cancelled at look %d, it looks %d times more: %v", looks, -ctx.left, err)
		}
	}
}

// Whoever asks for many hits gets them.
func TestLimitAboveTheSecondLook(t *testing.T) {
	files := map[string]string{}
	for i := range 900 {
		files[fmt.Sprintf("f%d.go", i)] = fmt.Sprintf("package p\n\nfunc upload%d() {}\n", i)
	}
	s := corpus(t, files)
	for limit, want := range map[int]int{math.MinInt: 0, 0: 0, 5: 5, 800: 800, math.MaxInt: 900} {
		result, err := Rank(t.Context(), s, s.Everywhere(), Query{Text: "upload", Limit: limit, Weights: DefaultWeights()})
		if err != nil || len(result.Ranked) != want {
			t.Errorf("limit %d: %d hits, %v, want %d", limit, len(result.Ranked), err, want)
		}
	}
}
