package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// program is semantic-ls as it is measured: built once, with a cache and without anybody's settings.
type program struct{ path, temp, cache string }

func newProgram(ctx context.Context, temp, binary string) (program, error) {
	p := program{path: binary, temp: temp, cache: filepath.Join(temp, "cache")}
	if binary != "" {
		return p, nil
	}
	p.path = filepath.Join(temp, "semantic-ls")
	if runtime.GOOS == "windows" {
		p.path += ".exe"
	}
	build := tasks.Command(ctx, time.Second, "go", "build", "-o", p.path, "github.com/semantic-ls/semantic-ls/cmd/semantic-ls")
	if out, err := build.CombinedOutput(); err != nil {
		return p, fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return p, nil
}

// command is one run of the program.
func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := tasks.Command(ctx, time.Second, p.path, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SEMANTIC_LS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	settings := filepath.Join(p.temp, "settings") // where there are none
	cmd.Env = append(cmd.Env, "SEMANTIC_LS_CACHE_DIRECTORY="+p.cache, "XDG_CONFIG_HOME="+settings, "AppData="+settings)
	return cmd
}

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	anonymous float64 // MB at its peak; 0: not known
	out       string
}

// run runs it to its end. Exit code 1 is no error: nothing was found.
func (p program) run(ctx context.Context, args ...string) (usage, error) {
	return finish(ctx, p.command(ctx, args...))
}

func finish(ctx context.Context, cmd *exec.Cmd) (u usage, err error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return u, err
	}
	err = watched(ctx, cmd.Process.Pid, &u.anonymous, cmd.Wait)
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

// lookEvery is how often memory is looked at: 30 us each time, half a percent of a core.
const lookEvery = 5 * time.Millisecond

// watched runs body, and notes in peak how many MB of anonymous memory the process has at most meanwhile.
func watched(ctx context.Context, pid int, peak *float64, body func() error) error {
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		looking := g.Go(func(ctx context.Context) error {
			for {
				*peak = max(*peak, anonymous(pid))
				if err := tasks.Sleep(ctx, lookEvery); err != nil {
					return err
				}
			}
		})
		defer looking.Cancel(nil)
		return body()
	})
}

// anonymous is the resident memory of a process that no file stands behind, in MB.
func anonymous(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended, or the system has none
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kB, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kB, 64)
	return n * 1024 / 1e6
}
