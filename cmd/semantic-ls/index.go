package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/vectors/store"
)

func (p *process) indexCommand() *cobra.Command {
	var rebuild bool
	cmd := &cobra.Command{
		Use:   "index [flags] [DIR]",
		Short: "Bring the index of DIR up to date",
		Long: `Brings the index of DIR (the current directory where it is left out) up to date.
Searching does so by itself; this is for having it done before. Interrupted, it
goes on next time where it stopped.

If DIR lies in a folder that has an index already, that index is brought up to date.`,
		Example: `  semantic-ls index
  semantic-ls index --rebuild ~/src/project`,
		Args:              atMost(0, 1, func([]string) string { return "index one directory after the other" }),
		ValidArgsFunction: completeDirectory(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args, 0)
			if err != nil {
				return err
			}
			return p.index(cmd.Context(), dir, rebuild)
		},
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "forget what is stored and begin anew")
	return cmd
}

func (p *process) index(ctx context.Context, dir string, rebuild bool) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	return p.inFolder(ctx, s, dir, func(f *folder) error {
		if err := f.Open(ctx, f.root); err != nil {
			return err
		}
		if rebuild {
			if err := f.Reset(f.root); err != nil {
				return err
			}
		}
		start := time.Now()
		if err := f.refresh(ctx, p.newBar()); err != nil {
			return err
		}
		return p.writeIndexed(f, time.Since(start))
	})
}

// writeIndexed says what the index holds now. It is an error if that could not be
// stored: the next command would have to do it all again.
func (p *process) writeIndexed(f *folder, took time.Duration) error {
	for _, folder := range f.Status().Folders {
		for _, warning := range folder.Warnings {
			p.warn(warning)
		}
		c := folder.Coverage
		if c.FilesTotal == 0 && folder.Message != "" {
			p.warn(folder.Message)
		}
		_, err := fmt.Fprintf(p.stdout, "%s: %d files, %d chunks, %s, %.1f s\n", folder.Root, c.FilesIndexed, c.Chunks, size(folder.Bytes), took.Seconds())
		if err != nil {
			return err
		}
		if store.InMemory(folder.Health) {
			return fmt.Errorf("%s: %s", folder.Root, folder.Health)
		}
	}
	return nil
}

// size is a number of bytes for people.
func size(bytes int64) string {
	const unit = 1000
	if bytes < unit {
		return fmt.Sprintf("%d B", bytes)
	}
	value, prefix := float64(bytes)/unit, 0
	for value >= 999.95 && prefix < 3 {
		value, prefix = value/unit, prefix+1
	}
	return fmt.Sprintf("%.1f %cB", value, "kMGT"[prefix])
}
