//go:build unix

package tasks_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// A program is asked, answers, and is ended with everything it has started. (run_process, open_process)
func ExampleCommand() {
	err := tasks.Run(context.Background(), func(ctx context.Context, g *tasks.Group) error {
		out, err := tasks.Command(ctx, time.Second, "echo", "hello").Output()
		fmt.Printf("%s", out)
		if err != nil {
			return err
		}
		cat := tasks.Command(ctx, time.Second, "cat")
		in, err := cat.StdinPipe()
		if err != nil {
			return err
		}
		answers, err := cat.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cat.Start(); err != nil {
			return err
		}
		_, _ = io.WriteString(in, "and again\n")
		line, err := bufio.NewReader(answers).ReadString('\n')
		fmt.Print(line)
		g.Cancel(err)
		fmt.Println(cat.Wait())
		return nil
	})
	fmt.Println(err)
	// Output:
	// hello
	// and again
	// signal: terminated
	// <nil>
}

// Work that must be able to die alone runs in a process of our own program, which speaks JSON; no code is
// sent. TestMain sees to the other side. (to_process.run_sync)
func ExampleCommand_ourselves() {
	err := tasks.FailAfter(context.Background(), time.Minute, func(ctx context.Context, _ *tasks.Group) error {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		cmd := tasks.Command(ctx, 0, self)
		cmd.Env = append(os.Environ(), helperVariable+"=1")
		in, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		_ = json.NewEncoder(in).Encode([]int{1, 2, 3})
		in.Close()
		sum := 0
		if err := json.NewDecoder(out).Decode(&sum); err != nil {
			return err
		}
		fmt.Println(sum)
		return cmd.Wait()
	})
	fmt.Println(err)
	// Output:
	// 6
	// <nil>
}

// Signals are values from a channel, for as long as the scope lasts. (signal receiver)
func ExampleReceive_signals() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	defer signal.Stop(signals)
	err := tasks.Run(context.Background(), func(_ context.Context, g *tasks.Group) error {
		g.Go(func(ctx context.Context) error {
			s, err := tasks.Receive(ctx, signals)
			fmt.Println(s)
			return err
		})
		return syscall.Kill(os.Getpid(), syscall.SIGHUP)
	})
	fmt.Println(err)
	// Output:
	// hangup
	// <nil>
}
