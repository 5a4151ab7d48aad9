//go:build unix

package tasks_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// gone waits until no process has the id any more, or only a zombie that nobody collects.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && bytes.Contains(stat, []byte(") Z "))
}

func TestCommand(t *testing.T) {
	t.Run("P01", func(t *testing.T) { // cancel before: none started; during: ended and reaped
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errA)
		never := tasks.Command(ctx, time.Second, "sh", "-c", "exit 0")
		if err := never.Run(); !errors.Is(err, context.Canceled) || never.Process != nil {
			t.Errorf("got %v, process %v", err, never.Process)
		}

		for _, c := range []struct {
			name, script string
			grace        time.Duration
			want         syscall.Signal
		}{
			{"asked", "echo; exec sleep 1000", time.Minute, syscall.SIGTERM},
			{"ignores", "trap '' TERM; echo; while :; do sleep 0.01; done", 20 * time.Millisecond, syscall.SIGKILL},
			{"at once", "echo; exec sleep 1000", 0, syscall.SIGKILL},
		} {
			var cmd *exec.Cmd
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				cmd = tasks.Command(ctx, c.grace, "sh", "-c", c.script)
				out, err := cmd.StdoutPipe()
				if err != nil {
					return err
				}
				if err := cmd.Start(); err != nil {
					return err
				}
				if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // it runs
					return err
				}
				g.Cancel(nil)
				if err := cmd.Wait(); err == nil {
					t.Errorf("%s: Wait returned no error", c.name)
				}
				return nil
			})
			wantNil(t, err)
			if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != c.want {
				t.Errorf("%s: ended by %v, want %v", c.name, status.Signal(), c.want)
			}
		}
	})
	t.Run("P02", func(t *testing.T) { // the end reaches grandchildren
		for _, grace := range []time.Duration{0, 20 * time.Millisecond} {
			grandchild := 0
			err := tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
				cmd := tasks.Command(ctx, grace, "sh", "-c", "trap '' TERM; (while :; do sleep 0.01; done) & echo $!; wait")
				out, err := cmd.StdoutPipe()
				if err != nil {
					return err
				}
				if err := cmd.Start(); err != nil {
					return err
				}
				line, err := bufio.NewReader(out).ReadString('\n')
				if err != nil {
					return err
				}
				grandchild, err = strconv.Atoi(strings.TrimSpace(line))
				g.Cancel(nil)
				_ = cmd.Wait()
				return err
			})
			wantNil(t, err)
			gone(t, grandchild)
		}
	})
	t.Run("P03", func(t *testing.T) { // wait ends though a grandchild holds the pipe; stderr does not block
		var out bytes.Buffer
		cmd := tasks.Command(t.Context(), 0, "sh", "-c", "sleep 1000 & echo $!; echo err >&2")
		cmd.Stdout = &out
		if err := cmd.Run(); !errors.Is(err, exec.ErrWaitDelay) {
			t.Errorf("got %v", err)
		}
		grandchild, err := strconv.Atoi(strings.TrimSpace(out.String()))
		wantNil(t, err)
		wantNil(t, syscall.Kill(grandchild, syscall.SIGKILL)) // its parent ended well: it was left alone
		gone(t, grandchild)

		for _, grace := range []time.Duration{-time.Second, 0, time.Second} {
			if got := tasks.Command(t.Context(), grace, "true").WaitDelay; got != 100*time.Millisecond {
				t.Errorf("with a grace of %v Wait takes up to %v longer than that", grace, got)
			}
		}

		flood := tasks.Command(t.Context(), 0, "sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo flood >&2; i=$((i+1)); done; echo done")
		answer, err := flood.Output()
		if err != nil || string(answer) != "done\n" {
			t.Errorf("got %q, %v", answer, err)
		}
	})
}

func TestSignals(t *testing.T) {
	t.Run("N01", func(t *testing.T) { // a receiver of signals, in order, that ends with its scope
		signals := make(chan os.Signal, 8)
		signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
		defer signal.Stop(signals)
		wantNil(t, tasks.Run(t.Context(), func(ctx context.Context, g *tasks.Group) error {
			received := make(chan os.Signal, 8)
			g.Go(func(ctx context.Context) error {
				for {
					s, err := tasks.Receive(ctx, signals)
					if err != nil {
						return err
					}
					received <- s
				}
			})
			for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGUSR1} {
				wantNil(t, syscall.Kill(os.Getpid(), s))
				if got, err := tasks.Receive(ctx, received); got != s || err != nil {
					t.Errorf("got %v, %v, want %v", got, err, s)
				}
			}
			g.Cancel(nil)
			return nil
		}))

		ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGUSR1)
		defer stop()
		err := tasks.Run(ctx, func(ctx context.Context, _ *tasks.Group) error {
			wantNil(t, syscall.Kill(os.Getpid(), syscall.SIGUSR1))
			return park(ctx)
		})
		want(t, err, context.Canceled)
		if !strings.Contains(err.Error(), "user defined signal 1") {
			t.Errorf("the cause does not name the signal: %v", err)
		}
	})
}
