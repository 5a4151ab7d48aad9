package synthetic

import (
	_ "embed"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed words.tsv
var wordsText string

// vocabulary draws identifiers that are new to a directory.
type vocabulary struct {
	alone, part sampler
	compounds   []string // by rank, made when they are drawn
	ranked      zipf
	parts       []float64 // shares of compounds of up to two parts, three, and so on
}

func newVocabulary() *vocabulary {
	v := &vocabulary{compounds: make([]string, compoundRanks), ranked: newZipf(compoundS, compoundQ, compoundRanks)}
	var texts []string
	var alone, part []float64
	for line := range strings.Lines(wordsText) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			continue
		}
		a, errA := strconv.ParseFloat(fields[1], 64)
		p, errP := strconv.ParseFloat(fields[2], 64)
		if errA != nil || errP != nil {
			panic("words.tsv: " + line) // compiled in: a test that makes a collection has read them all
		}
		texts, alone, part = append(texts, fields[0]), append(alone, a/1e6), append(part, p/1e6)
	}
	v.alone, v.part = newSampler(texts, alone, wordTail), newSampler(texts, part, partTail)
	sum := 0.0
	for _, share := range partsShare {
		sum += share
		v.parts = append(v.parts, sum)
	}
	return v
}

// draw draws one of a kind.
func (v *vocabulary) draw(k kind, r *rand.Rand) string {
	switch k {
	case word:
		return v.alone.draw(r)
	case number:
		return strconv.Itoa(int(min(powerLaw(r, numberTail), 1<<40)) - 1)
	case part:
		return v.part.draw(r)
	}
	rank := v.ranked.draw(r)
	if v.compounds[rank] == "" {
		own := rand.New(rand.NewPCG(uint64(rank), 0)) // whoever draws the rank first, it is the same
		v.compounds[rank] = v.compose(own, func() string { return v.part.draw(own) })
	}
	return v.compounds[rank]
}

// compose writes parts end to end, as Go does or as C does.
func (v *vocabulary) compose(r *rand.Rand, part func() string) string {
	x := r.Float64() * v.parts[len(v.parts)-1]
	n := 2
	for n-2 < len(v.parts)-1 && v.parts[n-2] < x {
		n++
	}
	snake := r.IntN(2) == 0
	b := make([]byte, 0, 48)
	for i := range n {
		next, at := part(), len(b)
		if snake && i > 0 {
			b = append(b, '_')
		}
		b = append(b, next...)
		if !snake && i > 0 && b[at] >= 'a' && b[at] <= 'z' {
			b[at] -= 'a' - 'A'
		}
	}
	return string(b)
}

// sampler draws words: listed ones by Walker's alias method, and for what is left of their shares invented ones.
type sampler struct {
	texts []string
	keep  []float64
	alias []int
	tail  float64 // exponent of the invented ones
}

// newSampler takes the share of each text; what they lack to 1 is that of invented words.
func newSampler(texts []string, shares []float64, tail float64) sampler {
	s := sampler{texts: texts, tail: tail}
	rest := 1.0
	for _, share := range shares {
		rest -= share
	}
	shares = append(shares[:len(shares):len(shares)], max(0, rest))
	n := len(shares)
	s.keep, s.alias = make([]float64, n), make([]int, n)
	var small, large []int
	for i, share := range shares {
		s.keep[i] = share * float64(n)
		if s.keep[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		a, b := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		s.alias[a] = b
		if s.keep[b] -= 1 - s.keep[a]; s.keep[b] < 1 {
			large = large[:len(large)-1]
			small = append(small, b)
		}
	}
	for _, i := range append(small, large...) {
		s.keep[i] = 1
	}
	return s
}

func (s *sampler) draw(r *rand.Rand) string {
	i := r.IntN(len(s.keep))
	if r.Float64() >= s.keep[i] {
		i = s.alias[i]
	}
	if i < len(s.texts) {
		return s.texts[i]
	}
	return invent(uint64(tailRank * powerLaw(r, s.tail)))
}

// powerLaw draws a number from 1 on whose density falls with that exponent.
func powerLaw(r *rand.Rand, exponent float64) float64 {
	return math.Pow(1-r.Float64(), -1/(exponent-1))
}

// invent is the word of a rank: syllables, and an ending that no stemmer takes for one.
func invent(rank uint64) string {
	const consonants, vowels = "bdfgklmnprtvz", "aeiou"
	b := make([]byte, 0, 16)
	for ; ; rank /= uint64(len(consonants) * len(vowels)) {
		at := rank % uint64(len(consonants)*len(vowels))
		b = append(b, consonants[at%uint64(len(consonants))], vowels[at/uint64(len(consonants))])
		if rank < uint64(len(consonants)*len(vowels)) {
			return string(append(b, 'q'))
		}
	}
}

// zipf draws ranks from 0 on, the share of rank r being about (r + q) ^ -s, for s below 1: by the inverse of the
// distribution's integral.
type zipf struct{ q, power, low, width float64 }

func newZipf(s, q float64, ranks int) zipf {
	z := zipf{q: q, power: 1 / (1 - s), low: math.Pow(q+0.5, 1-s)}
	z.width = math.Pow(float64(ranks)+q-0.5, 1-s) - z.low
	return z
}

func (z zipf) draw(r *rand.Rand) int {
	return int(math.Pow(z.low+r.Float64()*z.width, z.power) - z.q - 0.5)
}
