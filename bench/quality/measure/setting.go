package measure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// Setting are the numbers of a ranking: those that can be learned.
type Setting struct {
	Weights search.Weights
	Factors search.Factors
}

// Default is the setting of the program.
func Default() Setting { return Setting{search.DefaultWeights(), search.DefaultFactors()} }

func (s Setting) query(t *Task, vector bool, limit int) search.Query {
	q := search.Query{Text: t.Query, Limit: limit, Weights: s.Weights, Factors: s.Factors}
	if vector {
		q.Vector = t.probe
	}
	return q
}

// Number is one of a setting's.
type Number struct {
	Name   string // of a signal or a class
	Signal bool
	Kept   bool // what is learned leaves it as it is: whether files are found says little of it
	Of     func(s *Setting) *float64
}

// Numbers are all of them, signals first, as vectors/search lists them.
func Numbers() (list []Number) {
	for _, signal := range search.Signals() {
		of := func(s *Setting) *float64 { return signal.Weight(&s.Weights) }
		list = append(list, Number{Name: signal.Name, Signal: true, Kept: signal.OfNames, Of: of})
	}
	for _, class := range search.Classes() {
		list = append(list, Number{Name: class.Name, Of: func(s *Setting) *float64 { return class.Factor(&s.Factors) }})
	}
	return list
}

// List returns the numbers of a setting in the order of Numbers.
func (s Setting) List() (list []float64) {
	for _, n := range Numbers() {
		list = append(list, *n.Of(&s))
	}
	return list
}

// Of returns the setting with these numbers.
func Of(list []float64) (s Setting) {
	for i, n := range Numbers() {
		*n.Of(&s) = list[i]
	}
	return s
}

// Without returns the setting with one signal off.
func (s Setting) Without(signal Number) Setting {
	*signal.Of(&s) = 0
	return s
}

// With returns the setting changed as a list of name=value says.
func (s Setting) With(changes string) (Setting, error) {
	if changes == "" {
		return s, nil
	}
	numbers := Numbers()
	for change := range strings.SplitSeq(changes, ",") {
		name, value, _ := strings.Cut(change, "=")
		i := slices.IndexFunc(numbers, func(n Number) bool { return n.Name == name })
		if i < 0 {
			var names []string
			for _, n := range numbers {
				names = append(names, n.Name)
			}
			return s, fmt.Errorf("no number %q: there are %s", name, strings.Join(names, ", "))
		}
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || !(x >= 0 && x <= 100) {
			return s, fmt.Errorf("%s=%s: want a number from 0 to 100", name, value)
		}
		*numbers[i].Of(&s) = x
	}
	return s, nil
}

// String lists the numbers.
func (s Setting) String() string {
	var list []string
	for _, n := range Numbers() {
		list = append(list, fmt.Sprintf("%s %.3g", n.Name, *n.Of(&s)))
	}
	return strings.Join(list, ", ")
}
