package store

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

var update = flag.Bool("update", false, "write testdata/format-3 and the text that describes it")

// dumper describes bytes as they stand in a file: offset, bytes, meaning.
type dumper struct {
	strings.Builder
	data []byte
	at   int
}

func (d *dumper) next(n int, meaning string, args ...any) []byte {
	part := d.data[d.at : d.at+n]
	shown := fmt.Sprintf("%x", part)
	if n > 16 {
		shown = fmt.Sprintf("%x.. %d bytes", part[:8], n)
	}
	if n > 0 {
		fmt.Fprintf(d, "%6d  %-34s  %s\n", d.at, shown, fmt.Sprintf(meaning, args...))
	}
	d.at += n
	return part
}

func (d *dumper) u32(meaning string) int {
	n := binary.LittleEndian.Uint32(d.data[d.at:])
	d.next(4, "u32 %s: %d", meaning, n)
	return int(n)
}

func (d *dumper) u64(meaning string) int {
	n := binary.LittleEndian.Uint64(d.data[d.at:])
	d.next(8, "u64 %s: %d", meaning, n)
	return int(n)
}

func (d *dumper) text(n int, meaning string) { d.next(n, "%s: %q", meaning, d.data[d.at:d.at+n]) }

func (d *dumper) zeros(to int) { d.next(-d.at&(to-1), "zeros up to a multiple of %d", to) }

// sum is of all before in the file.
func (d *dumper) sum() {
	want := crc32.Checksum(d.data[:d.at], castagnoli)
	d.next(4, "u32 sum of all before, %v", binary.LittleEndian.Uint32(d.data[d.at:]) == want)
}

func (d *dumper) manifest() {
	d.text(len(magic), "magic")
	d.u32("format")
	d.u32("text version")
	d.u32("dimensions")
	root, model, segments := d.u32("bytes of the root"), d.u32("bytes of the model's name"), d.u32("segments")
	d.u64("generation")
	d.u64("epoch")
	d.u64("last change in the segments")
	d.text(root, "root")
	d.text(model, "model")
	d.zeros(8)
	for range segments {
		d.u64("generation of the segment")
		d.u64("number in it")
		d.u64("bytes")
		sums, words := d.u32("sums"), d.u32("words of marks")
		d.next(4*sums, "u32 each, sums of a MiB each")
		d.next(8*words, "u64 each, marks of the files that are dead")
	}
	d.sum()
}

func (d *dumper) log() {
	d.text(len(logMagic), "magic")
	d.u64("generation")
	d.u64("last change before")
	chain := uint32(d.u32("sum before the first record"))
	d.u32("sum of root, model and dimensions")
	d.sum()
	d.zeros(logHeader)
	for d.at < len(d.data) {
		start := d.at
		d.text(4, "mark of a record")
		sum := d.at
		size := recordHeader + int(binary.LittleEndian.Uint64(d.data[start+16:]))
		chain = crc32.Update(chain, castagnoli, d.data[start+8:start+size])
		d.next(4, "u32 sum of the record, from the one before, %v", binary.LittleEndian.Uint32(d.data[sum:]) == chain)
		d.u64("number of the change")
		d.u64("bytes of the payload")
		d.u64("zero")
		removed := d.u32("removed paths")
		segment := d.u32("bytes from here to the segment") + d.at
		d.u64("bytes of the segment")
		for range removed {
			d.text(d.u32("bytes of a path"), "path")
		}
		d.next(segment-d.at, "zeros up to a multiple of %d", alignment)
		d.next(start+size-d.at, "the segment (vectors/index)")
		d.zeros(alignment)
	}
}

// dump describes the files of a store.
func dump(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	all := files(t, dir)
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range all {
			if !yield(name) {
				return
			}
		}
	})
	for _, name := range names {
		d := dumper{data: all[name]}
		switch {
		case name == manifestName:
			d.manifest()
		case filepath.Base(name) == "delta.log":
			d.log()
		default:
			d.next(len(d.data), "a segment (vectors/index), or nothing")
		}
		fmt.Fprintf(&text, "%s, %d bytes\n%s\n", filepath.ToSlash(name), len(d.data), d.String())
	}
	return text.String()
}

