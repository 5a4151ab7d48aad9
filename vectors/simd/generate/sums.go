package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
