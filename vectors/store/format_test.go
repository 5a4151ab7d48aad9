package store

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// A change of the layout is a new format: whoever has to edit this test bumps it.
func TestLayout(t *testing.T) {
	if format != 2 {
		t.Fatalf("describe format %d here", format)
	}
	le := binary.LittleEndian
	seg := segment(t, "a.go", "alpha")
	parts := record(Change{Segment: seg, Removed: []string{"b.go"}})
	got := slices.Concat(parts[:]...)

	payload := le.AppendUint32(nil, 1)
	payload = append(le.AppendUint32(payload, 4), "b.go"...)
	payload = le.AppendUint64(payload, uint64(len(seg.Bytes()))) // a segment may have more than 4 GiB
	payload = append(payload, seg.Bytes()...)
	want := append([]byte("REC1"), le.AppendUint32(nil, crc32.Checksum(payload, crc32.MakeTable(crc32.Castagnoli)))...)
	want = append(le.AppendUint64(want, uint64(len(payload))), payload...)
	want = append(want, make([]byte, -uint(len(want))%8)...)
	if !bytes.Equal(got, want) {
		t.Errorf("record:\n got %x\nwant %x", got, want)
	}

	want = []byte("semantic-ls idx\n")
	for _, n := range []uint32{2, index.TextVersion, 4, uint32(len(id.Root)), uint32(len(id.Model))} {
		want = le.AppendUint32(want, n)
	}
	want = append(want, id.Root+id.Model...)
	want = le.AppendUint32(want, crc32.Checksum(want, crc32.MakeTable(crc32.Castagnoli)))
	want = append(want, make([]byte, -uint(len(want))%8)...)
	if got := appendHeader(nil, id); !bytes.Equal(got, want) {
		t.Errorf("header:\n got %q\nwant %q", got, want)
	}
}

// sealed makes a record of a payload, whatever that is.
func sealed(payload []byte) []byte {
	le := binary.LittleEndian
	data := le.AppendUint32(nil, recordMark)
	data = le.AppendUint32(data, crc32.Checksum(payload, castagnoli))
	data = le.AppendUint64(data, uint64(len(payload)))
	return pad(append(data, payload...))
}

// A payload that contradicts itself is refused, also when its checksum is right.
func TestReadRecordRefusesLengthsThatAreNotThere(t *testing.T) {
	le := binary.LittleEndian
	none := le.AppendUint32(nil, 0)
	for name, payload := range map[string][]byte{
		"nothing":                 {},
		"paths that are missing":  le.AppendUint32(nil, 1<<32-1),
		"a path that is too long": append(le.AppendUint32(le.AppendUint32(nil, 1), 1<<32-1), "a.go"...),
		"no segment's length":     none,
		"half of it":              le.AppendUint32(slices.Clone(none), 0),
		"4 GiB":                   le.AppendUint64(slices.Clone(none), 1<<32),
		"2^64 - 1":                append(le.AppendUint64(slices.Clone(none), 1<<64-1), "abc"...),
		"more than is said":       append(le.AppendUint64(slices.Clone(none), 2), "abc"...),
	} {
		if c, _, err := readRecord(sealed(payload)); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if _, size, err := readRecord(sealed(le.AppendUint64(slices.Clone(none), 0))); err != nil || size != 32 {
		t.Errorf("an empty change: %d bytes, %v", size, err)
	}
}

// Checksums are no signature: what is behind one that is right must not crash the
// program either.
func FuzzARecordWithTheRightChecksum(f *testing.F) {
	seg, err := index.Build(0, []index.Document{{File: index.File{Path: "a.go"}}, {File: index.File{Path: "b.go"}}})
	if err != nil {
		f.Fatal(err)
	}
	parts := record(Change{Segment: seg, Removed: []string{"b.go", "c.go"}})
	f.Add(slices.Concat(parts[:2]...)[recordHeader:], -1, byte(0))
	parts = record(Change{Removed: []string{"b.go"}})
	f.Add(slices.Concat(parts[:2]...)[recordHeader:], 3, byte(255))
	f.Fuzz(func(t *testing.T, payload []byte, at int, with byte) {
		payload = slices.Clone(payload)
		if at >= 0 && at < len(payload) {
			payload[at] = with
		}
		data := sealed(payload)
		c, size, err := readRecord(data)
		if err != nil {
			return
		}
		if size != len(data) {
			t.Fatalf("%d bytes of %d", size, len(data))
		}
		x := index.New("/w")
		x.Apply(c.Segment, c.Removed)
		x.Snapshot().PathsUnder("/w", "")
		if c.Segment != nil {
			if _, err := x.Live(t.Context(), c.Segment.Dimensions()); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
	})
}
