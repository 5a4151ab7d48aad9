package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/trace"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

func (p *process) replayCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replay [flags] FILE",
		Short: "Play a trace of a session again, and compare",
		Long: `Plays what the editor said in FILE, which "semantic-ls serve --trace" has written, to a
new server in this process, and says of each request whether the answer is the same,
how long it took then, and how long now. FILE may be - for standard input.

Messages keep their order: each is sent as soon as the server has answered what it had
answered then, so that what overlapped overlaps again. Pauses are left out. Answers
that lost a race against their own cancellation are raced, not different.

A trace without contents has neutral texts and its own empty folders; of its answers
only kind and shape can be compared, and times are those of other texts. One with
contents opens the folders it names, with the index that there is: they should be as
they were. The built-in model serves, whatever the settings say, unless
--embedding-provider does.

Exit code 0: all the same, 1: something differs, 2: an error.`,
		Example: `  semantic-ls replay session.trace
  semantic-ls replay --json session.trace | jq 'select(.verdict == "differs")'`,
		Args: atMost(1, 1, func([]string) string { return "replay one trace after the other" }),
		RunE: func(cmd *cobra.Command, args []string) error { return p.replay(cmd.Context(), args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line: id, method, verdict, why, thenMs, nowMs")
	return cmd
}

func (p *process) replay(ctx context.Context, path string, asJSON bool) error {
	in, err := p.traceIn(path)
	if err != nil {
		return err
	}
	defer in.Close()
	read, err := trace.Read(in)
	switch {
	case errors.Is(err, trace.ErrForeign), errors.Is(err, trace.ErrNewer):
		return fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return err
	}
	place, err := os.MkdirTemp("", "semantic-ls-replay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(place)
	if _, chosen := p.flags["embedding.provider"]; !chosen {
		p.flags["embedding.provider"] = settings.ProviderBuiltin // whoever made the trace says what is embedded
	}
	if !read.Header.Contents {
		p.flags["cache.directory"] = filepath.Join(place, "cache") // nobody wants the index of made-up folders
	}
	s, err := p.settings()
	if err != nil {
		return err
	}
	log, err := commandLog(p.stderr, s)
	if err != nil {
		return err
	}
	srv := p.serviceOf(log)
	defer srv.close()
	config, release := srv.session(log.Logger)
	defer release()

	out := &replayed{process: p, json: asJSON}
	err = tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		ours, theirs := net.Pipe()
		g.Go(func(ctx context.Context) error {
			_ = lsp.Serve(ctx, theirs, config) // the trace says how it ends, or that it just does
			return nil
		})
		return trace.Replay(ctx, ours, read, trace.ReplayOptions{Directory: filepath.Join(place, "files"), Report: out.report})
	})
	if err == nil {
		err = out.err
	}
	if err != nil {
		return err
	}
	return out.end(read.Torn)
}

// traceIn opens a trace.
func (p *process) traceIn(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(p.stdin), nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, noSuch("file", path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, hinted("name a file in it", "%s: a directory, not a trace", path)
	}
	return os.Open(path)
}

// replayed is what a replay has shown so far.
type replayed struct {
	process   *process
	json      bool
	err       error // of writing
	counts    map[trace.Verdict]int
	then, now []time.Duration
}

// replayedRequest is a line of --json.
type replayedRequest struct {
	trace.Outcome
	ThenMS float64 `json:"thenMs"` // 0: not in the trace
	NowMS  float64 `json:"nowMs"`  // 0: there is no answer
}

func (r *replayed) report(o trace.Outcome) {
	if r.counts == nil {
		r.counts = map[trace.Verdict]int{}
	}
	r.counts[o.Verdict]++
	if o.Then > 0 && o.Now > 0 {
		r.then, r.now = append(r.then, o.Then), append(r.now, o.Now)
	}
	if r.err != nil {
		return
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	if r.json {
		r.err = writeJSON(r.process.stdout, replayedRequest{o, ms(o.Then), ms(o.Now)})
		return
	}
	times := fmt.Sprintf("%9.2f ms then %9.2f ms now", ms(o.Then), ms(o.Now))
	why := ""
	if o.Why != "" {
		why = "  " + o.Why
	}
	_, r.err = fmt.Fprintln(r.process.stdout, escape(fmt.Sprintf("%-10s %-26s %6s %s%s", o.Verdict, o.Method, o.ID, times, why)))
}

// end says how it was altogether.
func (r *replayed) end(torn bool) error {
	all := 0
	for _, n := range r.counts {
		all += n
	}
	if !r.json {
		slices.Sort(r.then)
		slices.Sort(r.now)
		text := fmt.Sprintf("%d requests", all)
		for _, v := range []trace.Verdict{trace.Same, trace.Different, trace.Missing, trace.Raced, trace.Unrecorded} {
			if n := r.counts[v]; n > 0 {
				text += fmt.Sprintf(", %d %s", n, v)
			}
		}
		if n := len(r.then); n > 0 {
			text += fmt.Sprintf("; median %v then, %v now", r.then[n/2].Round(time.Microsecond), r.now[n/2].Round(time.Microsecond))
		}
		if _, err := fmt.Fprintln(r.process.stdout, text); err != nil {
			return err
		}
	}
	if torn {
		r.process.warn("the last line of the trace is torn, and was left out")
	}
	if r.counts[trace.Different]+r.counts[trace.Missing] > 0 {
		return exitCode(exitNone)
	}
	return nil
}
