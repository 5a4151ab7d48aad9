package index

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// scopes are some of a snapshot whose files are dead here and there.
func scopes(t *testing.T, s *Snapshot) map[string]Scope {
	return map[string]Scope{
		"everywhere": s.Everywhere(),
		"d1":         s.Under([]Place{{"/w", "d1"}, {"/x", "d1"}}),
		"sifted":     sift(t, s.Everywhere(), &Sieved{}, Sieve{File: func(f FileName) bool { return string(f.Language()) == "go" }}),
		"few":        s.Everywhere().Only([]uint32{2, 3, 300, 301}),
		"none":       s.Everywhere().Only(nil),
		"nothing":    (&Snapshot{}).Everywhere(),
	}
}

// What a scope lists is what it holds, by roots and paths.
func TestByPathIsInOrder(t *testing.T) {
	s := mixed(t)
	for name, scope := range scopes(t, s) {
		var got, want []uint32
		var paths []string
		for f := range scope.ByPath {
			got = append(got, f.Chunks...)
			paths = append(paths, f.Root+"\x00"+f.Path())
			for _, id := range f.Chunks {
				if c := s.Chunk(id); c.Root != f.Root || c.Of.Path != f.Path() {
					t.Errorf("%s: chunk %d is of %s, listed with %s", name, id, c.Of.Path, f.Path())
				}
			}
		}
		for id := range scope.Each {
			want = append(want, id)
		}
		if !slices.IsSorted(paths) || len(slices.Compact(slices.Clone(paths))) != len(paths) {
			t.Errorf("%s: %q", name, paths)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d chunks, want %d", name, len(got), len(want))
		}
		if n := len(paths); n > 3 {
			for range scope.ByPath {
				if n--; n == len(paths)-3 {
					break
				}
			}
			if n != len(paths)-3 {
				t.Errorf("%s: it goes on after the end", name)
			}
		}
	}
}

func TestOnlyIsThese(t *testing.T) {
	s := mixed(t)
	for _, ids := range [][]uint32{{0}, {5, 64, 300}, nil} {
		var got []uint32
		for id := range s.Everywhere().Only(ids).Each {
			got = append(got, id)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%v, want %v", got, ids)
		}
	}
}

// What a scope has is what the postings say of each of its chunks.
func TestHavingIsAskingEachTerm(t *testing.T) {
	s := mixed(t)
	word := func(w string) uint64 { return words.HashString(w) }
	found := 0
	for name, scope := range scopes(t, s) {
		for _, lists := range [][][]uint64{
			nil,
			{{word("func")}},
			{{word("nosuch"), word("x")}},
			{{word("func")}, {word("x")}},
			{{word("nosuch")}},
			{{}},
		} {
			var got, want []uint32
			for id := range scope.Each {
				all := true
				for _, terms := range lists {
					has := false
					for _, term := range terms {
						s.Having(term, func(other uint32) { has = has || other == id })
					}
					all = all && has
				}
				if all {
					want = append(want, id)
				}
			}
			narrow, err := scope.Having(t.Context(), lists)
			if err != nil {
				t.Fatal(err)
			}
			for id := range narrow.Each {
				got = append(got, id)
			}
			if found += len(want); !slices.Equal(got, want) {
				t.Errorf("%s, %x: %d chunks, want %d", name, lists, len(got), len(want))
			}
		}
	}
	if found == 0 {
		t.Error("the test shows nothing")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if _, err := s.Everywhere().Having(ctx, [][]uint64{{1}}); !errors.Is(err, why) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFileNamesHaveTheirClass(t *testing.T) {
	seg, err := Build(dims, []Document{
		{File: File{Path: "a.go", Language: "go"}}, {File: File{Path: "a_test.go", Language: "go"}}, {File: File{
			Path:     "a.md",
			Language: "markdown",
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for f, want := range []Class{0, ClassTest, ClassProse} {
		if n := (FileName{"/w", seg, f}); n.Class() != want || !strings.HasPrefix(n.Path(), "a") {
			t.Errorf("%s: class %d, want %d", n.Path(), n.Class(), want)
		}
	}
}
