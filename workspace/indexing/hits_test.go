package indexing

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// moved indexes a document, looks for what is like query in it, and shows it as the
// document says now. It returns how often that was read and cut.
func moved(t *testing.T, path, indexed, now, query string) (hits []search.Hit, reads, cuts int) {
	t.Helper()
	d := (&Engine{}).cut(index.File{Path: path}, indexed)
	d.Rows = make([]index.Row, len(d.Chunks))
	seg, err := index.Build(4, []index.Document{d})
	if err != nil {
		t.Fatal(err)
	}
	s := (&index.Snapshot{}).With("/w", seg, nil)
	found, err := search.Rank(t.Context(), s, s.Everywhere(), search.Query{Text: query, Limit: 20, Weights: search.DefaultWeights()})
	if err != nil {
		t.Fatal(err)
	}
	sources := &sources{
		read:   func(string, string) (string, bool) { reads++; return now, true },
		cut:    func(_, rel, text string, _ bool) chunk.File { cuts++; return chunk.Cut(rel, text) },
		byPath: map[string]*source{},
	}
	if hits, err = sources.hits(t.Context(), s, found, 20); err != nil {
		t.Fatal(err)
	}
	return hits, reads, cuts
}

// A document is read once for all the hits in it, and cut once, if at all.
func TestADocumentIsCutOnceForAllItsHits(t *testing.T) {
	alone, merged := "package store\n\n", "package store\n\n"
	for i := range 40 {
		alone += fmt.Sprintf("// retry%d uploads the file again.\nfunc retry%d() {\n%s}\n\n", i, i, strings.Repeat("\tupload(file)\n", 50))
	}
	for i := range 1000 {
		merged += fmt.Sprintf("// again%d.\nfunc again%d() { upload() }\n\n", i, i)
	}
	const line = "// One more line.\n"
	for _, c := range []struct {
		name, indexed, now string
		cuts               int
	}{
		{"nothing moved", alone, alone, 0},
		{"all moved", alone, line + alone, 1},
		{"several definitions in a chunk", merged, merged, 1},
		{"and all moved", merged, line + merged, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			hits, reads, cuts := moved(t, "a.go", c.indexed, c.now, "upload")
			if len(hits) != 20 || reads != 1 || cuts != c.cuts {
				t.Errorf("%d hits read their document %d times and cut it %d times, want 20, 1 and %d", len(hits), reads, cuts, c.cuts)
			}
			for _, h := range hits {
				if !strings.Contains(h.Text[h.Start:h.End], "func "+h.Symbol+"()") {
					t.Errorf("%s stands in %q", h.Symbol, h.Text[h.Start:h.End])
				}
			}
		})
	}
}

// Below the first twenty no document is outlined, and what is shown is still what it says: a definition by its own name.
func TestOnlyTheFirstHitsAreOutlined(t *testing.T) {
	files := map[string]string{}
	var documents []index.Document
	for i := range 60 {
		name := fmt.Sprintf("f%d.go", i)
		files[name] = fmt.Sprintf("package store\n\n// again%d.\nfunc again%d() { upload() }\n\n// more%d.\nfunc more%d() { upload() }\n", i, i, i, i)
		d := (&Engine{}).cut(index.File{Path: name}, files[name])
		d.Rows = make([]index.Row, len(d.Chunks))
		documents = append(documents, d)
	}
	seg, err := index.Build(4, documents)
	if err != nil {
		t.Fatal(err)
	}
	s := (&index.Snapshot{}).With("/w", seg, nil)
	found, err := search.Rank(t.Context(), s, s.Everywhere(), search.Query{Text: "upload", Limit: 60, Weights: search.DefaultWeights()})
	if err != nil {
		t.Fatal(err)
	}
	var cuts atomic.Int32
	sources := &sources{
		read:   func(_, rel string) (string, bool) { return files[rel], true },
		cut:    func(_, rel, text string, _ bool) chunk.File { cuts.Add(1); return chunk.Cut(rel, text) },
		byPath: map[string]*source{},
	}
	hits, err := sources.hits(t.Context(), s, found, 60)
	if err != nil {
		t.Fatal(err)
	}
	if len(hits) != 60 || cuts.Load() != exactly {
		t.Errorf("%d hits, %d documents outlined, want 60 and %d", len(hits), cuts.Load(), exactly)
	}
	for _, h := range hits {
		if h.Symbol == "" || h.Text[h.NameStart:h.NameEnd] != h.Symbol {
			t.Errorf("the name of %q is at %q", h.Symbol, h.Text[h.NameStart:h.NameEnd])
		}
	}
}

