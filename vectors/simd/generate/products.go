package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