// A change of the layout is a new format: whoever has to edit the text that this test
// compares bumps it, and keeps the old directory. Where only the segments' own format is
// another, -update is enough.
func TestFormat(t *testing.T) {
	if format != 3 {
		t.Fatalf("describe format %d here", format)
	}
	cache := t.TempDir()
	s := Open("", id)
	s.dir, s.detached, s.health = filepath.Join(cache, directoryName(id)), false, HealthOK
	if err := s.sys.MkdirAll(s.dir); err != nil {
		t.Fatal(err)
	}
	s.newEpoch = func() uint64 { return 3 }
	l := opened(t, s)
	l.put("a.go", "alpha")
	l.put("b.go", "beta")
	if err := l.checkpoint(all); err != nil {
		t.Fatal(err)
	}
	l.put("b.go", "beta changed")
	if err := l.checkpoint(func(i int, _ index.Piece) bool { return i > 0 }); err != nil {
		t.Fatal(err)
	}
	if err := l.append(Change{Segment: segment(t, "c.go", "gamma"), Removed: []string{"a.go", "none.go"}}); err != nil {
		t.Fatal(err)
	}
	if err := l.append(Change{Removed: []string{"b.go"}}); err != nil {
		t.Fatal(err)
	}
	want := l.content()
	l.Close()
	made := files(t, s.dir)
	text := dump(t, s.dir)
	if *update {
		restore(t, "testdata/format-3", made)
		if err := os.WriteFile("testdata/format-3.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/format-3.txt")
	if err != nil {
		t.Fatal(err)
	}
	if text != string(golden) {
		t.Errorf("the format is now\n%s", text)
	}
	same(t, "testdata/format-3", made)

	// What was written then is read now.
	cache = t.TempDir()
	restore(t, filepath.Join(Directory(cache, id.Root), directoryName(id)), files(t, "testdata/format-3"))
	l = begin(t, cache)
	defer l.Close()
	if l.content() != want || l.Health() != HealthOK || l.Flushed() != 5 {
		t.Errorf("%q, want %q; health %q, number %d", l.content(), want, l.Health(), l.Flushed())
	}
}

// sealed makes a record of a payload, whatever that is.
func sealed(payload []byte) []byte {
	le := binary.LittleEndian
	data := le.AppendUint32(nil, recordMark)
	data = le.AppendUint32(data, 0)
	data = le.AppendUint64(data, 1)
	data = le.AppendUint64(data, uint64(len(payload)))
	data = append(le.AppendUint64(data, 0), payload...)
	le.PutUint32(data[4:], crc32.Checksum(data[8:], castagnoli))
	return pad(data, alignment)
}

// A payload that contradicts itself is refused, also when its checksum is right.
func TestReadRecordRefusesLengthsThatAreNotThere(t *testing.T) {
	le := binary.LittleEndian
	head := func(removed, skip uint32, segment uint64) []byte {
		return le.AppendUint64(le.AppendUint32(le.AppendUint32(nil, removed), skip), segment)
	}
	for name, payload := range map[string][]byte{
		"nothing":                 {},
		"paths that are missing":  head(1<<32-1, 8, 0),
		"a path that is too long": append(head(1, 16, 0), "\xff\xff\xff\xffa.go"...),
		"a segment before itself": head(0, 4, 0),
		"a segment behind":        head(0, 1<<32-1, 0),
		"4 GiB":                   head(0, 8, 1<<32),
		"2^64 - 1":                append(head(0, 8, 1<<64-1), "abc"...),
		"more than is said":       append(head(0, 8, 2), "abc"...),
	} {
		if d, err := readRecord(sealed(payload), 1, 0); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d, err := readRecord(sealed(head(0, 8, 0)), 1, 0); err != nil || d.size != 64 {
		t.Errorf("an empty change: %d bytes, %v", d.size, err)
	}
	// What was there before is no successor.
	if _, err := readRecord(sealed(head(0, 8, 0)), 2, 0); err == nil {
		t.Error("a change of another number is read")
	}
	if _, err := readRecord(sealed(head(0, 8, 0)), 1, 7); err == nil {
		t.Error("a change behind another is read")
	}
}

// A manifest that contradicts itself is refused, also when its checksum is right.
func FuzzAManifestWithTheRightChecksum(f *testing.F) {
	m := manifest{generation: 3, epoch: 7, last: 9, segments: []segmentFile{
		{generation: 1, number: 2, bytes: piece + 1, sums: []uint32{1, 2}, dead: []uint64{5}},
		{generation: 3, bytes: 7, sums: []uint32{3}},
	}}
	f.Add(m.encode(id), -1, byte(0))
	for at := len(magic) + 8; at < manifestHeader; at += 4 {
		f.Add(m.encode(id), at, byte(255))
	}
	f.Fuzz(func(t *testing.T, data []byte, at int, with byte) {
		data = slices.Clone(data)
		if at >= 0 && at < len(data) {
			data[at] = with
		}
		if len(data) < 4 {
			return
		}
		binary.LittleEndian.PutUint32(data[len(data)-4:], crc32.Checksum(data[:len(data)-4], castagnoli))
		got, err := decodeManifest(data, id)
		if err != nil {
			return
		}
		if again := got.encode(id); string(again) != string(data) {
			t.Errorf("%x is read as %x", data, again)
		}
	})
}

// Checksums are no signature: what is behind one that is right must not crash the
// program either.
func FuzzARecordWithTheRightChecksum(f *testing.F) {
	seg, err := index.Build(0, []index.Document{{File: index.File{Path: "a.go"}}, {File: index.File{Path: "b.go"}}})
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range []Change{{Segment: seg, Removed: []string{"b.go", "c.go"}}, {Removed: []string{"b.go"}}} {
		parts, _ := record(c, 1, 0)
		f.Add(slices.Concat(parts[:2]...)[recordHeader:], -1, byte(0))
		f.Add(slices.Concat(parts[:2]...)[recordHeader:], 3, byte(255))
	}
	f.Fuzz(func(t *testing.T, payload []byte, at int, with byte) {
		payload = slices.Clone(payload)
		if at >= 0 && at < len(payload) {
			payload[at] = with
		}
		data := sealed(payload)
		d, err := readRecord(data, 1, 0)
		if err != nil {
			return
		}
		if d.size != len(data) {
			t.Fatalf("%d bytes of %d", d.size, len(data))
		}
		x := index.New("/w")
		if len(d.segment) == 0 {
			x.Apply(nil, d.removed)
			return
		}
		seg, err := index.OpenSegment(d.segment)
		if err != nil {
			return
		}
		x.Apply(seg, d.removed)
		x.Snapshot().PathsUnder("/w", "")
	})
}
