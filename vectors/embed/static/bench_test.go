package static

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkEmbedInto is embedding once the words are known, in chunks as they
// come from a file.
func BenchmarkEmbedInto(b *testing.B) {
	m := New()
	text := strings.Repeat(sample, 2)
	dst := make([]float32, Dimensions)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m.EmbedInto(dst, text)
	}
}

// BenchmarkCold is a first indexing: the Go library's net, encoding and go
// folders in chunks of 1,500 bytes, with no row known beforehand.
func BenchmarkCold(b *testing.B) {
	var chunks []string
	var bytes int64
	for _, dir := range []string{"net/http", "net", "encoding/json", "go/types", "crypto/tls"} {
		files, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", dir, "*.go"))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			bytes += int64(len(text))
			for rest := string(text); rest != ""; {
				n := min(1500, len(rest))
				chunks = append(chunks, rest[:n])
				rest = rest[n:]
			}
		}
	}
	if bytes < 1<<20 {
		b.Fatalf("only %d bytes of source in %s", bytes, build.Default.GOROOT)
	}
	dst := make([]float32, Dimensions)
	b.SetBytes(bytes)
	for b.Loop() {
		b.StopTimer()
		m := New()
		b.StartTimer()
		for _, c := range chunks {
			m.EmbedInto(dst, c)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

// BenchmarkRow makes the row of a word that was not at hand.
func BenchmarkRow(b *testing.B) {
	m := New()
	list := [][]byte{[]byte("persistconn"), []byte("idl"), []byte("handshak"), []byte("writeloopdone"), []byte("zlib")}
	for i := 0; b.Loop(); i++ {
		m.lexicon.row(list[i%len(list)], uint64(i))
	}
}
