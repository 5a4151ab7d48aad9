package search

import (
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Signal is one of the things that speak for a chunk. A score is the sum of all of them,
// each times its weight, as a share of what the sum can be; see Explanation for the factors.
type Signal struct {
	Name    string
	Meaning string // in a line, after "how much"
	// Weight is where w has that of this signal.
	Weight func(w *Weights) *float64
	// OfNames tells that it speaks only where the query is nothing but a name, and that its weight
	// is one of all weights only there. What finds files says little of it: see bench/names.
	OfNames bool

	value  func(e *evidence) float64 // 0..1, but for what the rounding of vectors adds; of a qualified name a little more
	ofFile bool                      // made of the scores of chunks, which have had the factors of their class
}

// signals are all there are. A new one has an entry here, a field in Weights, and is added
// to the score in the first stage (vectors/index) or the second (scored).
var signals = []Signal{
	{
		Name: "chunk", Meaning: "it says the words of the query, of what the best chunk does (BM25)",
		Weight: func(w *Weights) *float64 { return &w.Chunk },
		value:  func(e *evidence) float64 { return float64(e.standing.Chunk) },
	},
	{
		Name: "file", Meaning: "its whole file says them, of what the best file does (BM25)",
		Weight: func(w *Weights) *float64 { return &w.File },
		value:  func(e *evidence) float64 { return float64(e.standing.File) },
	},
	{
		Name: "dense", Meaning: "it means what the query means, of what the nearest chunk does (cosine)",
		Weight: func(w *Weights) *float64 { return &w.Dense },
		value:  func(e *evidence) float64 { return float64(e.standing.Dense) },
	},
	{
		Name: "name", Meaning: "it defines a name that stands in the query",
		Weight: func(w *Weights) *float64 { return &w.Name },
		value:  func(e *evidence) float64 { return float64(e.standing.Name) },
	},
	{
		Name: "path", Meaning: "of the query its path says, rare words more",
		Weight: func(w *Weights) *float64 { return &w.Path },
		value:  func(e *evidence) float64 { return e.view.path },
	},
	{
		Name: "label", Meaning: "the name of its definition means what the query means (cosine)",
		Weight: func(w *Weights) *float64 { return &w.Label },
		value:  func(e *evidence) float64 { return e.label },
	},
	{
		Name: "place", Meaning: "the words of its path mean what the query means (cosine)",
		Weight: func(w *Weights) *float64 { return &w.Place },
		value:  func(e *evidence) float64 { return e.view.place },
	},
	{
		Name: "others", Meaning: "other chunks of its file say better than its best one",
		Weight: func(w *Weights) *float64 { return &w.Others },
		value:  func(e *evidence) float64 { return e.view.others },
	},
	{
		Name: "best", Meaning: "the best chunks of its file score together, of what those of the best file do",
		Weight: func(w *Weights) *float64 { return &w.Best },
		value: func(e *evidence) float64 {
			if e.top <= 0 {
				return 0
			}
			return e.view.best / e.top
		},
		ofFile: true,
	},
	{
		Name: "alone", Meaning: "it defines the name that is all of the query",
		Weight:  func(w *Weights) *float64 { return &w.Alone },
		value:   func(e *evidence) float64 { return e.alone },
		OfNames: true,
	},
}

// Signals returns all signals, in the order in which they are shown.
func Signals() []Signal { return slices.Clone(signals) }

// evidence is all that the signals of one chunk are made from.
type evidence struct {
	standing index.Standing // in the first stage
	view     *fileView      // its file in the second
	label    float64        // in the second
	top      float64        // the best chunks of the best file together
	alone    float64        // of the definition that was found by its name
}
