package static

import (
	"math"
	"sync/atomic"
)

// row is a word's vector and weight. It is immutable.
type row struct {
	hash uint64
	gain int32 // in 1/gainOne
	vec  [Dimensions]int8
}

const (
	// How much of a word's row is its own, its spelling's and its meaning's (as
	// lengths, before the row is scaled). Two words that share all concepts have
	// cosine 2^2 / (1 + 1.5^2 + 2^2) = 0.55, two that share half of their trigrams
	// 0.16 with and 0.35 without concepts.
	//
	// Chosen on the Go library: find a function by the first paragraph of its doc
	// comment, without its name, among the functions of its package. Mean
	// reciprocal rank over 9,598 functions, and by the words of the comment alone
	// that do not stand in the function:
	//
	//	own 1                               0.467  0.060
	//	own 1, meaning 2                    0.468  0.073
	//	own 1, spelling 1.5                 0.493  0.080
	//	own 1, spelling 1.5, meaning 2      0.498  0.085
	//
	// The numbers are flat around these values.
	ownPart      = 1.0
	spellingPart = 1.5
	meaningPart  = 2.0

	// rowNorm is the length of a row: 32 on average in each dimension, so that
	// int8 holds four standard deviations.
	rowNorm = 512

	// trigramSigns is how many of the 256 dimensions a trigram touches: few make
	// it cheap, and 16 make the cosine of two strange trigrams 0 +- 1/16.
	trigramSigns = 16
	// maxSpelled bounds the bytes of a word whose trigrams are taken.
	maxSpelled = 32
)

// Salts keep the hashes of words, trigrams and concepts of one spelling apart.
// They are the first 64-bit words of the fractional parts of sqrt 2, 3 and 5.
const (
	ownSalt     = 0x6a09e667f3bcc908
	trigramSalt = 0xbb67ae8584caa73b
	conceptSalt = 0x3c6ef372fe94f82b
)

// row makes the row of word, whose hash is h. The arithmetic is exact or rounded
// as IEEE 754 says: float64(a*b) forbids the compiler to fuse.
func (l *lexicon) row(word []byte, h uint64) *row {
	r := &row{hash: h, gain: l.gain(word, h)}
	if r.gain == 0 {
		return r
	}
	var own, spelling, meaning [Dimensions]int32
	signs(&own, mix(h^ownSalt), 1)
	trigrams(&spelling, word)
	for _, c := range l.concepts[h] {
		signs(&meaning, c.seed, c.weight)
	}
	a, b, c := scale(&own, ownPart), scale(&spelling, spellingPart), scale(&meaning, meaningPart)
	var sum [Dimensions]float64
	var squares float64
	for i := range &sum {
		v := float64(float64(own[i])*a) + float64(float64(spelling[i])*b)
		v += float64(float64(meaning[i]) * c)
		sum[i] = v
		squares += float64(v * v)
	}
	norm := rowNorm / math.Sqrt(squares)
	for i, v := range &sum {
		r.vec[i] = int8(max(-127, min(127, math.Floor(float64(v*norm)+0.5))))
	}
	return r
}

// scale returns the factor that gives v the length part, 0 for a v of length 0.
func scale(v *[Dimensions]int32, part float64) float64 {
	var squares int64
	for _, x := range v {
		squares += int64(x) * int64(x)
	}
	if squares == 0 {
		return 0
	}
	return part / math.Sqrt(float64(squares))
}

// signs adds weight or -weight to every dimension of v, as the bits of a random
// sequence from seed say.
func signs(v *[Dimensions]int32, seed uint64, weight int32) {
	for i := 0; i < Dimensions; i += 64 {
		seed += golden
		bits := mix(seed)
		for j := range v[i : i+64] {
			v[i+j] += weight * (int32(bits>>j&1)<<1 - 1)
		}
	}
}

// trigrams adds the rows of word's trigrams, of bytes, with one mark before and
// one behind the word.
func trigrams(v *[Dimensions]int32, word []byte) {
	word = word[:min(len(word), maxSpelled)]
	gram := uint64('^')<<8 | uint64(word[0])
	for i := 1; i <= len(word); i++ {
		c := byte('$')
		if i < len(word) {
			c = word[i]
		}
		gram = (gram<<8 | uint64(c)) & 0xffffff
		seed := mix(gram ^ trigramSalt)
		for range trigramSigns / 4 { // four positions of 8 bits and their signs from each 64 bits
			seed += golden
			bits := mix(seed)
			for range 4 {
				v[bits&0xff] += int32(bits>>8&1)<<1 - 1
				bits >>= 16
			}
		}
	}
}

// hash is FNV-1a of 64 bits, finished by mix because FNV's low bits are poor.
func hash(word []byte) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, c := range word {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return mix(h)
}

func hashString(s string) uint64 { return hash([]byte(s)) }

// golden is 2^64 divided by the golden ratio, the step of splitmix64.
const golden = 0x9e3779b97f4a7c15

// mix is the finisher of splitmix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast
// splittable pseudorandom number generators", 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// cacheBits sets the number of rows kept, 32,768: most of what a large program's
// source repeats, in 9 MB.
const cacheBits = 15

// cache keeps rows at one of two places that their hash gives, and forgets
// whichever stood at the first one when both are taken. Readers and writers
// never wait for each other: a lost write costs only a row made twice.
type cache [1 << cacheBits]atomic.Pointer[row]

func (c *cache) get(h uint64) *row {
	if r := c.first(h).Load(); r != nil && r.hash == h {
		return r
	}
	if r := c.second(h).Load(); r != nil && r.hash == h {
		return r
	}
	return nil
}

func (c *cache) put(r *row) {
	if p := c.first(r.hash); p.Load() == nil {
		p.Store(r)
	} else if q := c.second(r.hash); q.Load() == nil {
		q.Store(r)
	} else {
		p.Store(r)
	}
}

func (c *cache) first(h uint64) *atomic.Pointer[row] { return &c[h>>(64-cacheBits)] }
func (c *cache) second(h uint64) *atomic.Pointer[row] {
	return &c[h>>(64-2*cacheBits)&(1<<cacheBits-1)]
}
