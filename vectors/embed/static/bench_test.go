package static

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkEmbedInto is embedding the same code again, so that all that the model has of
// its words is in the processor's caches.
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

// BenchmarkSource is embedding much code: the Go library's net, encoding and go folders in
// chunks of 1,500 bytes.
func BenchmarkSource(b *testing.B) {
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
	m := New()
	dst := make([]float32, Dimensions)
	b.SetBytes(bytes)
	for b.Loop() {
		for _, c := range chunks {
			m.EmbedInto(dst, c)
		}
	}
}

// BenchmarkRead is what the first New costs, but that the program's own pages are in memory
// by then.
func BenchmarkRead(b *testing.B) {
	data := []byte(builtin)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := readTable(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEmbedQuery is a question, which in one of the two models goes through a layer of 256 units.
func BenchmarkEmbedQuery(b *testing.B) {
	for _, c := range []struct {
		name string
		m    *Model
	}{{"builtin", New()}, {"layer", layered(b)}} {
		b.Run(c.name, func(b *testing.B) {
			row := make([]float32, Dimensions)
			for b.Loop() {
				c.m.EmbedQueryInto(row, "where do we retry a failed upload before giving up")
			}
		})
	}
}
