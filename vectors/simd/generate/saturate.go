package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// saturate adds what counts gain. No product is fused with anything, and it divides: an
// approximation of 1/x would give other bits.
type saturate struct {
	name, doc string
	lanes     int
	vector    func() reg.VecVirtual
	of        string // what a count is
	size      int    // in bytes
	load      func(counts Mem, to reg.VecVirtual)
	// add adds gain to sum where count is not 0.
	add func(count, gain, sum, zero reg.VecVirtual)
}

func (k saturate) generate() {
	TEXT(k.name, NOSPLIT, "func(sums *float32, counts *"+k.of+", norms *float32, n int, by *float32) float32")
	Doc(k.doc)
	Pragma("noescape")
	sums, counts, norms := Load(Param("sums"), GP64()), Load(Param("counts"), GP64()), Load(Param("norms"), GP64())
	n, by, off := Load(Param("n"), GP64()), Load(Param("by"), GP64()), GP64()
	weight, fixed, zero := k.vector(), k.vector(), k.vector()
	VBROADCASTSS(Mem{Base: by}, weight) // in the order of Saturation
	VBROADCASTSS(Mem{Base: by, Disp: 4}, fixed)
	most := leastOf(k.vector, scaleBlock/k.lanes)
	VXORPS(zero.AsX(), zero.AsX(), zero.AsX()) // and what is above
	XORQ(off, off)
	JMP(LabelRef("end"))
	Label("loop")
	for i := range most {
		x, gain, norm, sum := k.vector(), k.vector(), k.vector(), k.vector()
		at := func(base reg.Register, size int) Mem {
			return Mem{Base: base, Index: off, Scale: uint8(size), Disp: size * k.lanes * i}
		}
		k.load(at(counts, k.size), x)
		VCVTDQ2PS(x, x)
		VADDPS(fixed, x, norm)
		VADDPS(at(norms, 4), norm, norm)
		VMULPS(x, weight, gain)
		VDIVPS(norm, gain, gain)
		VMOVUPS(at(sums, 4), sum)
		k.add(x, gain, sum, zero)
		VMOVUPS(sum, at(sums, 4))
		VMAXPS(most[i], sum, most[i]) // sum where it is greater, so that NaN is left out
	}
	ADDQ(I8(scaleBlock), off)
	Label("end")
	CMPQ(off, n)
	JB(LabelRef("loop"))
	greatest(most, k.lanes)
}

func saturates() {
	shorts := func(counts Mem, to reg.VecVirtual) { VPMOVZXWD(counts, to) }
	whole := func(counts Mem, to reg.VecVirtual) { VMOVUPS(counts, to) }
	blend := func(count, gain, sum, zero reg.VecVirtual) {
		VADDPS(gain, sum, gain)
		VCMPPS(U8(notEqual), zero, count, count)
		VBLENDVPS(count, gain, sum, sum)
	}
	masked := func(count, gain, sum, zero reg.VecVirtual) {
		some := K()
		VCMPPS(U8(notEqual), zero, count, some)
		VADDPS(gain, sum, some, sum)
	}
	for _, k := range []saturate{
		{name: "saturateShortAVX2", of: "uint16", size: 2, load: shorts, lanes: 8, vector: YMM, add: blend},
		{name: "saturateAVX2", of: "int32", size: 4, load: whole, lanes: 8, vector: YMM, add: blend},
		{name: "saturateShortAVX512", of: "uint16", size: 2, load: shorts, lanes: 16, vector: ZMM, add: masked},
		{name: "saturateAVX512", of: "int32", size: 4, load: whole, lanes: 16, vector: ZMM, add: masked},
	} {
		k.doc = k.name + " needs AVX2 and an n that is a multiple of 32."
		if k.lanes == 16 {
			k.doc = k.name + " needs AVX-512 and an n that is a multiple of 32."
		}
		k.generate()
	}
}
