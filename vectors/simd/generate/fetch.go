package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// fetch asks for lines of the cache, and waits for none.
func fetch() {
	TEXT("fetch", NOSPLIT, "func(data *byte, n int)")
	Doc("fetch asks for n bytes, which are more than none.")
	Pragma("noescape")
	data, n := Load(Param("data"), GP64()), Load(Param("n"), GP64())
	Label("loop")
	PREFETCHT1(Mem{Base: data})
	ADDQ(I8(64), data)
	SUBQ(I8(64), n)
	JG(LabelRef("loop"))
	RET()
}
