package flat

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// What is read in place and what is copied is the same.
func TestNumbersAtAnyOffset(t *testing.T) {
	var data []byte
	var want32 []uint32
	var want64 []uint64
	for i := range uint64(20) {
		n := i * 0x0102030405060708
		data = binary.LittleEndian.AppendUint64(data, n)
		want64 = append(want64, n)
		want32 = append(want32, uint32(n), uint32(n>>32))
	}
	for offset := range Alignment {
		moved := append(make([]byte, offset, offset+len(data)+3), data...)
		moved = append(moved, 1, 2, 3)[offset:]
		if got := Uint64s(moved); !slices.Equal(got, want64) {
			t.Errorf("at %d: %x", offset, got)
		}
		if got := Uint32s(moved); !slices.Equal(got, want32) {
			t.Errorf("at %d: %x", offset, got)
		}
		for i, x := range Float32s(moved) {
			if math.Float32bits(x) != want32[i] {
				t.Errorf("at %d: number %d is %v", offset, i, x)
			}
		}
	}
	if Uint32s(nil) != nil || Uint64s(data[:7]) != nil {
		t.Error("numbers of too few bytes")
	}
}

func TestPad(t *testing.T) {
	for n := range 20 {
		if got := len(Pad(make([]byte, n))); got != Padded(n) || got%Alignment != 0 || got < n || got >= n+Alignment {
			t.Errorf("%d bytes become %d", n, got)
		}
	}
}

func TestAppend(t *testing.T) {
	for _, n := range []int{0, 1, atOnce - 1, atOnce, atOnce + 1, 3*atOnce + 7} {
		src := make([]byte, n)
		for i := range src {
			src[i] = byte(i * 7)
		}
		if got := Append([]byte("before"), src); string(got) != "before"+string(src) {
			t.Errorf("%d bytes become %d", n, len(got)-len("before"))
		}
	}
}
