package rows

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/f1.txt")

// TestFormat holds the layout byte by byte. A change of testdata/f1.txt is a new format:
// whoever has to make one bumps it, and the suffix of the files.
func TestFormat(t *testing.T) {
	if format != 1 || suffix != "-f1.rows" {
		t.Fatalf("draw format %d beside this one", format)
	}
	m := Model{Name: "openai:tiny", Dimensions: 5}
	dir := t.TempDir()
	c := Open(dir, filesAtLimit*240)
	c.first = 7
	put(t, c, m, 0, 4) // three in the first file, which is full then, and one in the next
	c.Close()
	name := "0000000007-" + m.hash() + "-f1.rows"
	full, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	next, err := os.ReadFile(filepath.Join(dir, "0000000008-"+m.hash()+"-f1.rows"))
	if err != nil {
		t.Fatal(err)
	}
	got := "# A file of three rows, which is full, and the next one. The checksums are CRC-32C.\n\n" +
		dump(t, name, full, true) + "\n" + dump(t, "the next one", next, false)
	path := filepath.Join("testdata", "f1.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("the layout is another one:\n%s", got)
	}
}

// dump writes what each byte of a file means, as the drawing of format.go has it.
func dump(t *testing.T, name string, data []byte, full bool) string {
	t.Helper()
	le := binary.LittleEndian
	var b strings.Builder
	at := 0
	part := func(n int, format string, args ...any) []byte {
		p := data[at : at+n]
		fmt.Fprintf(&b, "%4d  %-48x  %s\n", at, p, fmt.Sprintf(format, args...))
		at += n
		return p
	}
	number := func() uint32 { return le.Uint32(data[at:]) }
	pad := func() {
		if n := -at & 7; n > 0 {
			part(n, "zeros")
		}
	}
	fmt.Fprintf(&b, "%s\n", name)
	part(16, "magic %q", data[:16])
	part(4, "format %d", number())
	dimensions := int(number())
	part(4, "%d dimensions", dimensions)
	length := int(number())
	part(4, "%d bytes of the model's name", length)
	part(length, "%q", data[at:at+length])
	part(4, "checksum of all before")
	pad()
	records := (len(data) - at) / (rowHead + 8)
	if full {
		records = int(le.Uint32(data[len(data)-16:]))
	}
	for i := range records {
		part(16, "record %d: key", i+1)
		part(4, "checksum")
		part(4, "scale %v", math.Float32frombits(number()))
		part(dimensions, "components")
		pad()
	}
	if full {
		slots := int(le.Uint32(data[len(data)-12:]))
		for i := range slots {
			slot := le.Uint64(data[at:])
			if slot == 0 {
				part(8, "slot %d: empty", i)
			} else {
				part(8, "slot %d: record %d, key %08x...", i, uint32(slot), slot>>32)
			}
		}
		part(8, "trailer %q", data[at:at+8])
		part(4, "%d records", number())
		part(4, "%d slots", number())
		part(4, "checksum")
		part(4, "zero")
	}
	if at != len(data) {
		t.Errorf("%s: %d bytes of %d are explained", name, at, len(data))
	}
	return b.String()
}

func TestNames(t *testing.T) {
	for name, want := range map[string]struct {
		number        uint64
		current, ours bool
	}{
		fileName(12, small):                                {12, true, true},
		"0000000003-0123456789abcdef-f1.rows":              {3, true, true},
		"10000000003-0123456789abcdef-f1.rows":             {10000000003, true, true},
		"0000000003-0123456789abcdef-f2.rows":              {3, false, true},
		"0000000003-0123456789abcdef-f11.rows":             {3, false, true},
		"4611686018427387903-0123456789abcdef-f1.rows":     {1<<62 - 1, true, true},
		"4611686018427387904-0123456789abcdef-f1.rows":     {0, false, true}, // nobody gets there
		"9223372036854775807-0123456789abcdef-f1.rows":     {0, false, true},
		"99999999999999999999999-0123456789abcdef-f1.rows": {0, false, true},
		"0000000003-0123456789abcdef.rows":                 {},
		"x-0123456789abcdef-f1.rows":                       {},
		"-1-0123456789abcdef-f1.rows":                      {},
		"LOCK":                                             {},
	} {
		number, _, current, ours := parseName(name)
		if ours != want.ours || ours && (number != want.number || current != want.current) {
			t.Errorf("%s: %d, current %v, ours %v", name, number, current, ours)
		}
	}
}

func TestTableFindsWhatWasPut(t *testing.T) {
	table := makeTable(0)
	const n = 5000
	for i := range n {
		table.put(keyFor(i), i)
	}
	for _, of := range []int{len(table.slots) / slotsPerRow, n} { // as it grew, and as it is stored
		table = table.resized(of)
		looks := 0
		for i := range 2 * n {
			found := false
			table.each(keyFor(i), func(record int) bool {
				looks++
				found = record == i
				return !found
			})
			if found != (i < n) {
				t.Fatalf("text %d: found %v", i, found)
			}
		}
		if looks > n+n/100 {
			t.Errorf("%d looks at records for %d keys", looks, n)
		}
	}
}
