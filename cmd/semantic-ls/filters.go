package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// filters are the flags that say where to look, in ripgrep's letters.
type filters struct {
	indexing.Criteria
	list bool // the languages, and nothing else
}

// add defines the flags. In place of its arguments cmd takes --type-list alone.
func (f *filters) add(p *process, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.Globs, "glob", "g", nil,
		"only files that `GLOB` matches, as in a .gitignore: '*.go', '/cmd/**', '*.{js,ts}'; !GLOB leaves out, the last one wins")
	flags.StringSliceVarP(&f.Languages, "type", "t", nil, "only files in `LANGUAGE`: go, py, c++")
	flags.StringSliceVarP(&f.NotLanguages, "type-not", "T", nil, "only files that are not in `LANGUAGE`")
	flags.StringSliceVar(&f.Kinds, "kind", nil,
		"only definitions of `KIND`: function, method, struct, as --json names them; text is what is part of none")
	flags.BoolVar(&f.list, "type-list", false, "list the languages with their files, and do nothing else")
	languages, kinds := completeWords(languageNames), completeWords(kindNames)
	for flag, complete := range map[string]cobra.CompletionFunc{
		"glob": cobra.NoFileCompletions, "type": languages, "type-not": languages, "kind": kinds,
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // a flag that was defined some lines above
		}
	}
	args, run := cmd.Args, cmd.RunE
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if f.list {
			return atMost(0, 0, func([]string) string { return "semantic-ls " + cmd.Name() + " --type-list" })(cmd, given)
		}
		return args(cmd, given)
	}
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		if f.list {
			return p.listLanguages()
		}
		return run(cmd, given)
	}
}

// completeWords lets a shell complete to words, which are made when it asks.
func completeWords(words func() []cobra.Completion) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
}

func languageNames() (names []cobra.Completion) {
	for _, l := range chunk.Languages() {
		names = append(names, l.Name)
	}
	return names
}

func kindNames() (names []cobra.Completion) {
	for _, k := range chunk.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// completeQuery lets a shell complete the values of filters in the query, and a directory behind it.
func completeQuery(cmd *cobra.Command, args []string, typed string) (list []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return completeDirectory(1)(cmd, args, typed)
	}
	before, word := "", typed
	if i := strings.LastIndexByte(typed, ' '); i >= 0 {
		before, word = typed[:i+1], typed[i+1:]
	}
	for key, values := range map[string]func() []cobra.Completion{
		search.KeyLanguage: languageNames, search.KeyKind: kindNames, search.KeyContent: indexing.Contents,
	} {
		if strings.HasPrefix(word, key+":") || strings.HasPrefix(word, "-"+key+":") {
			key, _, _ := strings.Cut(word, ":")
			for _, v := range values() {
				list = append(list, before+key+":"+v)
			}
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// filter is what the flags let pass.
func (f *filters) filter() (*indexing.Filter, error) {
	filter, err := f.Criteria.Filter()
	return filter, explained(err)
}

// query is what a person asks, which the flags narrow.
func (f *filters) query(text string) (indexing.Query, error) {
	q, err := indexing.Ask(text, f.Criteria)
	return q, explained(err)
}

// explained says what is wrong with a flag, or in a query, as the command line has it.
func explained(err error) error {
	if wrong, ok := errors.AsType[*search.AskedError](err); ok {
		return hinted(wrong.Hint, "%s", wrong.Text)
	}
	wrong, ok := errors.AsType[*indexing.CriterionError](err)
	if !ok {
		return err
	}
	if wrong.Typed != "" {
		return typed(wrong)
	}
	flag, hint := "", ""
	switch wrong.List {
	case "globs":
		return hinted("-g '*.go', -g '/cmd/**', -g '!*_test.go'", "%s", wrong.Text)
	case "languages":
		flag, hint = "-t", "--type-list lists the languages"
	case "notLanguages":
		flag, hint = "-T", "--type-list lists the languages"
	case "kinds":
		flag, hint = "--kind", "the kinds are "+strings.Join(wrong.Known, ", ")
	}
	if wrong.Near != "" {
		hint = "did you mean `" + flag + " " + wrong.Near + "`?\n" + hint
	}
	return hinted(hint, "%s %s", flag, wrong.Text)
}

// typed says what is wrong with a filter in a query.
func typed(wrong *indexing.CriterionError) error {
	var hints []string
	if wrong.Near != "" {
		hints = append(hints, "did you mean `"+wrong.Near+"`?")
	}
	switch {
	case wrong.List == search.KeyLanguage && wrong.Near == "":
		hints = append(hints, "--type-list lists the languages")
	case wrong.Known != nil:
		hints = append(hints, "there are "+strings.Join(wrong.Known, ", "))
	}
	hints = append(hints, fmt.Sprintf("in quotes it is text: %q", wrong.Typed))
	where := wrong.List + ": "
	if wrong.List == "query" {
		where = ""
	}
	return hinted(strings.Join(hints, "\n"), "%s%s", where, wrong.Text)
}

// listLanguages writes `name: what files of it are called`, a language a line.
func (p *process) listLanguages() error {
	w := bufio.NewWriter(p.stdout)
	for _, l := range chunk.Languages() {
		names := append([]string{}, l.Files...)
		for _, ext := range l.Extensions {
			names = append(names, "*"+ext)
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", l.Name, strings.Join(names, ", ")); err != nil {
			return err
		}
	}
	return w.Flush()
}
