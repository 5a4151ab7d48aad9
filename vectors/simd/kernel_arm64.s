#include "textflag.h"

// What Go's assembler has no name for. The order of arguments is its own: the
// destination is last. Checked against the Arm Architecture Reference Manual.
#define SMULL(m, n, d)    WORD $(0x0e20c000 | (m)<<16 | (n)<<5 | (d)) // d.8h = n.8b * m.8b
#define SMULL2(m, n, d)   WORD $(0x4e20c000 | (m)<<16 | (n)<<5 | (d)) // the upper halves of n and m
#define SADALP(n, d)      WORD $(0x4e606800 | (n)<<5 | (d))           // d.4s += n.8h, in pairs
#define SDOT(m, n, d)     WORD $(0x4e809400 | (m)<<16 | (n)<<5 | (d)) // d.4s += n.16b * m.16b, in fours
#define SXTL8(n, d)       WORD $(0x0f08a400 | (n)<<5 | (d))           // d.8h = n.8b
#define SXTL8HIGH(n, d)   WORD $(0x4f08a400 | (n)<<5 | (d))
#define SXTL16(n, d)      WORD $(0x0f10a400 | (n)<<5 | (d))           // d.4s = n.4h
#define SXTL16HIGH(n, d)  WORD $(0x4f10a400 | (n)<<5 | (d))
#define MLA(m, n, d)      WORD $(0x4ea09400 | (m)<<16 | (n)<<5 | (d)) // d.4s += n.4s * m.4s

// Sixteen bytes of nothing, then sixteen of ones: at byte r begin 16 of which
// the last r are ones.
DATA lastBytes<>+0(SB)/8, $0
DATA lastBytes<>+8(SB)/8, $0
DATA lastBytes<>+16(SB)/8, $0xffffffffffffffff
DATA lastBytes<>+24(SB)/8, $0xffffffffffffffff
GLOBL lastBytes<>(SB), RODATA|NOPTR, $32

// Products of bytes fit 16 bits, -128 * -128 included; two of them would not,
// so each is widened before it is added.
#define STEP_NEON(row, query, sum) \
	SMULL(query, row, 16)  \
	SMULL2(query, row, 17) \
	SADALP(16, sum)        \
	SADALP(17, sum)

#define STEP_SDOT(row, query, sum) SDOT(query, row, sum)

// DOTS takes rows by four, which share the loads of the query, and what remains
// one by one. The last 16 bytes of a row of another length than a multiple of 16
// are taken with those counted already times 0: V31 is the query's, R10 how
// many are new, R11 that less 16.
#define DOTS(STEP) \
	MOVD dst+0(FP), R0     \
	MOVD query+8(FP), R1   \
	MOVD rows+16(FP), R2   \
	MOVD n+24(FP), R3      \
	MOVD length+32(FP), R4 \
	AND  $15, R4, R10      \
	SUB  $16, R10, R11     \
	ADD  R4, R1, R8        \
	SUB  $16, R8, R8       \
	VLD1 (R8), [V31.B16]   \
	MOVD $lastBytes<>(SB), R8 \
	ADD  R10, R8, R8       \
	VLD1 (R8), [V30.B16]   \
	VAND V30.B16, V31.B16, V31.B16 \
	SUBS $4, R3, R3        \
	BLT  rest              \
fours: \
	ADD  R4, R2, R5 \
	ADD  R4, R5, R6 \
	ADD  R4, R6, R7 \
	MOVD R1, R8     \
	SUB  R10, R4, R9 \
	VEOR V0.B16, V0.B16, V0.B16 \
	VEOR V1.B16, V1.B16, V1.B16 \
	VEOR V2.B16, V2.B16, V2.B16 \
	VEOR V3.B16, V3.B16, V3.B16 \
fourBlocks: \
	VLD1.P 16(R8), [V4.B16] \
	VLD1.P 16(R2), [V5.B16] \
	VLD1.P 16(R5), [V6.B16] \
	VLD1.P 16(R6), [V7.B16] \
	VLD1.P 16(R7), [V8.B16] \
	STEP(5, 4, 0) \
	STEP(6, 4, 1) \
	STEP(7, 4, 2) \
	STEP(8, 4, 3) \
	SUBS $16, R9, R9 \
	BGT  fourBlocks \
	CBZ  R10, fourWhole \
	ADD  R11, R2, R2 \
	ADD  R11, R5, R5 \
	ADD  R11, R6, R6 \
	ADD  R11, R7, R12 \
	VLD1 (R2), [V5.B16] \
	VLD1 (R5), [V6.B16] \
	VLD1 (R6), [V7.B16] \
	VLD1 (R12), [V8.B16] \
	STEP(5, 31, 0) \
	STEP(6, 31, 1) \
	STEP(7, 31, 2) \
	STEP(8, 31, 3) \
fourWhole: \
	VADDP V1.S4, V0.S4, V0.S4 \
	VADDP V3.S4, V2.S4, V2.S4 \
	VADDP V2.S4, V0.S4, V0.S4 \
	VST1.P [V0.S4], 16(R0) \
	ADD  R10, R7, R2 \
	SUBS $4, R3, R3  \
	BGE  fours \
rest: \
	ADDS $4, R3, R3 \
	BEQ  done \
ones: \
	MOVD R1, R8 \
	SUB  R10, R4, R9 \
	VEOR V0.B16, V0.B16, V0.B16 \
oneBlocks: \
	VLD1.P 16(R8), [V4.B16] \
	VLD1.P 16(R2), [V5.B16] \
	STEP(5, 4, 0) \
	SUBS $16, R9, R9 \
	BGT  oneBlocks \
	CBZ  R10, oneWhole \
	ADD  R11, R2, R12 \
	VLD1 (R12), [V5.B16] \
	STEP(5, 31, 0) \
oneWhole: \
	VADDV V0.S4, V0 \
	VMOV V0.S[0], R9 \
	MOVW.P R9, 4(R0) \
	ADD  R10, R2, R2 \
	SUBS $1, R3, R3 \
	BNE  ones \
done: \
	RET

// func dotsNEON(dst *int32, query, rows *byte, n, length int)
TEXT ·dotsNEON(SB), NOSPLIT, $0-40
	DOTS(STEP_NEON)

// func dotsSDOT(dst *int32, query, rows *byte, n, length int)
TEXT ·dotsSDOT(SB), NOSPLIT, $0-40
	DOTS(STEP_SDOT)

// func addNEON(sum *int32, row *int8, weight int32, n int)
TEXT ·addNEON(SB), NOSPLIT, $0-32
	MOVD sum+0(FP), R0
	MOVD row+8(FP), R1
	MOVW weight+16(FP), R2
	MOVD n+24(FP), R3
	VDUP R2, V31.S4
loop:
	VLD1.P 16(R1), [V0.B16]
	VLD1   (R0), [V16.S4, V17.S4, V18.S4, V19.S4]
	SXTL8(0, 1)
	SXTL8HIGH(0, 2)
	SXTL16(1, 3)
	SXTL16HIGH(1, 4)
	SXTL16(2, 5)
	SXTL16HIGH(2, 6)
	MLA(31, 3, 16)
	MLA(31, 4, 17)
	MLA(31, 5, 18)
	MLA(31, 6, 19)
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	SUBS   $16, R3, R3
	BGT    loop
	RET
