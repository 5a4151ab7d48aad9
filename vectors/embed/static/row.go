package static

import (
	"encoding/binary"
	"math"
	"sync/atomic"
	"unsafe"
)

// Word is what the model knows of a word: its vector and weight. It is immutable.
type Word struct {
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
	// maxSpelled bounds the bytes of a word whose trigrams are taken. Signs of what
	// repeats one letter add up to some 60 of the 127 that an int8 holds.
	maxSpelled = 32
)

// Salts keep the hashes of words, trigrams and concepts of one spelling apart.
// They are the first 64-bit words of the fractional parts of sqrt 2, 3 and 5.
const (
	ownSalt     = 0x6a09e667f3bcc908
	trigramSalt = 0xbb67ae8584caa73b
	conceptSalt = 0x3c6ef372fe94f82b
)

// row makes the row of word, whose hash is h, in integers: parts in 1/partOne, so that
// a product fits 32 bits and a sum of squares 64.
func (l *lexicon) row(word []byte, h uint64) *Word {
	r := &Word{hash: h, gain: l.gain(word, h)}
	if r.gain == 0 {
		return r
	}
	own := ownBits(word)
	if concepts := l.concepts[h]; len(concepts) > 0 {
		r.vec = withMeaning(&own, word, concepts)
	} else {
		r.vec = withoutMeaning(&own, word)
	}
	return r
}

// ownBits are the signs of a word's own part, a set bit for 1 and another for -1.
func ownBits(word []byte) (own [Dimensions / 64]uint64) {
	seed := mix(seedOf(word) ^ ownSalt)
	for i := range own {
		seed += golden
		own[i] = mix(seed)
	}
	return own
}

// withMeaning makes the row of a word with concepts.
func withMeaning(own *[Dimensions / 64]uint64, word []byte, concepts []concept) (vec [Dimensions]int8) {
	var sum, meaning [Dimensions]int32
	var spelling [Dimensions]int8
	var signed spellings
	for _, four := range signed[:signed.spell(word)] {
		for range 4 {
			spelling[uint8(four)] += int8(four>>8&1)<<1 - 1
			four >>= 16
		}
	}
	for _, c := range concepts {
		signs(&meaning, c.seed, c.weight)
	}
	var spelled, meant int64
	for i, v := range &meaning {
		spelled += int64(spelling[i]) * int64(spelling[i])
		meant += int64(v) * int64(v)
	}
	one, spell, mean := scale(Dimensions, ownPart), scale(spelled, spellingPart), scale(meant, meaningPart)
	var squares int64
	for i := range &sum {
		sign := int32(own[i/64]>>(i%64)&1)<<1 - 1
		v := sign*one + int32(spelling[i])*spell + meaning[i]*mean
		squares += int64(v) * int64(v)
		sum[i] = v
	}
	factor := toNorm(squares)
	for i, v := range &sum {
		vec[i] = rounded(v, factor)
	}
	return vec
}

// withoutMeaning makes the row of another word, of which there are many times as many:
// what withMeaning would, but in few steps. Most components are the own signs, spread
// eight at a time; the trigrams touch the rest, and those have few values, in a table.
func withoutMeaning(own *[Dimensions / 64]uint64, word []byte) (vec [Dimensions]int8) {
	signs := spreadSigns(own, 1, -1)
	var spelling [Dimensions]int8
	var signed spellings
	touched := signed[:signed.spell(word)]
	var spelled, cross int32 // products of the spelling with itself and with the own signs
	for _, four := range touched {
		for range 4 {
			at, sign := uint8(four), int32(four>>7&2)-1
			x := int32(spelling[at])
			spelled += 2*x*sign + 1
			cross += sign * int32(signs[at])
			spelling[at] = int8(x + sign)
			four >>= 16
		}
	}
	one, spell := scale(Dimensions, ownPart), scale(int64(spelled), spellingPart)
	factor := toNorm(Dimensions*int64(one)*int64(one) + int64(spell)*int64(spell)*int64(spelled) + 2*int64(one)*int64(spell)*int64(cross))
	vec = spreadSigns(own, rounded(one, factor), rounded(-one, factor))
	var table [32]int8 // by the spelling's value, and with 16 more for a sign of 1
	for x := int32(-mostTable); x <= mostTable; x++ {
		table[x+8] = rounded(x*spell-one, factor)
		table[x+24] = rounded(x*spell+one, factor)
	}
	for _, four := range touched {
		for range 4 {
			at := uint8(four)
			sign, x := int32(signs[at]), int32(spelling[at])
			if uint32(x+mostTable) <= 2*mostTable {
				vec[at] = table[(x+8*sign+16)&31]
			} else {
				vec[at] = rounded(sign*one+x*spell, factor)
			}
			four >>= 16
		}
	}
	return vec
}

