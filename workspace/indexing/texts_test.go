package indexing

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// shelf is a snapshot of documents and the texts that they have now.
type shelf struct {
	view
	texts map[string]string // by path
	reads atomic.Int32
	read  func(n int32) // is told of each
}

func newShelf(t *testing.T, files map[string]string) *shelf {
	t.Helper()
	s := &shelf{texts: files, read: func(int32) {}}
	snapshot := &index.Snapshot{}
	for path, text := range files {
		d := (&Engine{}).cut(index.File{Path: path}, text)
		d.Rows = make([]index.Row, len(d.Chunks))
		seg, err := index.Build(4, []index.Document{d})
		if err != nil {
			t.Fatal(err)
		}
		snapshot = snapshot.With("/w", seg, nil)
	}
	s.view = view{snapshot: snapshot, scope: snapshot.Everywhere()}
	return s
}

// looking looks for what is exact in a query.
func (s *shelf) looking(t *testing.T, query string, limit int) (*looking, search.Query) {
	t.Helper()
	q, err := Ask(query, Criteria{})
	if err != nil || q.Filter.ofTexts() == nil {
		t.Fatalf("%s: %+v, %v", query, q, err)
	}
	read := func(_, rel string) (string, bool) {
		s.read(s.reads.Add(1))
		text, ok := s.texts[rel]
		return text, ok
	}
	l := newLooking(limit, func() *sources {
		cut := func(_, rel, text string, _ bool) chunk.File { return chunk.Cut(rel, text) }
		return &sources{read: read, cut: cut, byPath: map[string]*source{}, texts: q.Filter.texts}
	})
	return l, search.Query{Text: q.Text, Limit: limit + spare, Weights: search.DefaultWeights()}
}

func placesOf(hits []search.Hit) (list []string) {
	for _, h := range hits {
		list = append(list, fmt.Sprintf("%s:%d", strings.TrimPrefix(filepath.ToSlash(h.Path), "/w/"), h.Start))
	}
	slices.Sort(list)
	return list
}

// library are files of random words, of which each chunk is known.
func library(rng *rand.Rand, n int) map[string]string {
	list := []string{
		"retry", "retryUpload", "upload_file", "Upload", "the", "file", "k9", "größe", "(", ")", "->", "\n",
		"\n\nfunc f() {}\n\n", " ", "  ",
	}
	files := map[string]string{}
	for i := range n {
		var b strings.Builder
		for range 20 + rng.IntN(1500) {
			b.WriteString(list[rng.IntN(len(list))])
			if rng.IntN(3) > 0 {
				b.WriteByte(' ')
			}
		}
		files[fmt.Sprintf("d%d/f%d.txt", i%3, i)] = b.String()
	}
	return files
}

// What is found is what a look at every chunk finds: where the index narrows it, where there are words to rank it by, and
// where there are none.
func TestExactIsLookingAtEveryChunk(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	files := library(rng, 40)
	s := newShelf(t, files)
	some := 0
	for _, query := range []string{
		`"the file ("`, `"the upload the"`, `"etry upl"`, `"( retryupload )"`, `"Upload the" -"k9"`, `"größe the"`, `"->"`,
		`"-> ->" "( )"`, `-"the"`,
		`retry "the the"`, `where "nosuch text"`, `re:/the (file|retry) the/`, `re:/^func f/ -re:/k9/`,
		`upload re:/\bk9\b.*\bk9\b/`, `re:/ the \( /`, `-re:/e/`,
	} {
		l, q := s.looking(t, query, search.MaxLimit-spare)
		texts := l.sources().texts
		var want []string
		for id := range s.scope.Each {
			c := s.snapshot.Chunk(id)
			if text := files[c.Of.Path]; texts.Match(text[c.Start:c.End]) {
				want = append(want, fmt.Sprintf("%s:%d", c.Of.Path, c.Start))
			}
		}
		slices.Sort(want)
		some += len(want)
		hits, err := l.exact(t.Context(), s.view, q, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits { // of a merged chunk a definition is shown
			if shown := h.Text[h.Start:h.End]; !texts.Match(shown) {
				t.Errorf("%s: shows %q", query, shown)
			}
		}
		if len(hits) != len(want) {
			t.Errorf("%s finds %d chunks, want %d: %v, %v", query, len(hits), len(want), placesOf(hits), want)
		}
		l, _ = s.looking(t, query, search.MaxLimit-spare)
		ids, err := l.scan(t.Context(), l.sources(), s.snapshot, s.scope, 0)
		if err != nil || len(ids) != len(want) {
			t.Errorf("%s scans %d chunks, want %d, %v", query, len(ids), len(want), err)
		}
		if !slices.IsSortedFunc(ids, func(a, b uint32) int {
			return strings.Compare(s.snapshot.Chunk(a).Of.Path, s.snapshot.Chunk(b).Of.Path)
		}) {
			t.Errorf("%s: not in order of paths", query)
		}
	}
	if some < 100 {
		t.Errorf("the test shows little: %d chunks", some)
	}
}

// What one query reads is bounded, and the answer says what was left out.
func TestExactIsBounded(t *testing.T) {
	s := newShelf(t, library(rand.New(rand.NewPCG(8, 8)), 100))
	for name, bound := range map[string]func(*looking){
		"files": func(l *looking) { l.files = 10 },
		"steps": func(l *looking) { l.steps = 1 },
	} {
		l, _ := s.looking(t, `re:/nosuch|retry{5}/`, 20)
		bound(l)
		s.reads.Store(0)
		hits, err := l.listed(t.Context(), s.view)
		n := int(s.reads.Load())
		if err != nil || len(hits) > 0 || n > readBatch || n < 10 || l.inside != n || l.inside+l.outside != 100 {
			t.Errorf("%s: %d hits, %d reads, %d and %d files, %v", name, len(hits), n, l.inside, l.outside, err)
		}
		want := fmt.Sprintf("re:/nosuch|retry{5}/ was looked for in %d of 100 files, the first by their paths: ", n)
		if got := l.warning(l.sources().texts); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	// Where the first screen is full, nothing more is read, and nothing left out.
	l, _ := s.looking(t, `re:/retry/`, 3)
	s.reads.Store(0)
	if hits, err := l.listed(t.Context(), s.view); err != nil || len(hits) != 3 || l.outside > 0 || s.reads.Load() > readBatch+3 {
		t.Errorf("a full screen: %d hits, %d reads, %v", len(hits), s.reads.Load(), err)
	}
}

// A query that is cancelled reads no more than what is under way.
func TestExactEndsWhenCancelled(t *testing.T) {
	s := newShelf(t, library(rand.New(rand.NewPCG(9, 9)), 200))
	why := errors.New("why")
	for name, query := range map[string]string{"listed": `re:/nosuch|retry{5}/`, "exact": `the file re:/nosuch|retry{5}/`} {
		ctx, cancel := context.WithCancelCause(t.Context())
		s.reads.Store(0)
		s.read = func(n int32) {
			if n == 40 {
				cancel(why)
			}
		}
		l, q := s.looking(t, query, 20)
		find := func() ([]search.Hit, error) { return l.exact(ctx, s.view, q, true) }
		if name == "listed" {
			find = func() ([]search.Hit, error) { return l.listed(ctx, s.view) }
		}
		hits, err := find()
		if n := s.reads.Load(); !errors.Is(err, why) || hits != nil || n > 40+readBatch {
			t.Errorf("%s: %d hits, %d reads, %v", name, len(hits), n, err)
		}
		cancel(nil)
	}
}
