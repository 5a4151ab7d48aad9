package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNDCG(t *testing.T) {
	second := 1 / math.Log2(3)
	for _, c := range []struct {
		found, targets string
		want           float64
	}{
		{"a b", "a", 1},
		{"b a", "a", second},
		{"lib/a b", "a", 1},
		{"liba a", "a", second},
		{"a b", "a b", 1},
		{"a x b", "a b", (1 + 0.5) / (1 + second)},
		{"1 2 3 4 5 6 7 8 9 10 a", "a", 0},
		{"", "a", 0},
	} {
		if got := ndcg(strings.Fields(c.found), strings.Fields(c.targets)); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("found %q, wanted %q: %.4f, want %.4f", c.found, c.targets, got, c.want)
		}
	}
}

func TestInterval(t *testing.T) {
	if low, high := interval([]float64{.5, .5, .5}); math.Abs(low-.5)+math.Abs(high-.5) > 1e-9 {
		t.Errorf("of what does not vary: %v to %v", low, high)
	}
	if low, high := interval([]float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}); low < .1 || low > .3 || high < .7 || high > .9 {
		t.Errorf("of ten coins: %v to %v", low, high)
	}
}

// A repository of two files, asked one question about each; and one that has no checkout.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"repos":                "repo\tlanguage\tgithub\trevision\troot\nzoo\tgo\tx/zoo\t1\tsrc\ngone\tgo\tx/gone\t1\t.\n",
		"tasks":                "repo\tcategory\tquery\ttargets\nzoo\tsemantic\tstroke the zebra\tsrc/zebra.go\nzoo\tsymbol\tFeedLion\tsrc/lion.go\ngone\tsymbol\tx\ty\n",
		"all/zoo/src/lion.go":  "package zoo\n\nfunc FeedLion() {}\n",
		"all/zoo/src/zebra.go": "package zoo\n\n// Stroke strokes a zebra.\nfunc Stroke() {}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := read(filepath.Join(dir, "repos"), filepath.Join(dir, "tasks"), filepath.Join(dir, "all"))
	if err != nil {
		t.Fatal(err)
	}
	weights, err := weigh("best", "")
	if err != nil || weights.Best != 0 || weights.Chunk == 0 {
		t.Errorf("weights %+v, %v", weights, err)
	}
	if err := b.run(t.Context(), weights); err != nil {
		t.Fatal(err)
	}
	if len(b.repositories) != 1 || len(b.repositories[0].tasks) != 2 {
		t.Fatalf("%+v", b.repositories)
	}
	for _, task := range b.repositories[0].tasks {
		if task.files != 1 || task.chunks != 1 {
			t.Errorf("%+v", task)
		}
	}
	if _, err := weigh("", "luck"); err == nil || !strings.Contains(err.Error(), "there are best, chunk") {
		t.Errorf("an unknown signal: %v", err)
	}
}
