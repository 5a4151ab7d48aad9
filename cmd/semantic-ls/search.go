package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func (p *process) searchCommand() *cobra.Command {
	var out output
	var only filters
	var why string
	cmd := &cobra.Command{
		Use:   "search [flags] QUERY [DIR]",
		Short: "Find the code that does what QUERY says",
		Long: `Brings the index of DIR (the current directory where it is left out) up to date,
then shows the code that does what QUERY says, best first. QUERY is a question or
a description in plain words, or a name; put it in quotes. In it may stand

  lang:go  path:lsp/  kind:function  content:code    where to look: content is
                                                     code, docs or config
  "exact phrase"  re:/pattern/                       what a hit must say

each of them turned round by a - before it (a query that begins with one stands
behind --). With nothing else in it, the query lists what passes, by path. Other
colons are text. docs/queries.md has the details.

If DIR lies in a folder that has an index already, that index is used.

-g, -t, -T and --kind say where to look, and may each be given several times; what
-g matches are paths relative to DIR. A GLOB that names a directory means all that
is below.

A line of the answer is the path (relative to DIR), the number of the line that
shows best why, the symbol, and that line. Exit code 0: found, 1: nothing found,
2: an error.

--explain shows what the score of each hit is made of, and --why-not where a file
stands, or one line of it, and if it is no hit why: which rule leaves it out, that
it is not indexed yet, or what it lacks beside the last hit shown (exit code 0: it
is a hit, 1: it is none). A score is the sum of these, each from 0 to 1 and times
its weight, as a share of what they can be together:
` + signalsHelp() + `

It is cut for tests, prose, configuration, foreign code (vendored or generated),
declarations (.d.ts, .pyi), markup (pages, style sheets), what stands aside (scripts
that build or release) and further hits of a file, unless the query asks for such;
where it asks for prose, for code.`,
		Example: `  semantic-ls search 'where are requests cancelled'
  semantic-ls search -n3 'parse a duration' ~/src/project
  semantic-ls search -C2 'retry with backoff'
  semantic-ls search 'retry path:net/ -path:test re:/time\.Sleep\(/'
  semantic-ls search 'lang:go kind:interface'
  semantic-ls search -t go -g '!*_test.go' --kind method 'close the connection'
  semantic-ls search --full 'compare two versions'
  semantic-ls search --explain -n1 'retry with backoff'
  semantic-ls search --why-not lsp/server.go 'retry with backoff'
  semantic-ls search --json 'open the database' | jq -r .path
  vim $(semantic-ls search -l 'draw the progress bar')`,
		Args: atMost(1, 2, func(args []string) string {
			return "put the query in quotes: semantic-ls search " + quote(strings.Join(args, " "))
		}),
		ValidArgsFunction: completeQuery,
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(args[0]) == "" {
				return hinted("semantic-ls search 'where are requests cancelled'", "the query is empty")
			}
			dir, err := directory(args, 1)
			if err != nil {
				if len(args) == 2 && !exists(args[1]) {
					err = hinted("if that is a part of the query, put it in quotes: semantic-ls search "+quote(args[0]+" "+args[1]), "%w", err)
				}
				return err
			}
			if err := out.settle(p, dir); err != nil {
				return err
			}
			if cmd.Flags().Changed("why-not") && (out.files || out.full || out.explain || out.before+out.after > 0) {
				return hinted("--why-not shows one answer, with what it is made of",
					"--why-not goes with none of -l, -A, -B, -C, --full and --explain")
			}
			query, err := only.query(args[0])
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("why-not") {
				return p.whyNot(cmd.Context(), args[0], query, dir, why, &out)
			}
			return p.search(cmd.Context(), query, dir, &out)
		},
	}
	out.add(cmd.Flags())
	cmd.Flags().BoolVar(&out.explain, "explain", false, "show what each score is made of; with --json as signals and factors")
	cmd.Flags().StringVar(&why, "why-not", "", "say only where `PATH`, a file or FILE:LINE, stands and why it is no hit")
	only.add(p, cmd)
	p.addColor(cmd)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if _, flags, ok := strings.Cut(err.Error(), " in -"); ok && strings.ContainsAny(flags, `:"`) {
			return hinted("a query that begins with - stands behind --: semantic-ls search -- '-path:test parse a header'", "%w", err)
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
	return cmd
}

func (p *process) search(ctx context.Context, q indexing.Query, dir string, out *output) error {
	return p.ask(ctx, dir, func(f *folder) error {
		q.Limit, q.Folders, q.Explain = out.hits(), f.only(dir), out.explain
		answer, err := f.Search(ctx, workspace.Documents{}, q)
		if err != nil {
			return err
		}
		p.warn(answer.Warning)
		return out.write(p.stdout, answer.Hits)
	})
}
