package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

// concepts are words that people say, and those that code has for the same. No word has the stem of another.
func concepts() [][2]string {
	return [][2]string{
		{"discard", "evict"},
		{"cancel", "abort"},
		{"save", "persist"},
		{"guess", "sniff"},
		{"picture", "bitmap"},
		{"compare", "diff"},
		{"password", "credential"},
		{"postpone", "debounce"},
		{"shrink", "compress"},
		{"mistake", "panic"},
		{"wait", "block"},
		{"crossroad", "router"},
	}
}

// madeUp is a corpus of repositories in which comments say one word of a concept, and code has the other.
func madeUp(t *testing.T, clones string, repositories int) (corpusFile string) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 9))
	all := concepts()
	list := "repository\trevision\tlicence\tlanguage\n"
	for r := range repositories {
		files := map[string]string{"README.md": "# Made up\n\n" +
			"Whoever wants to discard or postpone asks `doEvictDebounce`, which does both of it at once.\n"}
		for f := range 6 {
			var b strings.Builder
			fmt.Fprintf(&b, "package part%d\n", f)
			for n := range 12 {
				one, two := all[(r+f+n)%len(all)], all[random.IntN(len(all))]
				fmt.Fprintf(&b, "\n// We %s and %s the given of repository%dprivate now.\nfunc do%s%s(x int) int {\n"+
					"\treturn %s(%s, x + %d)\n}\n",
					one[0], two[0], r, capital(one[1]), capital(two[1]), one[1], two[1], random.IntN(9))
			}
			files[fmt.Sprintf("part%d/code.go", f)] = b.String()
			files[fmt.Sprintf("part%d/code_test.go", f)] = fmt.Sprintf("package part%d\n\n"+
				"func TestThingsThatWe%sAndSoOn(t *testing.T) {\n\tdo%s%s(1)\n\tcheck(t, err)\n}\n",
				f, capital(all[f][0]), capital(all[f][1]), capital(all[f+1][1]))
		}
		s := repository(t, clones, fmt.Sprintf("owner/made-up-%d", r), change{"Say all of it at once", files})
		list += strings.Join([]string{s.name, s.revision, s.licence, s.language}, "\t") + "\n"
	}
	corpusFile = filepath.Join(t.TempDir(), "corpus.tsv")
	if err := os.WriteFile(corpusFile, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return corpusFile
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// trained runs the program on a made-up corpus, and returns the name of the model file.
func trained(t *testing.T, corpus, clones string, more ...string) string {
	t.Helper()
	none := filepath.Join(t.TempDir(), "without.tsv")
	if err := os.WriteFile(none, []byte("github\trevision\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "model.bin")
	arguments := append([]string{
		"-corpus", corpus, "-clones", clones, "-without", none, "-out", out,
		"-batch", "32", "-run", "8", "-buckets", "16", "-epochs", "4", "-workers", "2",
	}, more...)
	var said, log bytes.Buffer
	if err := run(t.Context(), arguments, &said, &log); err != nil {
		t.Fatalf("train %v: %v\n%s%s", arguments, err, said.Bytes(), log.Bytes())
	}
	return out
}

// TestTheSameAgain: a corpus, a seed and a number of workers make the same bytes, from clones or from kept pairs.
func TestTheSameAgain(t *testing.T) {
	clones := t.TempDir()
	corpus := madeUp(t, clones, 7) // of which one is held out
	pairs := filepath.Join(t.TempDir(), "pairs")
	read := func(file string) []byte {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, options := range [][]string{nil, {"-hidden", "8", "-bigrams", "40", "-novel", "0.5", "-drop", "0.3", "-commits", "10"}} {
		first := read(trained(t, corpus, clones, options...))
		for _, more := range [][]string{nil, {"-pairs", pairs}, {"-pairs", pairs}} { // anew, keeping pairs, from those
			if !bytes.Equal(first, read(trained(t, corpus, clones, append(more, options...)...))) {
				t.Errorf("%v, %v: other bytes", options, more)
			}
		}
		if bytes.Equal(first, read(trained(t, corpus, clones, append([]string{"-seed", "2"}, options...)...))) {
			t.Errorf("%v: another seed makes the same bytes", options)
		}
		if err := os.Remove(pairs); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatIsLearned: what people say is nearer to the code for it than to other code, in a model that package static
// reads, for words that the training saw together.
func TestWhatIsLearned(t *testing.T) {
	clones := t.TempDir()
	corpus := madeUp(t, clones, 5)
	for name, options := range map[string][]string{"sum": nil, "layer": {"-hidden", "32"}, "bigrams": {"-bigrams", "50"}} {
		m, err := static.Open(trained(t, corpus, clones, append([]string{"-epochs", "12"}, options...)...))
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for _, c := range concepts() {
			best, near := "", float32(-1)
			for _, other := range concepts() {
				if x := cosine(m, c[0], other[1]); x > near {
					best, near = other[1], x
				}
			}
			if best == c[1] {
				right++
			} else {
				t.Logf("%s: %q is nearest to %q", name, c[0], best)
			}
		}
		if right < len(concepts())-1 {
			t.Errorf("%s: %d of %d words are nearest to their code", name, right, len(concepts()))
		}
	}
}

// cosine is that of a question and a piece of code.
func cosine(m *static.Model, asked, code string) (sum float32) {
	var a, b [static.Dimensions]float32
	m.EmbedQueryInto(a[:], asked)
	m.EmbedInto(b[:], code)
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestWordsOfFewRepositoriesHaveNoRow(t *testing.T) {
	var pairs []pair
	for r := range uint16(4) {
		// Word r is the repository's own; word 4 stands in two, word 5 in three, word 6 in all of them.
		said := []count{count(r)<<8 | 1, 6<<8 | 1}
		if r < 2 {
			said = append(said, 4<<8|1)
		}
		if r < 3 {
			said = append(said, 5<<8|1)
		}
		pairs = append(pairs, pair{said, []count{6<<8 | 1}, r, kindDoc})
	}
	names := []string{"one", "two", "three", "four", "intwo", "inthree", "inall"}
	h := defaults().hyper
	h.dimensions, h.buckets = 32, 8
	table := newTable(pairs, names, h)
	if len(table.hashes) != 2 {
		t.Errorf("%d words have a row, want 2", len(table.hashes))
	}
	for w, row := range table.rowOf {
		if own := row < 2; own != (w >= 5) {
			t.Errorf("%s has row %d", names[w], row)
		}
	}
}

func TestKeptPairsOfOtherOptionsAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pairs")
	o := defaults()
	corpus := []source{{name: "a/b", revision: hash}}
	origin := originOf(o, corpus, nil)
	m := mined{
		[]pair{{[]count{0<<8 | 1}, []count{1<<8 | 1, 0<<8 | 3}, 0, kindDocs}, {[]count{1<<8 | 2}, nil, 7, kindDoc}},
		[]string{"zero", "one"},
	}
	if err := writePairs(file, origin, m); err != nil {
		t.Fatal(err)
	}
	got, err := readPairs(file, origin)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(m) {
		t.Errorf("read %v, error %v, want %v", got, err, m)
	}
	more := o
	more.commits = 3
	for name, other := range map[string]string{
		"commits": originOf(more, corpus, nil), "corpus": originOf(o, nil, nil), "left out": originOf(o, nil, corpus),
	} {
		if _, err := readPairs(file, other); !errors.Is(err, errOrigin) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: error %v, want one that names the file", name, err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if err := os.WriteFile(file, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if cut, err := readPairs(file, origin); err == nil && len(cut.pairs) == len(m.pairs) {
			t.Errorf("%d of %d bytes: no error, and all pairs", n, len(data))
		}
	}
	if err := writePairs(file, origin, mined{[]pair{{[]count{9<<8 | 1}, nil, 0, kindDoc}}, nil}); err != nil {
		t.Fatal(err)
	}
	if _, err := readPairs(file, origin); !errors.Is(err, errPairs) {
		t.Errorf("a word that is not there: error %v", err)
	}
}

func TestAnInterruptLeavesNoModel(t *testing.T) {
	clones := t.TempDir()
	corpus := madeUp(t, clones, 3)
	none := filepath.Join(t.TempDir(), "without.tsv")
	if err := os.WriteFile(none, []byte("github\trevision\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "model.bin")
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	arguments := []string{"-corpus", corpus, "-clones", clones, "-without", none, "-out", out, "-batch", "32", "-buckets", "16"}
	// Interrupted once the first epoch has been told.
	err := run(ctx, arguments, writer(func(p []byte) {
		if bytes.Contains(p, []byte("epoch 1 of 2")) {
			stop(enough)
		}
	}), io.Discard)
	if !errors.Is(err, enough) {
		t.Errorf("error %v, want %v", err, enough)
	}
	if files, err := filepath.Glob(out + "*"); err != nil || len(files) > 0 {
		t.Errorf("there is %v", files)
	}
	err = run(t.Context(), append(arguments, "-batch", "5000"), io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-batch") {
		t.Errorf("too few pairs: error %v, want one that names -batch", err)
	}
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
