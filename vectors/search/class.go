package search

import (
	"slices"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Factors are what is left of a score in a file that stands below code unless the query
// asks for it: an answer in a test, a document or a vendored copy is seldom the place
// itself. Foreign is vendored or generated code, Declaration says what other code offers,
// Aside is a tool around the code. A file of several classes has all their factors.
type Factors struct{ Test, Prose, Configuration, Foreign, Declaration, Markup, Aside float64 }

// DefaultFactors were chosen over 191 questions about ten open projects, tests and documents included, and about
// net/http, where the mean reciprocal rank of the file is 0.785; without the factor of tests it is 0.69, without that of
// prose 0.73. Smaller ones gain no more than 0.004, so they are about the mildest that do: a test that says it best is
// still found. Configuration is put beside prose, and foreign or generated code close to our own, since it is code and
// may be where the answer is. Of the 739 questions of DefaultWeights, those of declarations and of what stands aside gain
// 0.008 each on the ones in other words than the code's, and nothing on the others.
func DefaultFactors() Factors {
	return Factors{Test: 0.67, Prose: 0.55, Configuration: 0.5, Foreign: 0.75, Declaration: 0.67, Markup: 0.67, Aside: 0.67}
}

// Class is a kind of file that has a factor.
type Class struct {
	Name   string
	Factor func(f *Factors) *float64 // where f has that of this class

	class index.Class
	asked func(p parsed) bool // the query asks for it, so that it is code's equal
}

// classes are all that have a factor. A file may be of several.
var classes = [7]Class{
	{
		Name: "test", Factor: func(f *Factors) *float64 { return &f.Test },
		class: index.ClassTest, asked: func(p parsed) bool { return p.tests },
	},
	{
		Name: "prose", Factor: func(f *Factors) *float64 { return &f.Prose },
		class: index.ClassProse, asked: func(p parsed) bool { return p.prose },
	},
	{
		Name: "configuration", Factor: func(f *Factors) *float64 { return &f.Configuration },
		class: index.ClassConfiguration, asked: func(p parsed) bool { return p.config },
	},
	{
		Name: "foreign", Factor: func(f *Factors) *float64 { return &f.Foreign },
		class: index.ClassForeign, asked: func(parsed) bool { return false },
	},
	{
		Name: "declaration", Factor: func(f *Factors) *float64 { return &f.Declaration },
		class: index.ClassDeclaration, asked: func(parsed) bool { return false },
	},
	{
		Name: "markup", Factor: func(f *Factors) *float64 { return &f.Markup },
		class: index.ClassMarkup, asked: func(p parsed) bool { return p.markup },
	},
	{
		Name: "aside", Factor: func(f *Factors) *float64 { return &f.Aside },
		class: index.ClassAside, asked: func(p parsed) bool { return p.config || p.prose },
	},
}

// Classes returns all classes that have a factor.
func Classes() []Class { return slices.Clone(classes[:]) }

// each returns the factor of each class, the default ones where f says nothing.
func (f Factors) each() (list [7]float64) {
	if f == (Factors{}) {
		f = DefaultFactors()
	}
	for i := range classes {
		list[i] = *classes[i].Factor(&f)
	}
	return list
}

// classFactor is how much a file of this kind counts for the query; each is of Factors.
func classFactor(c index.Class, p parsed, each [7]float64) float64 {
	factor := 1.0
	classFactors(c, p, each, func(_ string, f float64) { factor *= f })
	return factor
}

// classFactors calls yield with what there is to be said against a file of this kind, and
// its factor.
func classFactors(c index.Class, p parsed, each [7]float64, yield func(name string, factor float64)) {
	for i := range classes {
		if of := &classes[i]; c&of.class != 0 && !of.asked(p) {
			yield(of.Name, each[i])
		}
	}
	if p.prose && c&index.ClassProse == 0 {
		yield("code", besidesProse)
	}
}

// besidesProse is what is left of a score outside documents where the query asks for one: code says the same words, and
// has names to be found by as well. As mild as finds the document in TestRankOrder.
const besidesProse = 0.8
