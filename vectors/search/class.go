package search

import "github.com/semantic-ls/semantic-ls/vectors/index"

// Factors for what stands below code unless the query asks for it: an answer in
// a test, a document or a vendored copy is seldom the place itself.
//
// Over 191 questions about ten open projects, tests and documents included, and about
// net/http, the mean reciprocal rank of the file is 0.785; without the factor of tests
// it is 0.69, without that of prose 0.73. Smaller ones gain no more than 0.004, so they
// are about the mildest that do: a test that says it best is still found. Those
// questions hardly move the other two. Configuration is put beside prose, and foreign
// or generated code close to our own, since it is code and may be where the answer is.
const (
	testFactor      = 0.67
	proseFactor     = 0.55
	configFactor    = 0.5
	generatedFactor = 0.75
)

// classFactor is how much a file of this kind counts for the query.
func classFactor(c index.Class, p parsed) float64 {
	factor := 1.0
	classFactors(c, p, func(_ string, f float64) { factor *= f })
	return factor
}

// classFactors calls yield with what there is to be said against a file of this kind, and
// its factor.
func classFactors(c index.Class, p parsed, yield func(name string, factor float64)) {
	if c&index.ClassTest != 0 && !p.tests {
		yield("test", testFactor)
	}
	if c&index.ClassProse != 0 && !p.prose {
		yield("prose", proseFactor)
	}
	if c&index.ClassConfiguration != 0 && !p.config {
		yield("configuration", configFactor)
	}
	if c&index.ClassForeign != 0 {
		yield("foreign", generatedFactor)
	}
}
