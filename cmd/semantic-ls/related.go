package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

func (p *process) relatedCommand() *cobra.Command {
	var out output
	var only filters
	cmd := &cobra.Command{
		Use:   "related [flags] FILE:LINE",
		Short: "Find code that is like the definition at FILE:LINE",
		Long: `Shows the code that is most like the definition around line LINE (from 1) of FILE,
best first, and says before each hit in what way:

  duplicate  the same but for names, values and little else
  parallel   the same role elsewhere: another implementation, also in another language
  test       its test; of a test, what it tests
  similar    anything else

It is looked for in the folder with an index that FILE lies in; without one, in
the current directory. Paths are relative to the current directory. Exit code 0:
found, 1: nothing found, 2: an error.

-g, -t, -T and --kind say what may be found, and may each be given several times;
what -g matches are paths relative to the folder. A GLOB that names a directory
means all that is below.`,
		Example: `  semantic-ls related lsp/server.go:120
  semantic-ls related -n3 --full lsp/server.go:120
  semantic-ls related -g '*_test.go' lsp/server.go:120`,
		Args: atMost(1, 1, func(args []string) string {
			return "semantic-ls related " + args[0]
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, line, err := place(args[0])
			if err != nil {
				return err
			}
			here, err := directory(nil, 0)
			if err != nil {
				return err
			}
			if err := out.settle(p, here); err != nil {
				return err
			}
			filter, err := only.filter()
			if err != nil {
				return err
			}
			return p.related(cmd.Context(), file, line, here, filter, &out)
		},
	}
	out.add(cmd.Flags())
	only.add(p, cmd)
	cmd.Flags().Lookup("json").Usage += ", reason"
	p.addColor(cmd)
	return cmd
}

// place splits FILE:LINE, or FILE:LINE:COLUMN as compilers print it, into an
// absolute path and a line from 1.
func place(arg string) (file string, line int, err error) {
	file, number, _ := cutLast(arg)
	line, err = strconv.Atoi(number)
	if before, earlier, ok := cutLast(file); err == nil && ok {
		if n, err := strconv.Atoi(earlier); err == nil && !exists(file) {
			file, line = before, n
		}
	}
	if err != nil || line < 1 || file == "" {
		return "", 0, hinted("semantic-ls related lsp/server.go:120", "%q is not FILE:LINE with lines from 1", arg)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", 0, noSuch("file", file)
	case err != nil:
		return "", 0, err
	case info.IsDir():
		return "", 0, fmt.Errorf("%s: a directory, not a file", file)
	}
	file, err = filepath.Abs(file)
	return file, line, err
}

// cutLast cuts s at its last colon, which a path on Windows has more of.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (p *process) related(ctx context.Context, file string, line int, here string, filter *indexing.Filter, out *output) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	return p.inFolder(ctx, s, filepath.Dir(file), func(f *folder) error {
		if !f.stored {
			f.root = here
		}
		at, err := offset(s, f.root, file, line)
		if err != nil {
			return err
		}
		if err := p.bringUp(ctx, f); err != nil {
			return err
		}
		place := indexing.Place{Path: file, Start: at, End: at, Limit: out.hits(), Filter: filter}
		answer, err := f.Related(ctx, workspace.Documents{}, place)
		if err != nil {
			return err
		}
		p.warn(answer.Warning)
		return out.write(p.stdout, answer.Hits)
	})
}

// offset is where the text of a line begins, from 1, in a file below root that
// may be read.
func offset(s settings.Settings, root, file string, line int) (int, error) {
	rel, err := filepath.Rel(root, file)
	if err != nil || !filepath.IsLocal(rel) {
		return 0, hinted("go to the folder to look in, or index one: semantic-ls index DIR",
			"%s lies outside the current directory, in no folder that has an index", file)
	}
	rules, err := ignore.Root(root)
	if err != nil {
		return 0, err
	}
	rel = filepath.ToSlash(rel)
	skip := rules.Path(rel, false)
	var content string
	if !skip.Skipped() {
		content, _, skip, err = workspace.Read(root, rel, s.Index.MaxFileSize)
	}
	switch {
	case err != nil:
		return 0, err
	case skip.Skipped():
		return 0, fmt.Errorf("%s is not indexed: %s", rel, skip)
	}
	lines := text.NewLines(content)
	if line > lines.Count() {
		return 0, fmt.Errorf("%s has %d lines", rel, lines.Count())
	}
	start, end := lines.Start(line-1), lines.End(line-1)
	return end - len(strings.TrimLeft(content[start:end], " \t")), nil
}
