package static

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// made is a model to be written as a file: rows and gains by lot, for words and pairs of words.
type made struct {
	words         []string
	pairs         [][2]string
	buckets       int
	first, second []float32 // of the layer
	bias          []float32
}

// file is the model as a file.
func (d made) file() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	le := binary.LittleEndian
	b := []byte(magic)
	for _, x := range []int{version, Dimensions, len(d.words), d.buckets, len(d.pairs), len(d.bias)} {
		b = le.AppendUint32(b, uint32(x))
	}
	hashes, pairs := make([]uint64, len(d.words)), make([]uint64, len(d.pairs))
	for i, w := range d.words {
		hashes[i] = hashOf(w)
	}
	for i, p := range d.pairs {
		pairs[i] = bigramHash(hashOf(p[0]), hashOf(p[1]))
	}
	slices.Sort(hashes)
	slices.Sort(pairs)
	for _, h := range slices.Concat(hashes, pairs) {
		b = le.AppendUint64(b, h)
	}
	n := len(d.words) + d.buckets + len(d.pairs)
	for range 2 * n {
		b = le.AppendUint16(b, uint16(1+r.IntN(maxGain)))
	}
	for range n * Dimensions {
		b = append(b, byte(r.IntN(255)-127))
	}
	for _, x := range slices.Concat(d.first, d.bias, d.second) {
		b = le.AppendUint32(b, math.Float32bits(x))
	}
	return sealed(append(b, 0, 0, 0, 0))
}

// hashOf is the hash of a word as a text has it.
func hashOf(word string) (h uint64) {
	words.Each(word, func(stem []byte) { h = words.Hash(stem) })
	return h
}

// sealed gives a file its checksum.
func sealed(b []byte) []byte {
	body := len(b) - checksumSize
	binary.LittleEndian.PutUint32(b[body:], crc32.Checksum(b[:body], castagnoli))
	return b
}

// small is a model of everything that a file can have.
func small() made {
	d := made{words: []string{"parse", "header", "retry"}, pairs: [][2]string{{"parse", "header"}}, buckets: 4}
	d.first, d.bias, d.second = make([]float32, 2*Dimensions), []float32{0.5, -0.25}, make([]float32, 2*Dimensions)
	for i := range d.first {
		d.first[i], d.second[i] = float32(i%7)-3, float32(i%5)/10-0.2
	}
	return d
}

func write(t *testing.T, data []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "model.bin")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOpen(t *testing.T) {
	m, err := Open(write(t, small().file()))
	if err != nil {
		t.Fatal(err)
	}
	other := small()
	other.bias[0] = 1
	n, err := Open(write(t, other.file()))
	if err != nil {
		t.Fatal(err)
	}
	if m.Model() == n.Model() || m.Model() == New().Model() ||
		!strings.HasPrefix(m.Model().Name, "file-") || m.Model().Dimensions != Dimensions {
		t.Errorf("models %v and %v", m.Model(), n.Model())
	}
	for _, text := range []string{"parse", "frobnicate", "parse header", "header parse"} {
		if v := embedOne(t, m, text); math.Abs(cosine(v, v)-1) > 1e-6 {
			t.Errorf("%s: length %v", text, cosine(v, v))
		}
	}
	// The pair has a row of its own, in this order.
	if a, b := embedOne(t, m, "parse header"), embedOne(t, m, "header parse"); slices.Equal(a, b) {
		t.Error("a pair of words is as one turned round")
	}
	if a, b := codeOf(m, "parse header"), codeOf(m, "header parse"); !slices.Equal(a, b) {
		t.Error("in code it is not")
	}
}

