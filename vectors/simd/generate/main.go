// Generate writes the assembly of package simd for amd64: `go generate` in the
// directory above calls it. It is a module of its own, so that who builds
// semantic-ls need not fetch avo.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many bytes before their use rows are asked for, into the second
// cache: asked for by PREFETCHT0, 8 kB ahead, avx512 waits a quarter of the time
// at 1M rows. Hardware prefetching ends at each page of 4 kB.
const ahead = 16 << 10

func main() {
	ConstraintExpr("amd64")
	dotsAVX2()
	dotsAVX512()
	addAVX2()
	addRowsAVX2()
	addRowsAVX512()
	scaleAVX2()
	scaleAVX512()
	aboveAVX2()
	aboveAVX512()
	readAVX2()
	Generate()
}

// step adds to sum the products of a block of a row and one of the query.
type step func(query reg.VecVirtual, row Mem, sum reg.VecVirtual)

// dots is what the kernels for inner products have in common. They take rows
// by four, which share the loads of the query, and what remains one by one.
type dots struct {
	name, doc string
	block     int                              // bytes of a row that step takes, a power of two
	vector    func() reg.VecVirtual            // a register for sums
	prepare   func(query, length reg.Register) // constants
	clear     func(sum reg.VecVirtual)         // starts a sum
	load      func(query Mem) reg.VecVirtual   // block bytes of the query, as step wants them
	step      step
	// edge gives what is left of a row after its whole blocks: bytes of the
	// query, where the others begin, and the step to take there.
	edge   func(query, length reg.Register) (q reg.VecVirtual, at reg.Register, rest step)
	narrow func(sum reg.VecVirtual) reg.VecVirtual // to 256 bits
}

func (k dots) generate() {
	TEXT(k.name, NOSPLIT, "func(dst *int32, query, rows *byte, n, length int)")
	Doc(k.doc)
	Pragma("noescape")
	dst, query := Load(Param("dst"), GP64()), Load(Param("query"), GP64())
	n, length := Load(Param("n"), GP64()), Load(Param("length"), GP64())
	row := []reg.Register{Load(Param("rows"), GP64()), GP64(), GP64(), GP64()}
	k.prepare(query, length)
	q, at, edgeStep := k.edge(query, length)
	lines, blocks, off := GP64(), GP64(), GP64()
	MOVQ(length, lines)
	ANDQ(I8(-64), lines)
	MOVQ(length, blocks)
	ANDQ(I8(-k.block), blocks)

	group := func(name string, count int) []reg.VecVirtual {
		sums := make([]reg.VecVirtual, count)
		for i := range sums {
			sums[i] = k.vector()
			k.clear(sums[i])
		}
		take := func(bytes int) {
			for at := 0; at < bytes; at += k.block {
				q := k.load(Mem{Base: query, Index: off, Scale: 1, Disp: at})
				for i, sum := range sums {
					k.step(q, Mem{Base: row[i], Index: off, Scale: 1, Disp: at}, sum)
				}
			}
			ADDQ(I8(bytes), off)
		}
		XORQ(off, off)
		JMP(LabelRef(name + "LinesEnd"))
		Label(name + "Lines")
		for i := range sums {
			PREFETCHT1(Mem{Base: row[i], Index: off, Scale: 1, Disp: ahead})
		}
		take(64)
		Label(name + "LinesEnd")
		CMPQ(off, lines)
		JB(LabelRef(name + "Lines"))
		if k.block < 64 {
			JMP(LabelRef(name + "BlocksEnd"))
			Label(name + "Blocks")
			take(k.block)
			Label(name + "BlocksEnd")
			CMPQ(off, blocks)
			JB(LabelRef(name + "Blocks"))
		}
		CMPQ(off, length)
		JE(LabelRef(name + "Whole"))
		for i, sum := range sums {
			edgeStep(q, Mem{Base: row[i], Index: at, Scale: 1}, sum)
		}
		Label(name + "Whole")
		for i, sum := range sums {
			sums[i] = k.narrow(sum)
		}
		return sums
	}

	JMP(LabelRef("foursEnd"))
	Label("fours")
	LEAQ(Mem{Base: row[0], Index: length, Scale: 1}, row[1])
	LEAQ(Mem{Base: row[0], Index: length, Scale: 2}, row[2])
	LEAQ(Mem{Base: row[1], Index: length, Scale: 2}, row[3])
	s := group("four", 4)
	VPHADDD(s[1], s[0], s[0])
	VPHADDD(s[3], s[2], s[2])
	VPHADDD(s[2], s[0], s[0])
	high := XMM()
	VEXTRACTI128(I8(1), s[0], high)
	VPADDD(high, s[0].AsX(), high)
	VMOVDQU(high, Mem{Base: dst})
	ADDQ(I8(16), dst)
	LEAQ(Mem{Base: row[3], Index: length, Scale: 1}, row[0])
	SUBQ(I8(4), n)
	Label("foursEnd")
	CMPQ(n, I8(4))
	JGE(LabelRef("fours"))

	JMP(LabelRef("onesEnd"))
	Label("ones")
	s = group("one", 1)
	VEXTRACTI128(I8(1), s[0], high)
	VPADDD(high, s[0].AsX(), high)
	VPHADDD(high, high, high)
	VPHADDD(high, high, high)
	VMOVD(high, Mem{Base: dst})
	ADDQ(I8(4), dst)
	ADDQ(length, row[0])
	DECQ(n)
	Label("onesEnd")
	TESTQ(n, n)
	JG(LabelRef("ones"))
	VZEROUPPER()
	RET()
}

