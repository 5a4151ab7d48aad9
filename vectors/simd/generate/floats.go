package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
	n, off := Load(Param("n"), GP64()), GP64()
	by := k.vector()
	at, err := Param("scale").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(at.Addr, by)
	most := leastOf(k.vector, scaleBlock/k.lanes)
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
	greatest(most, k.lanes)
}

// leastOf are so many vectors of -Inf.
func leastOf(vector func() reg.VecVirtual, count int) []reg.VecVirtual {
	most, bits := make([]reg.VecVirtual, count), GP32()
	MOVL(U32(0xff800000), bits) // -Inf
	for i := range most {
		most[i] = vector()
		if i > 0 {
			VMOVAPS(most[0], most[i])
			continue
		}
		low := XMM()
		VMOVD(bits, low)
		VBROADCASTSS(low, most[0])
	}
	return most
}

// greatest returns the greatest number of several vectors.
func greatest(most []reg.VecVirtual, lanes int) {
	for step := len(most) / 2; step > 0; step /= 2 {
		for i := range step {
			VMAXPS(most[i], most[i+step], most[i])
		}
	}
	m, high, low := most[0].AsY(), XMM(), XMM()
	if lanes == 16 {
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
