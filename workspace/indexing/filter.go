package indexing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/search"
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
	NotKinds     []string // none of them
	Paths        []string // any of them, as in path: of a query, see pathPatterns
	NotPaths     []string // none of them
	Contents     []string // any of code, docs and config
	NotContents  []string // none of them
}

// CriterionError is returned for a criterion that makes no sense.
type CriterionError struct {
	List  string   // of Criteria, which it is in, as the protocol has it: "globs", "languages", ...; the key of a filter in a query
	Typed string   // that filter as it stands in the query
	Given string   // what it is
	Text  string   // what is wrong with it
	Near  string   // what was probably meant; "" where nothing is near
	Known []string // what there is; nil of globs and paths
}

// Error gives all of it, for a reader who sees nothing else.
func (e *CriterionError) Error() string {
	text := e.List + ": " + e.Text
	if e.Near != "" {
		text += ": did you mean " + e.Near + "?"
	} else if e.Known != nil || e.Typed != "" {
		text += "."
	}
	if e.Known != nil {
		text += " There are " + strings.Join(e.Known, ", ")
	}
	if e.Typed != "" {
		if e.Known != nil {
			text += "."
		}
		text += fmt.Sprintf(" In quotes, %q is text", e.Typed)
	}
	return text
}

// Filter is what criteria let pass, and texts; nil is everything. Safe for concurrent use.
type Filter struct {
	rules []rule // a file passes all of them
	kinds index.Kinds
	texts *search.Texts // of hits; nil: any
}

// rule is what criteria say of files.
type rule struct {
	globs     *ignore.Globs   // nil: every path
	paths     *pathPatterns   // nil: every path
	notPaths  *pathPatterns   // nil: none
	languages map[string]bool // nil: all but others
	others    map[string]bool // languages that do not pass
	contents  contents        // 0: all but notContents
	not       contents
	of        Criteria
	typed     bool // they stand in a query
}

// Filter returns what the criteria let pass, nil where they say nothing. The error is a *CriterionError.
func (c Criteria) Filter() (*Filter, error) {
	if len(c.Globs)+len(c.Languages)+len(c.NotLanguages)+len(c.Kinds)+len(c.NotKinds)+len(c.Paths)+len(c.NotPaths)+
		len(c.Contents)+len(c.NotContents) == 0 {
		return nil, nil
	}
	r, f := rule{of: c}, &Filter{}
	var err error
	if len(c.Globs) > 0 {
		if r.globs, err = ignore.NewGlobs(c.Globs); err != nil {
			return nil, &CriterionError{List: "globs", Text: err.Error()}
		}
	}
	if r.paths, err = newPathPatterns(c.Paths); err != nil {
		return nil, &CriterionError{List: "paths", Text: err.Error()}
	}
	if r.notPaths, err = newPathPatterns(c.NotPaths); err != nil {
		return nil, &CriterionError{List: "notPaths", Text: err.Error()}
	}
	if r.languages, err = languages("languages", c.Languages); err != nil {
		return nil, err
	}
	if r.others, err = languages("notLanguages", c.NotLanguages); err != nil {
		return nil, err
	}
	if r.contents, err = contentsNamed("contents", c.Contents); err != nil {
		return nil, err
	}
	if r.not, err = contentsNamed("notContents", c.NotContents); err != nil {
		return nil, err
	}
	if f.kinds, err = kinds("kinds", c.Kinds); err != nil {
		return nil, err
	}
	not, err := kinds("notKinds", c.NotKinds)
	if err != nil {
		return nil, err
	}
	if not != 0 {
		f.kinds = both(f.kinds, index.KindsOf(chunk.Kinds()...)&^not)
	}
	f.rules = []rule{r}
	return f, nil
}

// and is what passes both; either may be nil.
func (f *Filter) and(g *Filter) *Filter {
	if f == nil || g == nil {
		return cmp.Or(f, g)
	}
	return &Filter{slices.Concat(f.rules, g.rules), both(f.kinds, g.kinds), cmp.Or(f.texts, g.texts)}
}

// noKind is a set of kinds that has none in it: there is no kind of that number.
const noKind index.Kinds = 1 << 31

// both are the kinds that are in both sets, of which 0 is all.
func both(a, b index.Kinds) index.Kinds {
	if a == 0 || b == 0 {
		return a | b
	}
	if a&b == 0 {
		return noKind
	}
	return a & b
}

