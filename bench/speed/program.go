package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
)

// program is semantic-ls as it is measured.
type program struct{ client.Program }

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	anonymous float64 // MB at its peak; 0: not known
	out       string
}

// run runs it to its end. Exit code 1 is no error: nothing was found.
func (p program) run(ctx context.Context, args ...string) (usage, error) {
	return finish(ctx, p.Command(ctx, args...))
}

func finish(ctx context.Context, cmd *exec.Cmd) (u usage, err error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return u, err
	}
	err = client.Watch(ctx, cmd.Process.Pid, &u.anonymous, cmd.Wait)
	u.wall, u.out = time.Since(start), out.String()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		return u, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:min(3, len(cmd.Args))], " "), err, &errs)
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return u, nil
}
