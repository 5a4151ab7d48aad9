package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func (p *process) indexCommand() *cobra.Command {
	var rebuild, check, asJSON bool
	cmd := &cobra.Command{
		Use:   "index [flags] [DIR]",
		Short: "Bring the index of DIR up to date",
		Long: `Brings the index of DIR (the current directory where it is left out) up to date.
Searching does so by itself; this is for having it done before. Interrupted, it
goes on next time where it stopped.

If DIR lies in a folder that has an index already, that index is brought up to date.
If another process is doing so, this one waits for it.

With --check, the stored index is read and every checksum compared, and nothing is
changed. Exit code 1: it is damaged, or there is none. The next search mends it.

With --json, a line is written whenever some files have been stored:
{"done": files so far, "total": of so many, "flushed": SEQ, "paths": [those files]}.
SEQ is the number of the last change that outlives this process: what was reported
up to that line is found by the next one, whatever becomes of this one (a power cut
within half a minute excepted). It grows, and is 0 where nothing can be stored. The
last line is {"root", "files", "chunks", "bytes", "seconds", "flushed"}.`,
		Example: `  semantic-ls index
  semantic-ls index --rebuild ~/src/project
  semantic-ls index --check
  semantic-ls index --json | jq .flushed`,
		Args:              atMost(0, 1, func([]string) string { return "index one directory after the other" }),
		ValidArgsFunction: completeDirectory(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args, 0)
			if err != nil {
				return err
			}
			if check {
				if rebuild {
					return hinted("check first, then rebuild", "--check and --rebuild exclude each other")
				}
				return p.check(cmd.Context(), dir, asJSON)
			}
			return p.index(cmd.Context(), dir, rebuild, asJSON)
		},
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "forget what is stored and begin anew")
	cmd.Flags().BoolVar(&check, "check", false, "only compare the checksums of what is stored")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line: how far it has come and what is stored")
	return cmd
}

func (p *process) index(ctx context.Context, dir string, rebuild, asJSON bool) error {
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
		tell := func(progress indexing.Progress) {
			if asJSON {
				// Who does not read does not keep it from being done.
				_ = writeJSON(p.stdout, stepOf(progress))
			}
		}
		if err := f.refresh(ctx, p.newBar(), tell); err != nil {
			return err
		}
		return p.writeIndexed(f, time.Since(start), asJSON)
	})
}

// step is a line of --json.
type step struct {
	Done    int      `json:"done"`
	Total   int      `json:"total"`
	Flushed uint64   `json:"flushed"`
	Paths   []string `json:"paths"`
}

func stepOf(p indexing.Progress) step {
	return step{p.Done, p.Total, p.Flushed, append([]string{}, p.Paths...)}
}

// indexed is the last line of --json.
type indexed struct {
	Root    string  `json:"root"`
	Files   int     `json:"files"`
	Chunks  int     `json:"chunks"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
	Flushed uint64  `json:"flushed"`
}

// checked is the answer of --check for programs.
type checked struct {
	Root     string   `json:"root"`
	Bytes    int64    `json:"bytes"`
	Segments int      `json:"segments"`
	Changes  int      `json:"changes"`
	Faults   []string `json:"faults"`
}

// check compares the checksums of what is stored.
func (p *process) check(ctx context.Context, dir string, asJSON bool) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	return p.lookInto(ctx, s, dir, func(f *folder) error {
		report, err := f.Check(ctx, f.root)
		if errors.Is(err, fs.ErrNotExist) {
			return &failure{fmt.Errorf("%s has no index", dir), "semantic-ls index " + quote(dir), exitNone}
		}
		if err != nil {
			return err
		}
		if asJSON {
			answer := checked{f.root, report.Bytes, report.Segments, report.Changes, append([]string{}, report.Faults...)}
			err = writeJSON(p.stdout, answer)
		} else {
			verdict := "ok"
			if n := len(report.Faults); n > 0 {
				verdict = fmt.Sprintf("%d damaged", n)
			}
			_, err = fmt.Fprintf(p.stdout, "%s: %s, %d segments, %d changes: %s\n",
				f.root, size(report.Bytes), report.Segments, report.Changes, verdict)
			for _, fault := range report.Faults {
				if err == nil {
					_, err = fmt.Fprintf(p.stdout, "  %s\n", fault)
				}
			}
		}
		if err == nil && len(report.Faults) > 0 {
			return exitCode(exitNone)
		}
		return err
	})
}

// writeIndexed says what the index holds now. It is an error if that could not be
// stored: the next command would have to do it all again.
func (p *process) writeIndexed(f *folder, took time.Duration, asJSON bool) error {
	status := f.Status()
	p.warn(status.Warning)
	for _, folder := range status.Folders {
		for _, warning := range folder.Warnings {
			p.warn(warning)
		}
		c := folder.Coverage
		if c.FilesTotal == 0 && folder.Message != status.Warning {
			p.warn(folder.Message)
		}
		var err error
		if asJSON {
			answer := indexed{folder.Root, c.FilesIndexed, c.Chunks, folder.Bytes, took.Seconds(), folder.Flushed}
			err = writeJSON(p.stdout, answer)
		} else {
			_, err = fmt.Fprintf(p.stdout, "%s: %d files, %d chunks, %s, %.1f s\n",
				folder.Root, c.FilesIndexed, c.Chunks, size(folder.Bytes), took.Seconds())
		}
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