// spreadSigns returns plus for each bit of own that is set, and minus for the others,
// eight at a time.
func spreadSigns(own *[Dimensions / 64]uint64, plus, minus int8) (vec [Dimensions]int8) {
	const ones = 0x0101010101010101
	bytes := (*[Dimensions]byte)(unsafe.Pointer(&vec)) // which PutUint64 takes
	set, clear := ones*uint64(uint8(plus)), ones*uint64(uint8(minus))
	for i, bits := range own {
		for j := range 8 {
			mask := spread[byte(bits>>(8*j))]
			binary.LittleEndian.PutUint64(bytes[64*i+8*j:], mask&set|^mask&clear)
		}
	}
	return vec
}

// mostTable is up to which value of a component of the spelling the table reaches: it
// has room for 7, and few words get to 4.
const mostTable = 4

// spread has, for each byte, a byte of all ones for each bit that is set in it.
var spread = func() (t [256]uint64) {
	for b := range t {
		for i := range 8 {
			t[b] |= uint64(b>>i&1) * 0xff << (8 * i)
		}
	}
	return t
}()

// partOne is a part of length 1. A component of a part is at most the part's length.
const partOne = 1 << 16

// scale returns the factor that gives a vector of so many squares the length part; 0
// for one of length 0.
func scale(squares int64, part float64) int32 {
	if squares == 0 {
		return 0
	}
	return int32(math.Round(part * partOne / math.Sqrt(float64(squares))))
}

// toNorm returns the factor, in 2^-32, that gives a vector of so many squares the
// length rowNorm.
func toNorm(squares int64) int64 {
	return int64(math.Round(rowNorm * (1 << 32) / math.Sqrt(float64(squares))))
}

// rounded is a component times factor. It is 0 +- rowNorm/16 and so has 24 bits left.
func rounded(v int32, factor int64) int8 {
	return int8(max(-127, min(127, (int64(v)*factor+1<<31)>>32)))
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

// spellings are the signs of the rows of a word's trigrams, four in each number: of 16
// bits the lowest eight say where one is added, the next whether it is 1, else -1.
type spellings [trigramSigns / 4 * (maxSpelled + 1)]uint64

// spell fills in the trigrams of word, of bytes, with one mark before and one behind it,
// and returns how many numbers that takes.
func (s *spellings) spell(word []byte) (n int) {
	word = word[:min(len(word), maxSpelled)]
	gram := uint64('^')<<8 | uint64(word[0])
	for i := 1; i <= len(word); i++ {
		c := byte('$')
		if i < len(word) {
			c = word[i]
		}
		gram = (gram<<8 | uint64(c)) & 0xffffff
		seed := mix(gram ^ trigramSalt)
		for range trigramSigns / 4 {
			seed += golden
			s[n] = mix(seed)
			n++
		}
	}
	return n
}

// seedOf begins the random sequence of a name: FNV-1a of 64 bits, finished by mix
// because FNV's low bits are poor.
func seedOf[T string | []byte](name T) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	return mix(h)
}

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
type cache [1 << cacheBits]atomic.Pointer[Word]

func (c *cache) get(h uint64) *Word {
	if r := c.first(h).Load(); r != nil && r.hash == h {
		return r
	}
	if r := c.second(h).Load(); r != nil && r.hash == h {
		return r
	}
	return nil
}

func (c *cache) put(r *Word) {
	if p := c.first(r.hash); p.Load() == nil {
		p.Store(r)
	} else if q := c.second(r.hash); q.Load() == nil {
		q.Store(r)
	} else {
		p.Store(r)
	}
}

func (c *cache) first(h uint64) *atomic.Pointer[Word] { return &c[h>>(64-cacheBits)] }
func (c *cache) second(h uint64) *atomic.Pointer[Word] {
	return &c[h>>(64-2*cacheBits)&(1<<cacheBits-1)]
}
