package index

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

var update = flag.Bool("update", false, "write down what TextVersion makes of the corpus")

// corpus returns the texts of testdata/text, alone and several times over, and some
// that nobody would write into a file.
func corpus(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/text/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(data), "\r\n", "\n") // where git has made them so
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		texts[name] = text
		texts["many/"+name] = strings.Repeat(text, 6)
	}
	retry := texts["retry.go"]
	texts["odd/long_func.go"] = "package odd\n\n// run does everything.\nfunc run() {\n" + strings.Repeat("\tstep(one, twoThree)\n\n\tif err != nil {\n\t\treturn\n\t}\n", 150) + "}\n"
	texts["odd/longLine.js"] = "const table = [" + strings.Repeat("1234, \"entry\", ", 800) + "];"
	texts["odd/crlf.go"] = strings.ReplaceAll(retry, "\n", "\r\n")
	texts["odd/torn.go"] = retry[:len(retry)*2/3]
	texts["odd/bytes.txt"] = "caf\xe9 \xff\xfe na\xc3 ve\x00 end"
	texts["odd/empty.go"] = ""

	// Of every length and size, so that a limit that moves is noticed wherever it is.
	var stems, lengths, functions, remarks strings.Builder
	for _, base := range []string{"a", "go", "run", "plan", "copy", "index", "class", "valid", "process", "transfer"} {
		for _, ending := range strings.Fields("s es ies y ied ed eed ing ning er ner or ion tion sion ation ization isation ize ly ally e ee ment ness able") {
			fmt.Fprintf(&stems, "%s%s ", base, ending)
		}
	}
	for n := range 110 {
		fmt.Fprintf(&lengths, "%s %s_%d\n", strings.Repeat("x", n), strings.Repeat("Ab", n/2), n)
	}
	for n := range 250 {
		fmt.Fprintf(&remarks, "# %s\n\ndef r%d():\n%s\n\n", strings.Repeat("x", n), n, strings.Repeat("    step(it)\n", 60))
	}
	seed := uint32(1)
	upTo := func(n int) int { // not math/rand, which may change
		seed = seed*1664525 + 1013904223
		return int(seed>>16) % n
	}
	for n := range 1500 {
		fmt.Fprintf(&functions, "// f%d %s.\nfunc f%d() {\n", n, strings.Repeat("counts ", n%7), n)
		most := 20
		if n%5 == 4 {
			most = 250
		}
		for range upTo(most) {
			fmt.Fprintf(&functions, "%s%s%s\n", strings.Repeat("\t", 1+upTo(3)), strings.Repeat("x", 1+upTo(20)), strings.Repeat("\n", upTo(4)/3))
		}
		functions.WriteString("}\n\n")
	}
	texts["odd/stems.txt"], texts["odd/lengths.txt"] = stems.String(), lengths.String()
	texts["odd/functions.go"], texts["odd/remarks.py"] = functions.String(), remarks.String()
	return texts
}

// textParts returns, as text, all that is stored of a file and depends on how texts
// are read.
func textParts(t *testing.T, path, text string) map[string]string {
	t.Helper()
	f := chunk.Cut(path, text)
	var cut, post strings.Builder
	fmt.Fprintln(&cut, f.Language)
	for _, c := range f.Chunks {
		fmt.Fprintln(&cut, c.Start, c.End, c.NameStart, c.NameEnd, int(c.Kind), c.Symbol, c.Container, c.Signature, c.Skip)
	}
	for _, s := range f.Symbols {
		fmt.Fprintln(&cut, s.DocStart, s.NameStart, s.NameEnd, s.Name)
	}
	seg, err := Build(0, []Document{{File: File{Path: path, Hash: HashText(text)}, Text: text, Chunks: f.Chunks, Symbols: f.Symbols, Rows: make([]Row, len(f.Chunks))}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range seg.chunkCount {
		c := seg.Chunk(uint32(i))
		fmt.Fprintln(&post, seg.postings.Length(uint32(i)), c.Hash, seg.chunkRecord(uint32(i))[40:]) // its kinds, as they are stored
	}
	for i := range seg.postings.Terms() {
		hash, list := seg.postings.Term(i)
		fmt.Fprintf(&post, "%x %d %v\n", hash, list.Groups, list.Append(nil))
	}
	class, said := seg.class(0), seg.pathWords(0)
	fmt.Fprintln(&post, class, said)
	fmt.Fprintf(&post, "%x", seg.File(0).Hash)
	return map[string]string{"words": strings.Join(words.Of(text), "\n"), "chunks": cut.String(), "postings": post.String()}
}

// What a version of the program has stored, the next one searches: as soon as any of
// it would be stored differently, TextVersion has to say so.
func TestTextVersion(t *testing.T) {
	const file = "testdata/textversion"
	now := map[string]string{}
	for path, text := range corpus(t) {
		for part, content := range textParts(t, path, text) {
			now[part+" "+path] = fmt.Sprintf("%x", sha256.Sum256([]byte(content)))[:16]
		}
	}
	data, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	version, then := 0, map[string]string{}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if i == 0 {
			_, _ = fmt.Sscanf(line, "version %d", &version)
		} else if at := strings.LastIndexByte(line, ' '); at > 0 {
			then[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	var missing, changed []string
	for what, hash := range now {
		if was, ok := then[what]; !ok {
			missing = append(missing, what)
		} else if was != hash {
			changed = append(changed, what)
		}
	}
	slices.Sort(changed)
	switch {
	case len(changed) > 0 && version == TextVersion:
		t.Fatalf("what is stored of a text has changed: old indexes would mix with new queries.\nBump index.TextVersion, then go test ./vectors/index -run TestTextVersion -update\nchanged: %s", strings.Join(changed, ", "))
	case *update:
		var b strings.Builder
		fmt.Fprintf(&b, "version %d\n", TextVersion)
		for _, what := range slices.Sorted(maps.Keys(now)) {
			fmt.Fprintln(&b, what, now[what])
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	case version != TextVersion || len(missing) > 0 || len(then) != len(now):
		t.Fatalf("%s is of version %d and lacks %q: go test ./vectors/index -run TestTextVersion -update", file, version, missing)
	}
}
