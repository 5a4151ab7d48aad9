//go:build unix

package simd

import (
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guardedBytes is n bytes that begin, or end, where a page does beside which
// nothing may be read.
func guardedBytes(t *testing.T, n int, end bool) []byte {
	t.Helper()
	page := unix.Getpagesize()
	size := (n+page-1)/page*page + 2*page
	data, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(data) })
	for _, edge := range [][]byte{data[:page], data[size-page:]} {
		if err := unix.Mprotect(edge, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	if end {
		return data[size-page-n : size-page : size-page]
	}
	return data[page : page+n : page+n]
}

// TestNothingElseIsRead: a kernel that reads or writes beside its slices dies here.
func TestNothingElseIsRead(t *testing.T) {
	const longest, most = 300, 7
	for _, end := range []bool{false, true} {
		queries, block := guardedBytes(t, longest, end), guardedBytes(t, longest*most, end)
		sums, row := guardedBytes(t, 4*256, end), guardedBytes(t, 256, end)
		floats, others, products := guardedBytes(t, 4*longest, end), guardedBytes(t, 4*longest, end), guardedBytes(t, 4*longest, end)
		marks := guardedBytes(t, longest, end)
		part := func(whole []byte, n int) []byte {
			if end {
				return whole[len(whole)-n:]
			}
			return whole[:n]
		}
		for _, k := range kernels() {
			for length := 1; length <= longest; length++ {
				for n := 1; n <= most; n++ {
					dst := unsafe.Slice((*int32)(unsafe.Pointer(&part(sums, 4*n)[0])), n)
					k.dots(dst, part(queries, length), part(block, n*length))
				}
			}
			for n := 1; n <= longest; n++ {
				numbers := func(whole []byte) []float32 { return unsafe.Slice((*float32)(unsafe.Pointer(&part(whole, 4*n)[0])), n) }
				words := (n + 63) / 64
				bits := unsafe.Slice((*uint64)(unsafe.Pointer(&part(marks, 8*words)[0])), words)
				k.scale(numbers(floats), unsafe.Slice((*int32)(unsafe.Pointer(&part(products, 4*n)[0])), n), numbers(others), 3)
				k.above(bits, numbers(floats), numbers(others), &Bound{A: 1})
				counts := unsafe.Slice((*int32)(unsafe.Pointer(&part(products, 4*n)[0])), n)
				k.saturate(numbers(floats), counts, numbers(others), &Saturation{Weight: 1})
				short := unsafe.Slice((*uint16)(unsafe.Pointer(&part(products, 2*n)[0])), n)
				k.saturateShort(numbers(floats), short, numbers(others), &Saturation{Weight: 1})
				Fetch(part(products, n))
			}
			for length := 1; length <= 256; length++ {
				k.add(unsafe.Slice((*int32)(unsafe.Pointer(&part(sums, 4*length)[0])), length),
					unsafe.Slice((*int8)(unsafe.Pointer(&part(row, length)[0])), length), 3)
			}
			for n := 1; n < 40; n++ {
				rows, weights := make([]*[256]int8, n), unsafe.Slice((*int32)(unsafe.Pointer(&part(block, 4*n)[0])), n)
				for i := range rows {
					rows[i] = (*[256]int8)(unsafe.Pointer(&row[0]))
				}
				clear(weights)
				k.addRows((*[256]int32)(unsafe.Pointer(&sums[0])), rows, weights)
			}
		}
	}
}

// TestAFaultIsAPanic: memory that cannot be read, as that of a mapped file
// which somebody cut short, is a panic that can be recovered from.
func TestAFaultIsAPanic(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	gone := guardedBytes(t, 4*unix.Getpagesize(), true)
	if err := unix.Mprotect(gone[2*unix.Getpagesize():], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	query, dst := make([]byte, 256), make([]int32, len(gone)/256)
	for _, k := range kernels() {
		faults := func() (caught bool) {
			defer func() { caught = recover() != nil }()
			k.dots(dst, query, gone)
			return
		}
		if !faults() {
			t.Errorf("%v: no panic", k)
		}
	}
	Dots(dst[:1], query, make([]byte, 256)) // goes on
}
