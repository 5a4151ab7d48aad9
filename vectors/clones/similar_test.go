package clones

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// plain is the similarity as its definition says, in the plainest way.
func plain(a, b []symbol) float64 {
	if equal(a, b) {
		return 1
	}
	cover := func(s, t []symbol) int {
		has := map[string]int{}
		for i := 0; i+runLength <= len(t); i++ {
			has[run(t[i:i+runLength])]++
		}
		covered := make([]bool, len(s))
		for i := 0; i+runLength <= len(s); i++ {
			if r := run(s[i : i+runLength]); has[r] > 0 {
				has[r]--
				for k := range runLength {
					covered[i+k] = true
				}
			}
		}
		n := 0
		for _, is := range covered {
			if is {
				n++
			}
		}
		return n
	}
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if row[j+1] = max(above, row[j]); x.any() == y.any() {
				row[j+1] = diagonal + 1
			}
			diagonal = above
		}
	}
	return min(nearest, 2*float64(min(cover(a, b), cover(b, a), row[len(b)]))/float64(len(a)+len(b)))
}

func run(s []symbol) string {
	var b strings.Builder
	for i, x := range s {
		fmt.Fprint(&b, x.within(i), " ")
	}
	return b.String()
}

func TestSimilarityIsWhatItsDefinitionSays(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	var c comparison
	for range 2000 {
		make := func() (s []symbol) {
			for range source.IntN(200) {
				s = append(s, [...]symbol{name, name + 2, name + 4, literal, '(', ')', firstKeyword}[source.IntN(2+source.IntN(6))])
			}
			return s
		}
		a, b := make(), make()
		if source.IntN(2) == 0 {
			b = append(append(append([]symbol{}, a[:len(a)/2]...), b[:len(b)/4]...), a[len(a)/2:]...)
		}
		c.with(a)
		there := c.like(b, 0)
		c.with(b)
		back := c.like(a, 0)
		if want := plain(a, b); there != want || back != want {
			t.Fatalf("similarity %v and back %v, want %v of\n%v\n%v", there, back, want, a, b)
		}
	}
}

func TestWhatIsAskedForIsExact(t *testing.T) {
	files, _ := random(60)
	var c comparison
	for i := range files {
		c.with(files[i].symbols)
		for k := range files {
			whole := c.like(files[k].symbols, 0)
			asked := c.like(files[k].symbols, 0.8)
			if (whole >= 0.8 || asked >= 0.8) && whole != asked || asked >= 0.8 != (whole >= 0.8) {
				t.Fatalf("similarity %v, and %v where 0.8 is asked for", whole, asked)
			}
		}
	}
}

func BenchmarkLike(b *testing.B) {
	files, _ := random(100)
	var c comparison
	c.with(files[0].symbols)
	for i := 0; b.Loop(); i++ {
		c.like(files[i%100].symbols, 0.8)
	}
}
