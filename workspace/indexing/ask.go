package indexing

import (
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// Ask makes a query of what a person typed, in which filters may stand (search.Ask), and of criteria that narrow it
// further. The error is a *CriterionError or a *search.AskedError, which both say the way out.
func Ask(text string, also Criteria) (Query, error) {
	asked, err := search.Ask(text)
	if err != nil {
		return Query{}, err
	}
	filter, err := also.Filter()
	if err != nil {
		return Query{}, err
	}
	var typed Criteria
	for _, f := range asked.Filters {
		one := criteriaOf(f)
		if _, err := one.Filter(); err != nil {
			wrong := *err.(*CriterionError)
			wrong.List, wrong.Typed = f.Key, f.Typed
			if wrong.Near != "" {
				wrong.Near = f.Key + ":" + wrong.Near
			}
			return Query{}, &wrong
		}
		typed.add(one)
	}
	for _, f := range asked.Likely {
		// Any value would do for a path, so that tells nothing.
		if _, err := criteriaOf(f).Filter(); err == nil && f.Key != search.KeyPath {
			near := f.Key + ":" + f.Value
			return Query{}, &CriterionError{List: "query", Typed: f.Typed, Given: f.Typed, Text: f.Typed + " is no filter", Near: near}
		}
	}
	narrower, err := typed.Filter()
	if err != nil {
		return Query{}, &CriterionError{List: search.KeyPath, Text: err.(*CriterionError).Text} // all globs together are too many
	}
	if narrower != nil {
		narrower.rules[0].typed = true
	}
	filter = filter.and(narrower)
	if asked.Texts != nil {
		filter = filter.and(&Filter{texts: asked.Texts})
	}
	return Query{Text: asked.Question, Filter: filter}, nil
}

// criteriaOf are those of one filter of a query. Several values may stand behind a key but path, since there are commas
// in the names of files.
func criteriaOf(f search.Filter) (c Criteria) {
	values := []string{f.Value}
	if f.Key != search.KeyPath {
		values = slices.DeleteFunc(strings.Split(f.Value, ","), func(v string) bool { return v == "" })
		if len(values) == 0 {
			values = []string{f.Value}
		}
	}
	to := map[string][2]*[]string{
		search.KeyLanguage: {&c.Languages, &c.NotLanguages}, search.KeyPath: {&c.Paths, &c.NotPaths},
		search.KeyKind: {&c.Kinds, &c.NotKinds}, search.KeyContent: {&c.Contents, &c.NotContents},
	}[f.Key]
	list := to[0]
	if f.Not {
		list = to[1]
	}
	*list = values
	return c
}

// add adds the values of another filter.
func (c *Criteria) add(d Criteria) {
	c.Languages, c.NotLanguages = append(c.Languages, d.Languages...), append(c.NotLanguages, d.NotLanguages...)
	c.Paths, c.NotPaths = append(c.Paths, d.Paths...), append(c.NotPaths, d.NotPaths...)
	c.Kinds, c.NotKinds = append(c.Kinds, d.Kinds...), append(c.NotKinds, d.NotKinds...)
	c.Contents, c.NotContents = append(c.Contents, d.Contents...), append(c.NotContents, d.NotContents...)
}
