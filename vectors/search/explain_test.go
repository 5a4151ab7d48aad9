package search

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/index/synthetic"
)

// recombined is the score of an explanation by the formula of its type alone.
func recombined(x Explanation) float64 {
	class, ofFile, sum, all := 1.0, 1.0, 0.0, 0.0
	for _, f := range x.Factors {
		if f.Name == "further" {
			ofFile = f.Value
		} else {
			class *= f.Value
		}
	}
	for _, s := range x.Signals {
		factor := class * ofFile
		switch s.Name {
		case "best":
			factor = ofFile
		case "alone":
			factor = class
		}
		sum += s.Value * s.Weight * factor
		all += s.Weight
	}
	return sum / all
}

// The parts of a score make the very score that was given, whatever is asked and however
// it is weighed.
func TestExplanationsMakeTheScore(t *testing.T) {
	model := static.New()
	var kept synthetic.Kept
	seg, err := kept.Segment(t.Context(), 3000)
	if err != nil {
		t.Fatal(err)
	}
	many := (&index.Snapshot{}).With("/w", seg, nil)
	body := "\n\t// upload the file again when the network failed\n"
	all := corpus(t, map[string]string{
		"store/upload.go": "func retryUpload() {" + body + "}", "store/upload_test.go": "func TestRetryUpload() {" + body + "}",
		"docs/upload.md": "# Upload" + body, "ci/upload.yaml": "upload: |" + body,
		"vendor/x/upload_test.go": "func again() {" + body + "}", "store/upload.d.ts": "function upload();" + body,
		"pages/upload.css": "upload {" + body + "}", "tools/upload.go": "func upload() {" + body + "}",
	})
	odd := DefaultWeights()
	odd.Chunk, odd.Dense, odd.Path, odd.Best = 0.3, 1.7, 0, 0.05
	used, factors, values := 0, map[string]int{}, map[string]int{}
	queries := synthetic.Queries()
	ofMany := len(queries)
	queries = append(queries,
		"retryUpload", "upl", "upload.retryUp", "testRetry", "where do we retry a failed upload", "again", "test of an upload", "upload in the guide or the ci")
	for n, text := range queries {
		s := many
		if n >= ofMany {
			s = all
		}
		vector, err := model.EmbedQuery(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		q := Query{Text: text, Vector: index.NewProbe(vector), Limit: 30, Weights: DefaultWeights()}
		if s == all {
			q.Vector = index.Probe{}
		}
		switch n % 4 {
		case 1:
			q.Vector = index.Probe{}
		case 2:
			q.Weights = odd
		case 3:
			q.Limit = 3
		}
		r, err := Rank(t.Context(), s, s.Everywhere(), q)
		if err != nil {
			t.Fatal(err)
		}
		explained, err := Explain(t.Context(), s, s.Everywhere(), q, r.Ranked)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range explained {
			score := r.Ranked[i].Score
			if x.Score != score || x.Rank != i+1 || x.Looked < len(r.Ranked) || x.Found < x.Looked {
				t.Fatalf("%q: hit %d with %v is explained as %+v", text, i+1, score, x)
			}
			if got := recombined(x); math.Abs(got-score) > 1e-6*max(1, score) {
				t.Fatalf("%q: the parts of hit %d make %v, its score is %v: %+v", text, i+1, got, score, x)
			}
			shares := 0.0
			for _, c := range x.Signals {
				shares += c.Share
				if c.Value < 0 || c.Value > 1.06 { // a name in its container is 1.06
					t.Fatalf("%q: %+v", text, c)
				}
				if c.Value > 0 {
					values[c.Name]++
				}
			}
			if math.Abs(shares-1) > 1e-5 {
				t.Fatalf("%q: the shares of hit %d make %v", text, i+1, shares)
			}
			for _, f := range x.Factors {
				factors[f.Name]++
			}
			used++
		}
	}
	if used < 2000 || len(values) != len(Signals()) || len(factors) != len(Classes())+2 {
		t.Errorf("%d hits, with signals %v and factors %v", used, values, factors)
	}
}

// Behind what the second stage has looked at chunks stand in the order of the first, and
// what has nothing in common with the query stands nowhere.
func TestExplainBehindTheSecondLook(t *testing.T) {
	s := many(t, 900)
	q := Query{Text: "what is sent by an upload", Limit: 10, Weights: DefaultWeights()} // no name, so that all say the same
	var all []Ranked
	for id := range s.Everywhere().Each {
		all = append(all, Ranked{ID: id})
	}
	explained, err := Explain(t.Context(), s, s.Everywhere(), q, all)
	if err != nil {
		t.Fatal(err)
	}
	ranks := map[int]int{}
	for _, x := range explained {
		if x.Found != 900 || x.Looked != secondLook || x.Score <= 0 || math.Abs(recombined(x)-x.Score) > 1e-6 {
			t.Fatalf("%+v", x)
		}
		ranks[x.Rank]++
	}
	for rank := 1; rank <= secondLook; rank++ {
		if ranks[rank] != 1 {
			t.Fatalf("%d chunks are number %d", ranks[rank], rank)
		}
	}
	// All the others say the same as the last of those.
	if ranks[secondLook+1] != 900-secondLook {
		t.Errorf("%d chunks stand behind the first %d", ranks[secondLook+1], secondLook)
	}
	for _, text := range []string{"absent", "", "?!"} {
		q.Text = text
		explained, err := Explain(t.Context(), s, s.Everywhere(), q, all[:1])
		if err != nil || len(explained) != 1 || explained[0].Rank != 0 || explained[0].Score != 0 || len(explained[0].Signals) > 0 {
			t.Errorf("%q: %+v, %v", text, explained, err)
		}
	}
	q.Text = "upload"
	explained, err = Explain(t.Context(), s, s.Everywhere().Without([]uint32{all[0].ID}), q, all[:2])
	if err != nil || explained[0].Rank != 0 || explained[1].Rank == 0 {
		t.Errorf("out of the scope: %+v, %v", explained, err)
	}
}

func TestExplainLooksAtItsContextThroughout(t *testing.T) {
	s := many(t, 5000)
	q := Query{Text: "upload", Limit: 10, Weights: DefaultWeights()}
	for looks := 0; ; looks++ {
		ctx := &counting{t.Context(), looks}
		_, err := Explain(ctx, s, s.Everywhere(), q, []Ranked{{ID: 7}})
		if err == nil {
			if looks < 6 { // two windows, three times
				t.Errorf("it looks %d times", looks)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || ctx.left < -3 {
			t.Fatalf("cancelled at look %d, it looks %d times more: %v", looks, -ctx.left, err)
		}
	}
}

// Whoever learns or switches off signals walks over the list of them: each has the weight
// of its name, and each weight a signal.
func TestSignalsAreTheWeights(t *testing.T) {
	var w Weights
	all := 0.0
	for i, s := range Signals() {
		*s.Weight(&w) = float64(i + 1)
		all += float64(i + 1)
		field := reflect.ValueOf(w).FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, s.Name) })
		if !field.IsValid() || field.Float() != float64(i+1) || s.Meaning == "" {
			t.Errorf("signal %q, %q, has the weight of another: %+v", s.Name, s.Meaning, w)
		}
	}
	if fields := reflect.TypeOf(w).NumField(); fields != len(Signals()) || w.sum(true) != all || w.sum(false) != all-w.Alone {
		t.Errorf("%d weights of %d signals, whose sum is %v", fields, len(Signals()), w.sum(true))
	}
}
