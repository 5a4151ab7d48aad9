package clones

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func catalogue(t *testing.T, files []File) *Lookup {
	t.Helper()
	c, err := NewCatalogue(t.Context(), files, Options{Tasks: 2})
	if err != nil {
		t.Fatal(err)
	}
	return c.Lookup()
}

func TestLookingUp(t *testing.T) {
	added := strings.Replace(retry, "\t\ttime.Sleep", "\t\tmetrics.Failed.Add(1)\n\t\ttime.Sleep", 1)
	l := catalogue(t, whole("go", parse, retry, added, renamed, parse))
	strange := strings.Replace(parse, "Cut", "Index", -1) + "\n"
	cases := []struct{ name, text, want string }{
		{"what is there, twice, and with a line more", retry, "1.00 1, 1.00 3, 0.95 2"},
		{"what has other names", renamed, "1.00 1, 1.00 3, 0.95 2"},
		{"the other one", strange, "1.00 0, 1.00 4"},
		{"what is not there", lines(1, 2, 3, 4, 5, 6, 7, 8, 9), ""},
	}
	for _, c := range cases {
		f := whole("go", c.text)[0]
		pieces := f.Pieces()
		if len(pieces) != 1 || pieces[0].Chunk || pieces[0].Number != 0 || pieces[0].From != 0 || pieces[0].To != len(f.symbols) {
			t.Fatalf("%s: pieces %+v", c.name, pieces)
		}
		var list []string
		for _, found := range l.Similar(&f, pieces[0], 0.8) {
			list = append(list, fmt.Sprintf("%.2f %d", found.Like, found.File))
		}
		if got := strings.Join(list, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	empty := catalogue(t, nil)
	f := whole("go", retry)[0]
	if found := empty.Similar(&f, f.Pieces()[0], 0.8); len(found) > 0 {
		t.Errorf("in nothing %v is found", found)
	}
}

// Beside comparing each with all, looking up misses little, also of pieces that are not in the catalogue; and nothing is found
// that is not similar.
func TestLookingUpMissesLittle(t *testing.T) {
	files, _ := random(450)
	l := catalogue(t, files[:300])
	var c comparison
	pairs, missed := 0, 0
	for i := range files {
		f := &files[i]
		var want []Copy
		c.with(f.symbols)
		for k := range files[:300] {
			if like := c.like(files[k].symbols, 0.8); like >= 0.8 {
				want = append(want, Copy{File: k, Like: like})
			}
		}
		got := l.Similar(f, f.Pieces()[0], 0.8)
		if !slices.IsSortedFunc(got, func(a, b Copy) int { return cmp.Compare(b.Like, a.Like) }) {
			t.Fatalf("not the most similar first: %v", got)
		}
		for _, w := range want {
			pairs++
			if !slices.Contains(got, w) {
				missed++
			}
		}
		for _, g := range got {
			if !slices.Contains(want, g) {
				t.Fatalf("%v is found and not similar", g)
			}
		}
	}
	if pairs < 400 || missed*20 > pairs {
		t.Errorf("of %d pairs %d are missed", pairs, missed)
	}
}

// What is long is found where it is equal, and many of a kind are found up to a number.
func TestLookingUpIsBounded(t *testing.T) {
	var numbers []int
	for i := range 1500 {
		numbers = append(numbers, i)
	}
	long := lines(numbers...)
	other := strings.Replace(long, "f0", "g0", 1)
	texts := []string{long, other}
	for range 2 * mostFound {
		texts = append(texts, retry)
	}
	files := whole("go", texts...)
	if n := len(files[0].symbols); n <= mostSymbols {
		t.Fatalf("%d symbols are not many", n)
	}
	l := catalogue(t, files)
	if found := l.Similar(&files[0], files[0].Pieces()[0], 0.8); len(found) < 1 || found[0] != (Copy{File: 0, Like: 1}) {
		t.Errorf("of what is long %v is found", found)
	}
	if found := l.Similar(&files[2], files[2].Pieces()[0], 0.8); len(found) != mostFound {
		t.Errorf("%d are found, want %d", len(found), mostFound)
	}
}

func TestACatalogueIsCancelled(t *testing.T) {
	files, _ := random(200)
	reason := errors.New("enough")
	units := 0
	count := func(ctx context.Context, work work) error { units++; return work(ctx) }
	if _, err := NewCatalogue(t.Context(), files, Options{Unit: count}); err != nil || units < 5 {
		t.Fatalf("%d units, %v", units, err)
	}
	for n := range units {
		ctx, cancel := context.WithCancelCause(t.Context())
		left := n
		c, err := NewCatalogue(ctx, files, Options{Unit: func(ctx context.Context, work work) error {
			if left--; left < 0 {
				cancel(reason)
			}
			return work(ctx)
		}})
		if !errors.Is(err, reason) || c != nil {
			t.Errorf("cancelled in unit %d: %v, %v", n, c, err)
		}
		cancel(nil)
	}
}
