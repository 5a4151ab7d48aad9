package lexical

import "math"

// BM25 weighs a term in a document (Robertson and Zaragoza, "The Probabilistic
// Relevance Framework: BM25 and Beyond", 2009). K1 says how soon a further
// occurrence stops counting, B how much a long document has to pay for its
// length. Where counts are sums over fields, each weighted, it is their BM25F.
type BM25 struct{ K1, B float64 }

// IDF weighs a term that is in matching of all documents, always above 0.
func IDF(all, matching float64) float64 {
	return math.Log1p(max(0, all-matching+0.5) / (matching + 0.5))
}

// Norm is the part of the formula that depends on the document alone, as a function of
// its length: fixed + slope*length. mean is the mean length of all documents.
func (p BM25) Norm(mean float64) (fixed, slope float64) {
	if mean <= 0 {
		return p.K1, 0
	}
	return p.K1 * (1 - p.B), p.K1 * p.B / mean
}

// Score is the gain of one term that occurs count times.
func (p BM25) Score(idf, count, norm float64) float64 {
	return idf * (p.K1 + 1) * count / (count + norm)
}
