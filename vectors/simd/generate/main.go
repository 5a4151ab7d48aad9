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
	saturates()
	fetch()
	readAVX2()
	Generate()
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
