package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
)

// TestModelFile: package static computes with a file what the learner computes with the table.
func TestModelFile(t *testing.T) {
	names := []string{"alpha", "beta", "gamma", "delta", "odd"}
	var pairs []pair
	for r := range uint16(12) {
		pairs = append(pairs, pair{[]count{0<<8 | 1, 1<<8 | 1}, []count{2<<8 | 1, 3<<8 | 1}, r, kindDoc})
	}
	h := defaults().hyper
	h.buckets, h.bigrams, h.hidden, h.batch = 4, 3, 16, 2
	tab := newTable(pairs, names, h)
	if len(tab.hashes) != 4 || len(tab.bigrams) != 1 {
		t.Fatalf("%d words and %d bigrams have rows, want 4 and 1", len(tab.hashes), len(tab.bigrams))
	}
	for i := range tab.row(4 + 4) { // as learned: otherwise it is zero
		tab.row(4 + 4)[i] = float32(math.Sin(float64(i))) / 8
	}
	for i := range tab.layer.second {
		tab.layer.second[i] = float32(math.Cos(float64(i))) / 100
	}
	for i := range tab.said.logs { // not those of words that are half of all words, which are rounded to 1 or 2
		tab.said.logs[i], tab.code.logs[i] = float32(i)/10, -float32(i)/5
	}
	tab.said, tab.code = newGains(tab.said.logs), newGains(tab.code.logs)
	file := filepath.Join(t.TempDir(), "model.bin")
	if err := writeFile(file, tab.encode()); err != nil {
		t.Fatal(err)
	}
	m, err := static.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	l := newLearner(tab, h)
	texts := []pair{
		{said: []count{0<<8 | 1, 1<<8 | 1}, code: []count{2<<8 | 3, 3<<8 | 1}}, // with its bigram
		{said: []count{1<<8 | 2, 0<<8 | 1}, code: []count{4<<8 | 1, 0<<8 | 2}},
	}
	tab.translate(texts, names)
	if len(texts[0].said) != 3 || len(texts[1].said) != 2 {
		t.Fatalf("with bigrams %d and %d words are said, want 3 and 2", len(texts[0].said), len(texts[1].said))
	}
	for i := range texts {
		l.said.texts[i], l.code.texts[i] = texts[i].said, texts[i].code
	}
	l.embed(l.said, &tab.said, 0, 2)
	l.embed(l.code, &tab.code, 0, 2)
	tab.layer.forward(l.layered, l.said, 0, 2)
	for i, text := range [][2]string{{"alpha beta", "gamma gamma delta gamma"}, {"beta beta alpha", "odd alpha alpha"}} {
		var said, code [static.Dimensions]float32
		m.EmbedQueryInto(said[:], text[0])
		m.EmbedInto(code[:], text[1])
		if x := dot(said[:], l.asked(i)); x < 0.999 {
			t.Errorf("%q: the cosine of both is %v", text[0], x)
		}
		if x := dot(code[:], l.code.of(l.code.unit, i)); x < 0.999 {
			t.Errorf("%q: the cosine of both is %v", text[1], x)
		}
	}
	// Only hashes.
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range names {
		if strings.Contains(string(data), w) {
			t.Errorf("the file has the word %q", w)
		}
	}
}
