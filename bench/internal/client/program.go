package client

import (
	"context"
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

// Program is semantic-ls as it is measured: built once, with a cache of its own and without anybody's settings.
type Program struct {
	Path  string
	Temp  string // for what it writes
	Cache string
}

// Build builds it in temp, unless binary is one already.
func Build(ctx context.Context, temp, binary string) (Program, error) {
	p := Program{Path: binary, Temp: temp, Cache: filepath.Join(temp, "cache")}
	if binary != "" {
		return p, nil
	}
	p.Path = filepath.Join(temp, "semantic-ls")
	if runtime.GOOS == "windows" {
		p.Path += ".exe"
	}
	build := tasks.Command(ctx, time.Second, "go", "build", "-o", p.Path, "github.com/semantic-ls/semantic-ls/cmd/semantic-ls")
	if out, err := build.CombinedOutput(); err != nil {
		return p, fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return p, nil
}

// Command is one run of the program.
func (p Program) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := tasks.Command(ctx, time.Second, p.Path, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SEMANTIC_LS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	settings, state := filepath.Join(p.Temp, "settings"), filepath.Join(p.Temp, "state") // where there is nothing
	cmd.Env = append(cmd.Env, "SEMANTIC_LS_CACHE_DIRECTORY="+p.Cache,
		"XDG_CONFIG_HOME="+settings, "AppData="+settings, "XDG_STATE_HOME="+state, "LocalAppData="+state)
	return cmd
}

// Anonymous is the resident memory of a process that no file stands behind, in MB; 0 where the system does not say.
func Anonymous(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended, or the system has none
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kB, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kB, 64)
	return n * 1024 / 1e6
}

// lookEvery is how often memory is looked at: 30 us each time, half a percent of a core.
const lookEvery = 5 * time.Millisecond

// Watch runs body, and notes in peak how many MB of anonymous memory the process has at most meanwhile.
func Watch(ctx context.Context, pid int, peak *float64, body func() error) error {
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		looking := g.Go(func(ctx context.Context) error {
			for {
				*peak = max(*peak, Anonymous(pid))
				if err := tasks.Sleep(ctx, lookEvery); err != nil {
					return err
				}
			}
		})
		defer looking.Cancel(nil)
		return body()
	})
}