// A file that is damaged, or no model, is refused with its name, what is wrong and the way out.
func TestOpenRefuses(t *testing.T) {
	good := small().file()
	le := binary.LittleEndian
	// with is the file with another number in its header, or gain.
	with := func(at int, x uint32) []byte {
		b := slices.Clone(good)
		le.PutUint32(b[at:], x)
		return sealed(b)
	}
	hashes := headerSize
	gains := hashes + 8*(3+1)
	numbers := len(good) - checksumSize - layerSize(2)
	for _, c := range []struct {
		what string
		data []byte
		want error
		says string
	}{
		{"empty", nil, ErrFormat, "it is empty"},
		{"text", []byte("{\"embedding\": {}}\n" + strings.Repeat("x", 100)), ErrFormat, "does not begin with"},
		{"half a magic", good[:5], ErrFormat, "does not begin with"},
		{"half a header", good[:20], ErrDamaged, "ends after 20 bytes"},
		{"a newer version", with(8, version+1), ErrVersion, "it is of format 2, this program reads format 1"},
		{"version 0", with(8, 0), ErrVersion, "it is of format 0"},
		{"other dimensions", with(12, 512), ErrDimensions, "it has 512, this program computes with 256"},
		{"more words", with(16, 4), ErrDamaged, "its header asks for"},
		{"absurdly many words", with(16, math.MaxUint32), ErrDamaged, "4294967295 words"},
		{"as many words as can be", with(16, maxWords), ErrDamaged, "its header asks for"},
		{"no buckets", with(20, 0), ErrDamaged, "0 buckets"},
		{"three buckets", with(20, 3), ErrDamaged, "3 buckets"},
		{"absurdly many buckets", with(20, 1<<31), ErrDamaged, "2147483648 buckets"},
		{"absurdly many bigrams", with(24, maxWords+1), ErrDamaged, "1048577 bigrams"},
		{"absurdly many units", with(28, 1<<30), ErrDamaged, "1073741824 units"},
		{"no layer, though it has one", with(28, 0), ErrDamaged, "its header asks for"},
		{"a word twice", func() []byte {
			b := slices.Clone(good)
			copy(b[hashes+8:], b[hashes:hashes+8])
			return sealed(b)
		}(), ErrDamaged, "its hashes do not ascend"},
		{"a gain of more than the most", with(gains, maxGain+1), ErrDamaged, "a gain of 4001, of at most 4000"},
		{"not a number in its layer", with(numbers, math.Float32bits(float32(math.NaN()))), ErrDamaged, "its layer has a NaN"},
		{"infinity in its layer", with(numbers+4, math.Float32bits(float32(math.Inf(-1)))), ErrDamaged, "its layer has a -Inf"},
		{"a byte too many", append(slices.Clone(good), 0), ErrDamaged, "its header asks for"},
		{"another checksum", append(slices.Clone(good[:len(good)-1]), ^good[len(good)-1]), ErrDamaged, "its checksum is"},
	} {
		file := write(t, c.data)
		m, err := Open(file)
		if m != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		for _, want := range []string{"model " + file + ": ", c.says, "the built-in model"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", c.what, want, err)
			}
		}
	}
	absent := filepath.Join(t.TempDir(), "model.bin")
	if _, err := Open(absent); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), absent) != 1 {
		t.Errorf("absent: %v", err)
	}
	directory := t.TempDir()
	says := directory + ": no model file: it is no regular file"
	if _, err := Open(directory); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
		t.Errorf("a directory: %v", err)
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	good := small().file()
	for n := range good {
		if _, err := readTable(good[:n]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrFormat) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	for n := 0; n < len(good); n += 97 {
		if _, err := Open(write(t, good[:n])); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrFormat) {
			t.Fatalf("a file of %d of %d bytes: %v", n, len(good), err)
		}
	}
}

func TestEveryFlippedByteIsNoticed(t *testing.T) {
	good := small().file()
	for i := range good {
		b := slices.Clone(good)
		b[i] ^= 1 << (i % 8)
		if _, err := readTable(b); err == nil {
			t.Fatalf("byte %d of %d was flipped", i, len(good))
		}
	}
}

// What a header claims is compared with the length of the file before memory is asked for.
func TestClaimsCostNoMemory(t *testing.T) {
	b := slices.Clone(small().file())
	for i, claim := range []uint32{maxWords, maxWords, maxWords, maxHidden} {
		binary.LittleEndian.PutUint32(b[16+4*i:], claim)
	}
	file := write(t, sealed(b))
	r := testing.Benchmark(func(b *testing.B) {
		for range b.N {
			if _, err := Open(file); !errors.Is(err, ErrDamaged) {
				b.Fatal(err)
			}
		}
	})
	if allocated := r.AllocedBytesPerOp(); allocated > 1<<16 {
		t.Errorf("%d bytes were allocated for a file of %d", allocated, len(b))
	}
}

// Words are found by their hashes, whatever these are, but for the lowest bit.
func TestFinder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sets := map[string][]uint64{
		"none": nil, "one": {7 << 40}, "the least": {0, 2}, "the greatest": {math.MaxUint64 - 2, math.MaxUint64},
	}
	for range 5000 {
		sets["by lot"] = append(sets["by lot"], r.Uint64())
	}
	for i := range uint64(5000) { // all in one place
		sets["alike"] = append(sets["alike"], 0xABCDEF0000000000+2*i)
	}
	for name, hashes := range sets {
		slices.Sort(hashes)
		var data []byte
		for _, h := range hashes {
			data = binary.LittleEndian.AppendUint64(data, h)
		}
		list := make([]Word, len(hashes))
		f, err := newFinder(list, data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, h := range hashes {
			if f.of(h) != &list[i] || f.of(h^1) != &list[i] {
				t.Fatalf("%s: %x is not found", name, h)
			}
			for _, other := range []uint64{h + 2, h - 2, h ^ 1<<63, r.Uint64()} {
				_, ok := slices.BinarySearchFunc(hashes, other>>1, func(h, bits uint64) int { return cmp.Compare(h>>1, bits) })
				if got := f.of(other); (got != nil) != ok {
					t.Fatalf("%s: %x is %v", name, other, got)
				}
			}
		}
		if len(hashes) == 0 && f.of(r.Uint64()) != nil {
			t.Errorf("%s: found", name)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	good := small().file()
	f.Add(good)
	f.Add(good[:headerSize])
	f.Add(made{buckets: 1}.file())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > checksumSize {
			data = sealed(slices.Clone(data)) // else nothing gets beyond that
		}
		table, err := readTable(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrVersion) && !errors.Is(err, ErrDimensions) && !errors.Is(err, ErrDamaged) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		m := newModel(table, "fuzz")
		for _, v := range [][]float32{embedOne(t, m, "parse the header and retry"), codeOf(m, "parse the header and retry")} {
			if got := cosine(v, v); !(got == 0 || math.Abs(got-1) < 1e-5) {
				t.Errorf("length %v", got)
			}
		}
	})
}