func kinds(list string, names []string) (set index.Kinds, err error) {
	for _, name := range names {
		kind, ok := chunk.KindNamed(name)
		if !ok {
			return 0, unknown(list, name, "is no kind of definition", kindNames())
		}
		set |= index.KindsOf(kind)
	}
	return set, nil
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

// contents are sorts of files, a bit each. Every file is of one: tests and what is generated are code.
type contents uint8

const (
	contentCode contents = 1 << iota
	contentDocs
	contentConfig
)

// Contents are the names of those sorts, in the order of their bits.
func Contents() []string { return []string{"code", "docs", "config"} }

func contentsNamed(list string, names []string) (set contents, err error) {
	for _, name := range names {
		i := slices.Index(Contents(), strings.ToLower(name))
		if i < 0 {
			return 0, unknown(list, name, "is no sort of content", Contents())
		}
		set |= 1 << i
	}
	return set, nil
}

func contentOf(c index.Class) contents {
	switch {
	case c&index.ClassProse != 0:
		return contentDocs
	case c&index.ClassConfiguration != 0:
		return contentConfig
	}
	return contentCode
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
	s := index.Sieve{Key: fmt.Sprintf("%d %q %d %q", view, f.criteria(), f.kinds, places), Kinds: f.kinds}
	var files []func(index.FileName) bool
	for i := range f.rules {
		if passes := f.rules[i].passes(places); passes != nil {
			files = append(files, passes)
		}
	}
	switch len(files) {
	case 0:
	case 1:
		s.File = files[0]
	default:
		s.File = func(n index.FileName) bool {
			for _, passes := range files {
				if !passes(n) {
					return false
				}
			}
			return true
		}
	}
	return s
}

func (f *Filter) criteria() (list []Criteria) {
	for i := range f.rules {
		list = append(list, f.rules[i].of)
	}
	return list
}

// passes tells which files pass; it is nil where all do. Not safe for concurrent use.
func (r *rule) passes(places []index.Place) func(index.FileName) bool {
	if r.globs == nil && r.paths == nil && r.notPaths == nil && r.languages == nil && r.others == nil && r.contents|r.not == 0 {
		return nil
	}
	chooses := r.chooses(places)
	return func(n index.FileName) bool {
		language := n.Language()
		if r.languages != nil && !r.languages[string(language)] || r.others[string(language)] {
			return false
		}
		if r.contents|r.not != 0 {
			if c := contentOf(n.Class()); r.contents != 0 && c&r.contents == 0 || c&r.not != 0 {
				return false
			}
		}
		return chooses == nil || chooses(n.Root, n.Path())
	}
}

// chooses tells whether a path below a root is chosen; it is nil where all are. Of places in each other either may.
func (r *rule) chooses(places []index.Place) func(root, path string) bool {
	if r.globs == nil && r.paths == nil && r.notPaths == nil {
		return nil
	}
	if len(places) == 0 {
		chooses := r.chooser()
		return func(_, path string) bool { return chooses(path) }
	}
	choosers := make([]func(string) bool, len(places))
	for i := range choosers {
		choosers[i] = r.chooser()
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
			if choosers[i](rel) {
				return true
			}
		}
		return false
	}
}

// chooser tells about paths below one directory. It remembers directories, and is not safe for concurrent use.
func (r *rule) chooser() func(path string) bool {
	globs := func(string) bool { return true }
	if r.globs != nil {
		globs = r.globs.Chooser().Chooses
	}
	if r.paths == nil && r.notPaths == nil {
		return globs
	}
	paths, notPaths := r.paths.matcher(true), r.notPaths.matcher(false)
	return func(path string) bool { return globs(path) && paths(path) && !notPaths(path) }
}

// ofFiles is the filter without its kinds.
func (f *Filter) ofFiles() *Filter { return &Filter{rules: f.rules} }

func (f *Filter) ofKinds() index.Kinds {
	if f == nil {
		return 0
	}
	return f.kinds
}

func (f *Filter) ofTexts() *search.Texts {
	if f == nil {
		return nil
	}
	return f.texts
}

// nothing says that the filter lets nothing pass: no file, or of those that it does no kind.
func (f *Filter) nothing(noFile bool) string {
	files, kinds := f.words(), f.kindWords()
	switch {
	case noFile:
		return "nothing is searched: no indexed file matches " + files
	case files == "":
		return "nothing is searched: nothing that is indexed is of kind " + kinds
	}
	return "nothing is searched: in the files that match " + files + " nothing is of kind " + kinds
}

// kindWords are the criteria of kinds.
func (f *Filter) kindWords() string {
	var words []string
	for _, c := range f.criteria() {
		if len(c.Kinds) > 0 {
			words = append(words, strings.Join(c.Kinds, " or "))
		}
		if len(c.NotKinds) > 0 {
			words = append(words, "not "+strings.Join(c.NotKinds, " or "))
		}
	}
	return strings.Join(words, " and ")
}

// words are the criteria of files.
func (f *Filter) words() string {
	var words []string
	for _, c := range f.criteria() {
		for _, list := range []struct {
			name  string
			given []string
		}{
			{"globs", c.Globs},
			{"paths", c.Paths},
			{"not paths", c.NotPaths},
			{"languages", c.Languages},
			{"not languages", c.NotLanguages},
			{"contents", c.Contents},
			{"not contents", c.NotContents},
		} {
			if len(list.given) > 0 {
				words = append(words, list.name+" "+strings.Join(list.given, ", "))
			}
		}
	}
	return strings.Join(words, "; ")
}
