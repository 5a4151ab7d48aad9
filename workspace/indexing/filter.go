package indexing

import (
	"fmt"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// Criteria say in words what a query is to look at. A list that is empty says nothing.
type Criteria struct {
	Globs        []string // of paths, see ignore.Globs
	Languages    []string // any of them, see chunk.LanguagesNamed
	NotLanguages []string // none of them
	Kinds        []string // any of them, see chunk.KindNamed
}

// CriterionError is returned for a criterion that makes no sense.
type CriterionError struct {
	List  string   // of Criteria, which it is in, as the protocol has it: "globs", "languages", "notLanguages", "kinds"
	Given string   // what it is
	Text  string   // what is wrong with it
	Near  string   // what was probably meant; "" where nothing is near
	Known []string // what there is; nil of globs
}

// Error gives all of it, for a reader who sees nothing else.
func (e *CriterionError) Error() string {
	text := e.List + ": " + e.Text
	if e.Near != "" {
		text += ": did you mean " + e.Near + "?"
	} else if e.Known != nil {
		text += "."
	}
	if e.Known != nil {
		text += " There are " + strings.Join(e.Known, ", ")
	}
	return text
}

// Filter is what criteria let pass; nil is everything. Safe for concurrent use.
type Filter struct {
	globs     *ignore.Globs   // nil: every path
	languages map[string]bool // nil: all but others
	others    map[string]bool // languages that do not pass
	kinds     index.Kinds
	of        Criteria
}

// Filter returns what the criteria let pass, nil where they say nothing. The error is a *CriterionError.
func (c Criteria) Filter() (*Filter, error) {
	if len(c.Globs)+len(c.Languages)+len(c.NotLanguages)+len(c.Kinds) == 0 {
		return nil, nil
	}
	f := &Filter{of: c}
	var err error
	if len(c.Globs) > 0 {
		if f.globs, err = ignore.NewGlobs(c.Globs); err != nil {
			return nil, &CriterionError{List: "globs", Text: err.Error()}
		}
	}
	if f.languages, err = languages("languages", c.Languages); err != nil {
		return nil, err
	}
	if f.others, err = languages("notLanguages", c.NotLanguages); err != nil {
		return nil, err
	}
	for _, name := range c.Kinds {
		kind, ok := chunk.KindNamed(name)
		if !ok {
			return nil, unknown("kinds", name, "is no kind of definition", kindNames())
		}
		f.kinds |= index.KindsOf(kind)
	}
	return f, nil
}

func languages(list string, names []string) (map[string]bool, error) {
	var set map[string]bool
	for _, name := range names {
		found := chunk.LanguagesNamed(name)
		if found == nil {
			return nil, unknown(list, name, "is no language that files are told to be in", languageNames())
		}
		if set == nil {
			set = map[string]bool{}
		}
		for _, l := range found {
			set[l] = true
		}
	}
	return set, nil
}

func languageNames() (names []string) {
	for _, l := range chunk.Languages() {
		names = append(names, l.Name)
	}
	return names
}

func kindNames() (names []string) {
	for _, k := range chunk.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// unknown is the error about a name that is none of known: what it starts, or a mistake in typing away, may be meant.
func unknown(list, name, is string, known []string) error {
	const shown = 40 // bytes of a name that is anything but one
	near := ""
	for _, k := range known {
		if len(name) > 1 && near == "" && strings.HasPrefix(k, strings.ToLower(name)) {
			near = k
		}
	}
	if near == "" && len(name) <= shown {
		near = settings.Nearest(name, known)
	}
	text := fmt.Sprintf("%.*q %s", shown, name, is)
	return &CriterionError{List: list, Given: name, Text: text, Near: near, Known: known}
}

// sieve is the filter of one query's view, by its number, for paths below the places, or below each root where there are
// none.
func (f *Filter) sieve(view int, places []index.Place) index.Sieve {
	s := index.Sieve{Key: fmt.Sprintf("%d %q %q", view, f.of, places), Kinds: f.kinds}
	if f.globs == nil && f.languages == nil && f.others == nil {
		return s
	}
	chooses := f.chooses(places)
	s.File = func(n index.FileName) bool {
		language := n.Language()
		if f.languages != nil && !f.languages[string(language)] || f.others[string(language)] {
			return false
		}
		return chooses == nil || chooses(n.Root, n.Path())
	}
	return s
}

// chooses tells whether the globs choose a path below a root; it is nil where there are none. Of places in each other
// either may.
func (f *Filter) chooses(places []index.Place) func(root, path string) bool {
	if f.globs == nil {
		return nil
	}
	if len(places) == 0 {
		c := f.globs.Chooser()
		return func(_, path string) bool { return c.Chooses(path) }
	}
	choosers := make([]*ignore.Chooser, len(places))
	for i := range choosers {
		choosers[i] = f.globs.Chooser()
	}
	return func(root, path string) bool {
		for i, place := range places {
			if place.Root != root {
				continue
			}
			rel := path
			if place.Directory != "" {
				var ok bool
				if rel, ok = strings.CutPrefix(path, place.Directory+"/"); !ok {
					continue
				}
			}
			if choosers[i].Chooses(rel) {
				return true
			}
		}
		return false
	}
}

// ofFiles is the filter without its kinds.
func (f *Filter) ofFiles() *Filter {
	files := *f
	files.kinds, files.of.Kinds = 0, nil
	return &files
}

func (f *Filter) ofKinds() index.Kinds {
	if f == nil {
		return 0
	}
	return f.kinds
}

// nothing says that the filter lets nothing pass: no file, or of those that it does no kind.
func (f *Filter) nothing(noFile bool) string {
	files := f.words()
	switch {
	case noFile:
		return "nothing is searched: no indexed file matches " + files
	case files == "":
		return "nothing is searched: nothing that is indexed is of kind " + strings.Join(f.of.Kinds, " or ")
	}
	return "nothing is searched: in the files that match " + files + " nothing is of kind " + strings.Join(f.of.Kinds, " or ")
}

// words are the criteria of files.
func (f *Filter) words() string {
	var words []string
	for _, list := range []struct {
		name  string
		given []string
	}{{"globs", f.of.Globs}, {"languages", f.of.Languages}, {"not languages", f.of.NotLanguages}} {
		if len(list.given) > 0 {
			words = append(words, list.name+" "+strings.Join(list.given, ", "))
		}
	}
	return strings.Join(words, "; ")
}
