package words

import (
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRunsCutAsEachDoes compares the two over real files and texts that try to tell them apart.
func TestRunsCutAsEachDoes(t *testing.T) {
	texts := []string{
		"", "_", "__init__ _a b_ HTTPServer2 x", "größe naïveÜber 名前を変更 a名b \xff\xfea\xff", strings.Repeat("longIdentifier", 20) + " end",
		"2fast é", "ᾌbc_Éa", "a\u0301b x\u0301", "é_é\xffé",
	}
	files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", "strings", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, text := range texts {
		if got, want := ofRuns(text), Of(text); !slices.Equal(got, want) {
			t.Errorf("%.80q: %q, want %q", text, got, want)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add("HTTPServer2 größe 名前 \xff_a")
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := ofRuns(text), Of(text); !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func ofRuns(text string) (list []string) {
	Runs(text, func(run string) { list = append(list, Of(run)...) })
	return list
}