// dotsAVX2 widens bytes to words, as the one instruction that multiplies bytes
// and adds (VPMADDUBSW) saturates.
func dotsAVX2() {
	// Sixteen words of nothing, then sixteen of ones: at word r begin 16 of which
	// the last r are ones.
	masks := GLOBL("lastWords", RODATA|NOPTR)
	for i := range 8 {
		ones := uint64(0)
		if i >= 4 {
			ones = ^ones
		}
		DATA(8*i, U64(ones))
	}
	multiply := func(q reg.VecVirtual, row Mem, sum reg.VecVirtual) {
		words := YMM()
		VPMOVSXBW(row, words)
		VPMADDWD(q, words, words)
		VPADDD(words, sum, sum)
	}
	load := func(query Mem) reg.VecVirtual {
		q := YMM()
		VPMOVSXBW(query, q)
		return q
	}
	dots{
		name: "dotsAVX2", doc: "dotsAVX2 needs AVX2 and a length of at least 16.",
		block:   16,
		vector:  YMM,
		prepare: func(reg.Register, reg.Register) {},
		clear:   func(sum reg.VecVirtual) { VPXOR(sum, sum, sum) },
		load:    load, step: multiply,
		// The last 16 bytes of the row, those that were counted already times 0.
		edge: func(query, length reg.Register) (reg.VecVirtual, reg.Register, step) {
			at, r, mask := GP64(), GP64(), GP64()
			LEAQ(Mem{Base: length, Disp: -16}, at)
			MOVQ(length, r)
			ANDQ(I8(15), r)
			LEAQ(masks, mask)
			q := load(Mem{Base: query, Index: at, Scale: 1})
			VPAND(Mem{Base: mask, Index: r, Scale: 2}, q, q)
			return q, at, multiply
		},
		narrow: func(sum reg.VecVirtual) reg.VecVirtual { return sum },
	}.generate()
}

// dotsAVX512 has one instruction for 64 products and their sums, but one factor
// is unsigned. With bit 7 flipped, a byte of a row is unsigned and greater by
// 128; so every sum starts at -128 times the query's.
func dotsAVX512() {
	flip, start := ZMM(), ZMM()
	zero := K()
	rest := func(q reg.VecVirtual, row Mem, sum reg.VecVirtual) {
		bytes := ZMM()
		VMOVDQU8_Z(row, zero, bytes)
		VPXORD(flip, bytes, bytes)
		VPDPBUSD(q, bytes, sum)
	}
	loadRest := func(query Mem) reg.VecVirtual {
		q := ZMM()
		VMOVDQU8_Z(query, zero, q)
		return q
	}
	load := func(query Mem) reg.VecVirtual {
		q := ZMM()
		VMOVDQU64(query, q)
		return q
	}
	dots{
		name: "dotsAVX512", doc: "dotsAVX512 needs AVX-512 with BW and VNNI.",
		block:  64,
		vector: ZMM,
		prepare: func(query, length reg.Register) {
			off, left, ones, bits := GP64(), GP64(), GP64(), GP32()
			MOVL(U32(0x80808080), bits)
			VPBROADCASTD(bits, flip)
			sum := ZMM()
			VPXORD(sum, sum, sum)
			MOVQ(length, left)
			XORQ(off, off)
			JMP(LabelRef("queryEnd"))
			Label("query")
			VPDPBUSD(load(Mem{Base: query, Index: off, Scale: 1}), flip, sum)
			ADDQ(I8(64), off)
			SUBQ(I8(64), left)
			Label("queryEnd")
			CMPQ(left, I8(64))
			JGE(LabelRef("query"))
			MOVQ(left, reg.RCX)
			MOVQ(I32(-1), ones)
			SHLQ(reg.CL, ones)
			NOTQ(ones)
			KMOVQ(ones, zero)
			VPDPBUSD(loadRest(Mem{Base: query, Index: off, Scale: 1}), flip, sum)
			VPXORD(start, start, start)
			VPSUBD(sum, start, start)
		},
		clear: func(sum reg.VecVirtual) { VMOVDQA64(start, sum) },
		load:  load,
		step: func(q reg.VecVirtual, row Mem, sum reg.VecVirtual) {
			bytes := ZMM()
			VPXORD(row, flip, bytes)
			VPDPBUSD(q, bytes, sum)
		},
		edge: func(query, length reg.Register) (reg.VecVirtual, reg.Register, step) {
			at := GP64()
			MOVQ(length, at)
			ANDQ(I8(-64), at)
			return loadRest(Mem{Base: query, Index: at, Scale: 1}), at, rest
		},
		narrow: func(sum reg.VecVirtual) reg.VecVirtual {
			high := YMM()
			VEXTRACTI64X4(I8(1), sum, high)
			VPADDD(high, sum.AsY(), high)
			return high
		},
	}.generate()
}

