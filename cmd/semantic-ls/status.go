package main

import (
	"bufio"
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func (p *process) statusCommand() *cobra.Command {
	var asJSON, skipped bool
	cmd := &cobra.Command{
		Use:   "status [flags] [DIR]",
		Short: "Say what the index of DIR holds",
		Long: `Says what the stored index of DIR (the current directory where it is left out)
holds, without bringing it up to date. Exit code 1: there is none.`,
		Example: `  semantic-ls status
  semantic-ls status --skipped ~/src/project
  semantic-ls status --json | jq .coverage.percent`,
		Args:              atMost(0, 1, func([]string) string { return "ask for one directory after the other" }),
		ValidArgsFunction: completeDirectory(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args, 0)
			if err != nil {
				return err
			}
			return p.status(cmd.Context(), dir, asJSON, skipped)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: root, coverage, index, skipped")
	cmd.Flags().BoolVar(&skipped, "skipped", false, "list the paths that are never read, and which rule says so")
	return cmd
}

// folderState is the answer of status for programs.
type folderState struct {
	Root     string            `json:"root"`
	Coverage indexing.Coverage `json:"coverage"`
	Index    indexState        `json:"index"`
	Skipped  []skippedPath     `json:"skipped,omitzero"` // nil: not asked for
}

type indexState struct {
	Bytes  int64  `json:"bytes"`
	Health string `json:"health"`
}

type skippedPath struct {
	Path   string `json:"path"`
	Rule   string `json:"rule"`
	Source string `json:"source"`
}

func (p *process) status(ctx context.Context, dir string, asJSON, withSkipped bool) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	return p.lookInto(ctx, s, dir, func(f *folder) error {
		if !f.stored {
			return &failure{fmt.Errorf("%s has no index", dir), "semantic-ls index " + quote(dir), exitNone}
		}
		folder, err := f.survey(ctx)
		if err != nil {
			return err
		}
		instead := f.Status().Warning
		p.warn(instead)
		for _, warning := range folder.Warnings {
			p.warn(warning)
		}
		if folder.Coverage.FilesTotal == 0 && folder.Message != instead {
			p.warn(folder.Message)
		}
		state := folderState{Root: folder.Root, Coverage: folder.Coverage, Index: indexState{folder.Bytes, folder.Health}}
		if withSkipped {
			state.Skipped = []skippedPath{}
			for _, skip := range folder.Skipped {
				state.Skipped = append(state.Skipped, skippedPath{skip.Path, skip.Rule, skip.Source})
			}
		}
		if asJSON {
			return writeJSON(p.stdout, state)
		}
		return p.writeState(state, withSkipped)
	})
}

// survey opens the stored index and compares it with what is on disk; it reads no
// file and changes nothing.
func (f *folder) survey(ctx context.Context) (indexing.FolderStatus, error) {
	if err := f.Open(ctx, f.root); err != nil {
		return indexing.FolderStatus{}, err
	}
	if err := f.Survey(ctx, f.root); err != nil {
		return indexing.FolderStatus{}, err
	}
	for _, folder := range f.Status().Folders {
		return folder, nil
	}
	return indexing.FolderStatus{}, fmt.Errorf("%s: opened, and unknown", f.root)
}

func (p *process) writeState(state folderState, withSkipped bool) error {
	safe := escape
	if !isTerminal(p.stdout) {
		safe = func(s string) string { return s }
	}
	buffered := bufio.NewWriter(p.stdout)
	table := tabwriter.NewWriter(buffered, 0, 0, 2, ' ', 0)
	c := state.Coverage
	fmt.Fprintf(table, "folder\t%s\n", safe(state.Root))
	if c.FilesTotal > 0 {
		fmt.Fprintf(table, "files\t%d of %d indexed (%.0f %%)\n", c.FilesIndexed, c.FilesTotal, c.Percent)
	} else {
		fmt.Fprintf(table, "files\tnone\n") // which is all of them, and nothing to be proud of
	}
	fmt.Fprintf(table, "chunks\t%d\n", c.Chunks)
	fmt.Fprintf(table, "model\t%s\n", safe(c.Model))
	fmt.Fprintf(table, "index\t%s, %s\n", size(state.Index.Bytes), safe(state.Index.Health))
	if withSkipped {
		fmt.Fprintf(table, "skipped\t%d paths\n", len(state.Skipped))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, skip := range state.Skipped {
		if _, err := fmt.Fprintf(buffered, "  %s: %s (%s)\n", safe(skip.Path), safe(skip.Rule), safe(skip.Source)); err != nil {
			return err
		}
	}
	return buffered.Flush()
}