// Chunks of one text that moved are as many hits, each in its own class.
func TestChunksOfOneTextMoveToTheirOwnPlaces(t *testing.T) {
	method := "    def upload(self):\n" + strings.Repeat("        self.send(self.file)\n", 30) + "\n"
	class := func(name string) string {
		return "class " + name + ":\n    def ready(self):\n" + strings.Repeat("        return self.file\n", 30) + "\n" + method + method
	}
	hits, _, _ := moved(t, "a.py", class("First")+class("Second"), "# They change places.\n"+class("Second")+class("First"), "upload")
	var found []string
	for _, h := range hits {
		if h.Symbol == "upload" {
			found = append(found, fmt.Sprintf("%s at %d", h.Container, h.Start))
			if class := strings.LastIndex(h.Text[:h.Start], "class "); !strings.HasPrefix(h.Text[class:], "class "+h.Container+":") {
				t.Errorf("%s.upload is shown in %.20q", h.Container, h.Text[class:])
			}
		}
	}
	slices.Sort(found)
	if len(found) != 4 || len(slices.Compact(slices.Clone(found))) != 4 {
		t.Errorf("two methods each of two classes are found as %v", found)
	}
}

// An index of before does not say that a chunk has no definition of the kinds: it is no hit.
func TestAChunkOfOtherKindsIsNoHit(t *testing.T) {
	text := "package a\n\ntype Upload struct{}\n\nfunc retry() {}\n"
	outline := chunk.Cut("a.go", text)
	src := &source{path: "/w/a.go", text: text, ok: true, symbols: func() *chunk.File { return &outline }, taken: map[int]bool{}}
	c := outline.Chunks[len(outline.Chunks)-1]
	found := index.Found{Root: "/w", Of: index.File{Path: "a.go"}, Chunk: index.Chunk{
		Start: uint32(c.Start), End: uint32(c.End), NameStart: uint32(c.NameStart), NameEnd: uint32(c.NameEnd),
		Symbol: c.Symbol, Kind: c.Kind, Merged: true,
	}}
	snippets := search.NewSnippets([]index.Term{index.Single("upload", 1)})
	for kind, want := range map[chunk.Kind]string{chunk.Struct: "Upload", chunk.Function: "retry", chunk.Enum: ""} {
		kinds := index.KindsOf(kind)
		h := src.hit(found, 1, snippets, kinds, nil, true)
		if kinds.Has(h.Kind) != (want != "") || want != "" && h.Symbol != want {
			t.Errorf("%s is %s %s, want %q", kind, h.Kind, h.Symbol, want)
		}
	}
}

// Of several small definitions in one chunk, each that has the name is a hit of its own, and in
// a sentence it is the one that is named.
func TestAHitIsTheDefinitionThatIsNamed(t *testing.T) {
	text := "package a\n\nconst (\n\tuploadLimit = 1\n\tdownloadLimit = 2\n\tuploadRetries = 3\n)\n\n" +
		"func retryUpload() {}\n\nfunc limit() {}\n"
	shown := func(query string) (list []string) {
		hits, _, _ := moved(t, "a.go", text, text, query)
		for _, h := range hits {
			if got := h.Text[h.NameStart:h.NameEnd]; got != h.Symbol {
				t.Errorf("%s: the name of %s is at %q", query, h.Symbol, got)
			}
			list = append(list, h.Symbol)
		}
		return list
	}
	for query, want := range map[string]string{
		"uploadRetries": "uploadRetries",
		"upl":           "uploadLimit uploadRetries retryUpload",
		"uR":            "uploadRetries",
		"limit":         "limit uploadLimit downloadLimit",
		"downloadLimti": "downloadLimit",
		"where is downloadLimit compared with zero": "downloadLimit",
		"where is retryUplaod called with nil":      "retryUpload",
	} {
		if got := strings.Join(shown(query), " "); got != want {
			t.Errorf("%s finds %s, want %s", query, got, want)
		}
	}
}