// addAVX2 adds one weighted row, sixteen numbers at a time.
func addAVX2() {
	TEXT("addAVX2", NOSPLIT, "func(sum *int32, row *int8, weight int32, n int)")
	Doc("addAVX2 needs AVX2 and an n that is a multiple of 16.")
	Pragma("noescape")
	sum, row, n := Load(Param("sum"), GP64()), Load(Param("row"), GP64()), Load(Param("n"), GP64())
	weight, off := YMM(), GP64()
	VMOVD(Load(Param("weight"), GP32()), weight.AsX())
	VPBROADCASTD(weight.AsX(), weight)
	XORQ(off, off)
	JMP(LabelRef("end"))
	Label("loop")
	for i := range 2 {
		v, at := YMM(), Mem{Base: sum, Index: off, Scale: 4, Disp: 32 * i}
		VPMOVSXBD(Mem{Base: row, Index: off, Scale: 1, Disp: 8 * i}, v)
		VPMULLD(weight, v, v)
		VPADDD(at, v, v)
		VMOVDQU(v, at)
	}
	ADDQ(I8(16), off)
	Label("end")
	CMPQ(off, n)
	JB(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// addRows adds rows by two: a word of one beside a word of the other, times
// the two weights, gives their sum in 32 bits. As many sums as fit stay in
// registers while all rows pass; then come the next columns.
type addRows struct {
	name, doc string
	words     int // in a vector
	vectors   int // of sums that stay in registers
	vector    func() reg.VecVirtual
	copy      func(from, to Op)
	clear     func(sum reg.VecVirtual)
	multiply  func(weights, words, sum reg.VecVirtual) // sum += words times weights, in pairs; spoils words
	order     func(low, high reg.VecVirtual)           // undoes the order of unpacking
}

// soon is how many rows before their use are asked for, in the first pass: they
// lie anywhere. Four pairs take about as long as an answer from the third cache.
const soon = 8

func (k addRows) generate() {
	TEXT(k.name, NOSPLIT, "func(sum *int32, rows **[256]int8, weights *int32, n int)")
	Doc(k.doc)
	Pragma("noescape")
	sum, rows, weights := Load(Param("sum"), GP64()), Load(Param("rows"), GP64()), Load(Param("weights"), GP64())
	n := Load(Param("n"), GP64())
	column, i, next, a, b, w, w2 := GP64(), GP64(), GP64(), GP64(), GP64(), GP32(), GP32()
	sums := make([]reg.VecVirtual, k.vectors)
	for i := range sums {
		sums[i] = k.vector()
	}
	multiply := func() {
		both := k.vector()
		if k.words == 32 {
			VPBROADCASTD(w, both)
		} else {
			VMOVD(w, both.AsX())
			VPBROADCASTD(both.AsX(), both)
		}
		for v := 0; v < k.vectors; v += 2 {
			x, y, low := k.vector(), k.vector(), k.vector()
			VPMOVSXBW(Mem{Base: a, Index: column, Scale: 1, Disp: v / 2 * k.words}, x)
			VPMOVSXBW(Mem{Base: b, Index: column, Scale: 1, Disp: v / 2 * k.words}, y)
			VPUNPCKLWD(y, x, low)
			VPUNPCKHWD(y, x, x)
			k.multiply(both, low, sums[v])
			k.multiply(both, x, sums[v+1])
		}
	}

	XORQ(column, column)
	Label("pass")
	for _, s := range sums {
		k.clear(s)
	}
	XORQ(i, i)
	JMP(LabelRef("pairsEnd"))
	Label("pairs")
	TESTQ(column, column)
	JNE(LabelRef("asked"))
	LEAQ(Mem{Base: next, Disp: soon}, next)
	CMPQ(next, n)
	JG(LabelRef("asked"))
	for which := range 2 {
		MOVQ(Mem{Base: rows, Index: i, Scale: 8, Disp: 8 * (soon + which)}, a)
		for line := range 4 {
			PREFETCHT0(Mem{Base: a, Disp: 64 * line})
		}
	}
	Label("asked")
	MOVQ(Mem{Base: rows, Index: i, Scale: 8}, a)
	MOVQ(Mem{Base: rows, Index: i, Scale: 8, Disp: 8}, b)
	MOVWLZX(Mem{Base: weights, Index: i, Scale: 4}, w)
	MOVWLZX(Mem{Base: weights, Index: i, Scale: 4, Disp: 4}, w2)
	SHLL(I8(16), w2)
	ORL(w2, w)
	multiply()
	ADDQ(I8(2), i)
	Label("pairsEnd")
	LEAQ(Mem{Base: i, Disp: 2}, next)
	CMPQ(next, n)
	JLE(LabelRef("pairs"))
	CMPQ(i, n)
	JGE(LabelRef("rowsEnd"))
	Comment("The last of an odd number, beside itself times 0.")
	MOVQ(Mem{Base: rows, Index: i, Scale: 8}, a)
	MOVQ(a, b)
	MOVWLZX(Mem{Base: weights, Index: i, Scale: 4}, w)
	multiply()
	Label("rowsEnd")
	for v, s := range sums {
		if v%2 == 0 {
			k.order(s, sums[v+1])
		}
		at := Mem{Base: sum, Index: column, Scale: 4, Disp: 2 * k.words * v}
		VPADDD(at, s, s)
		k.copy(s, at)
	}
	ADDQ(U32(k.words/2*k.vectors), column)
	CMPQ(column, U32(256))
	JB(LabelRef("pass"))
	VZEROUPPER()
	RET()
}

func addRowsAVX2() {
	addRows{
		name: "addRowsAVX2", doc: "addRowsAVX2 needs AVX2 and weights that fit an int16.",
		words: 16, vectors: 8, vector: YMM,
		copy:  func(from, to Op) { VMOVDQU(from, to) },
		clear: func(sum reg.VecVirtual) { VPXOR(sum, sum, sum) },
		multiply: func(weights, words, sum reg.VecVirtual) {
			VPMADDWD(weights, words, words)
			VPADDD(words, sum, sum)
		},
		order: func(low, high reg.VecVirtual) { // 0 2, 1 3 -> 0 1, 2 3
			t := YMM()
			VPERM2I128(I8(0x20), high, low, t)
			VPERM2I128(I8(0x31), high, low, high)
			VMOVDQA(t, low)
		},
	}.generate()
}

func addRowsAVX512() {
	addRows{
		name: "addRowsAVX512", doc: "addRowsAVX512 needs AVX-512 with BW and VNNI, and weights that fit an int16.",
		words: 32, vectors: 16, vector: ZMM,
		copy:     func(from, to Op) { VMOVDQU64(from, to) },
		clear:    func(sum reg.VecVirtual) { VPXORD(sum, sum, sum) },
		multiply: func(weights, words, sum reg.VecVirtual) { VPDPWSSD(weights, words, sum) },
		order: func(low, high reg.VecVirtual) { // 0 2 4 6, 1 3 5 7 -> 0 1 2 3, 4 5 6 7
			t := ZMM()
			VSHUFI32X4(U8(0x44), high, low, t) // 0 2 1 3
			VSHUFI32X4(U8(0xEE), high, low, high)
			VSHUFI32X4(U8(0xD8), t, t, low)
			VSHUFI32X4(U8(0xD8), high, high, high)
		},
	}.generate()
}

// scale multiplies and keeps the greatest of each lane, of several vectors apart, so
// that they do not wait for each other. No product is fused with anything.
type scale struct {
	name, doc string
	lanes     int
	vector    func() reg.VecVirtual
}

// scaleBlock is how many numbers a step takes.
const scaleBlock = 32

func (k scale) generate() {
	TEXT(k.name, NOSPLIT, "func(dst *float32, dots *int32, scales *float32, scale float32, n int) float32")
	Doc(k.doc)
	Pragma("noescape")
	dst, dots, scales := Load(Param("dst"), GP64()), Load(Param("dots"), GP64()), Load(Param("scales"), GP64())
	n, off, bits := Load(Param("n"), GP64()), GP64(), GP32()
	by := k.vector()
	at, err := Param("scale").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(at.Addr, by)
	most := make([]reg.VecVirtual, scaleBlock/k.lanes)
	MOVL(U32(0xff800000), bits) // -Inf
	for i := range most {
		most[i] = k.vector()
		if i > 0 {
			VMOVAPS(most[0], most[i])
			continue
		}
		low := XMM()
		VMOVD(bits, low)
		VBROADCASTSS(low, most[0])
	}
	XORQ(off, off)
	JMP(LabelRef("end"))
	Label("loop")
	for i := range most {
		v := k.vector()
		mem := func(base reg.Register) Mem { return Mem{Base: base, Index: off, Scale: 4, Disp: 4 * k.lanes * i} }
		VCVTDQ2PS(mem(dots), v)
		VMULPS(mem(scales), v, v)
		VMULPS(by, v, v)
		VMOVUPS(v, mem(dst))
		VMAXPS(most[i], v, most[i]) // v where it is greater, so that NaN is left out
	}
	ADDQ(I8(scaleBlock), off)
	Label("end")
	CMPQ(off, n)
	JB(LabelRef("loop"))
	for step := len(most) / 2; step > 0; step /= 2 {
		for i := range step {
			VMAXPS(most[i], most[i+step], most[i])
		}
	}
	m, high, low := most[0].AsY(), XMM(), XMM()
	if k.lanes == 16 {
		upper := YMM()
		VEXTRACTF64X4(I8(1), most[0], upper)
		VMAXPS(m, upper, m)
	}
	VEXTRACTF128(I8(1), m, high)
	VMAXPS(most[0].AsX(), high, high)
	for _, order := range []uint8{0x4e, 0xb1} { // the other half, the neighbour
		VPERMILPS(U8(order), high, low)
		VMAXPS(high, low, high)
	}
	Store(high, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func scaleAVX2() {
	scale{
		name: "scaleAVX2", doc: "scaleAVX2 needs AVX2 and an n that is a multiple of 32.",
		lanes: 8, vector: YMM,
	}.generate()
}

func scaleAVX512() {
	scale{
		name: "scaleAVX512", doc: "scaleAVX512 needs AVX-512 and an n that is a multiple of 32.",
		lanes: 16, vector: ZMM,
	}.generate()
}

// Predicates of VCMPPS: not equal, not less and greater, as Go's !=, !(<) and > have it.
const (
	notEqual = 0x04
	notLess  = 0x15
	greater  = 0x1e
)

// above takes 64 numbers of either kind a step, which are one word of marks.
type above struct {
	name, doc string
	lanes     int
	vector    func() reg.VecVirtual
	zero      func(v reg.VecVirtual)
	// mark compares: a is not zero or b is not less than near, and sum is greater than
	// least. It puts the marks, a bit a lane, into the word from bit at on.
	mark  func(a, b, sum reg.VecVirtual, zero, near, least reg.VecVirtual, at int)
	store func(to Mem) // of a word that is whole
}

func (k above) generate() {
	TEXT(k.name, NOSPLIT, "func(marks *uint64, a, b *float32, n int, bound *float32)")
	Doc(k.doc)
	Pragma("noescape")
	marks, a, b := Load(Param("marks"), GP64()), Load(Param("a"), GP64()), Load(Param("b"), GP64())
	n, bound, off := Load(Param("n"), GP64()), Load(Param("bound"), GP64()), GP64()
	weightA, weightB, plus, near, least := k.vector(), k.vector(), k.vector(), k.vector(), k.vector()
	for i, v := range []reg.VecVirtual{weightA, weightB, plus, near, least} { // in the order of Bound
		VBROADCASTSS(Mem{Base: bound, Disp: 4 * i}, v)
	}
	zero := k.vector()
	k.zero(zero)
	XORQ(off, off)
	JMP(LabelRef("end"))
	Label("loop")
	for at := 0; at < 64; at += k.lanes {
		x, y, sum, product := k.vector(), k.vector(), k.vector(), k.vector()
		VMOVUPS(Mem{Base: a, Index: off, Scale: 4, Disp: 4 * at}, x)
		VMOVUPS(Mem{Base: b, Index: off, Scale: 4, Disp: 4 * at}, y)
		VMAXPS(y, zero, product) // y unless zero is greater, so that NaN stays
		VMULPS(weightB, product, product)
		VMULPS(weightA, x, sum)
		VADDPS(product, sum, sum)
		VADDPS(plus, sum, sum)
		k.mark(x, y, sum, zero, near, least, at)
	}
	k.store(Mem{Base: marks})
	ADDQ(I8(8), marks)
	ADDQ(I8(64), off)
	Label("end")
	CMPQ(off, n)
	JB(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func aboveAVX2() {
	var word reg.GPVirtual
	above{
		name: "aboveAVX2", doc: "aboveAVX2 needs AVX2 and an n that is a multiple of 64.",
		lanes: 8, vector: YMM,
		zero: func(v reg.VecVirtual) { VXORPS(v, v, v) },
		mark: func(a, b, sum, zero, near, least reg.VecVirtual, at int) {
			VCMPPS(U8(notEqual), zero, a, a)
			VCMPPS(U8(notLess), near, b, b)
			VCMPPS(U8(greater), least, sum, sum)
			VORPS(a, b, a)
			VANDPS(a, sum, sum)
			bits := GP32()
			VMOVMSKPS(sum, bits)
			if at == 0 {
				word = GP64()
				MOVL(bits, word.As32())
				return
			}
			SHLQ(U8(at), bits.As64())
			ORQ(bits.As64(), word)
		},
		store: func(to Mem) { MOVQ(word, to) },
	}.generate()
}

func aboveAVX512() {
	var words [4]reg.Register
	above{
		name: "aboveAVX512", doc: "aboveAVX512 needs AVX-512 with BW and an n that is a multiple of 64.",
		lanes: 16, vector: ZMM,
		zero: func(v reg.VecVirtual) { VPXORD(v, v, v) },
		mark: func(a, b, sum, zero, near, least reg.VecVirtual, at int) {
			any, close := K(), K()
			VCMPPS(U8(notEqual), zero, a, any)
			VCMPPS(U8(notLess), near, b, close)
			KORW(any, close, any)
			VCMPPS(U8(greater), least, sum, any, any)
			words[at/16] = any
		},
		store: func(to Mem) {
			KUNPCKWD(words[0], words[1], words[0])
			KUNPCKWD(words[2], words[3], words[2])
			KUNPCKDQ(words[0], words[2], words[0])
			KMOVQ(words[0], to)
		},
	}.generate()
}

// readAVX2 does nothing but read: what it reaches is the bandwidth that the
// benchmark compares with.
func readAVX2() {
	TEXT("readAVX2", NOSPLIT, "func(data *byte, n int) uint64")
	Doc("readAVX2 adds up the bytes, in AVX2; n is a multiple of 256. Benchmarks measure the memory with it.")
	Pragma("noescape")
	data, n, off := Load(Param("data"), GP64()), Load(Param("n"), GP64()), GP64()
	zero := YMM()
	VPXOR(zero, zero, zero)
	sums := []reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	for _, s := range sums {
		VPXOR(s, s, s)
	}
	XORQ(off, off)
	JMP(LabelRef("end"))
	Label("loop")
	for at := 0; at < 256; at += 32 {
		if at%64 == 0 {
			PREFETCHT1(Mem{Base: data, Index: off, Scale: 1, Disp: at + ahead})
		}
		t := YMM()
		VPSADBW(Mem{Base: data, Index: off, Scale: 1, Disp: at}, zero, t)
		VPADDQ(t, sums[at/32%4], sums[at/32%4])
	}
	ADDQ(U32(256), off)
	Label("end")
	CMPQ(off, n)
	JB(LabelRef("loop"))
	for _, s := range sums[1:] {
		VPADDQ(s, sums[0], sums[0])
	}
	high := XMM()
	VEXTRACTI128(I8(1), sums[0], high)
	VPADDQ(high, sums[0].AsX(), high)
	low := XMM()
	VPSRLDQ(I8(8), high, low)
	VPADDQ(low, high, high)
	total := GP64()
	VMOVQ(high, total)
	Store(total, ReturnIndex(0))
	VZEROUPPER()
	RET()
}
