package chunk

import (
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCut cuts a few megabytes: of the Go tree for Go, of each case repeated for the other languages.
func BenchmarkCut(b *testing.B) {
	type input struct{ path, text string }
	inputs := map[string][]input{}
	files, _ := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "net", "http", "*.go"))
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			inputs["go"] = append(inputs["go"], input{file, string(text)})
		}
	}
	cases, _ := filepath.Glob("testdata/outline/*.txt")
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if data, err := os.ReadFile(file); err == nil && name != "go" {
			head, rest, _ := strings.Cut(string(data), " --\n")
			text, _, _ := strings.Cut(rest, "-- outline --\n")
			inputs[name] = []input{{strings.TrimPrefix(head, "-- "), strings.Repeat(text, 1<<17/len(text))}}
		}
	}
	for name, list := range inputs {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, in := range list {
				size += len(in.text)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, in := range list {
					Cut(in.path, in.text)
				}
			}
		})
	}
}
