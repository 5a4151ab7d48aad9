// Walk measures how long it takes to find the files of a folder, beside ripgrep:
//
//	go run ./bench/walk [-rounds N] [-make N] DIR
//
// Each round runs three processes one after the other: `rg --files DIR`, `rg -uu --files DIR` (no ignore rules, hidden
// files too) and the walk of semantic-ls, which also learns size, time and inode of each file, as it must to tell what
// has changed. The best of all rounds counts, by the clock and in time of the processors, which is what remains to go by
// on a busy machine; only the ratios compare between machines. -make writes a tree of N
// files to DIR first, which must not exist. -profile FILE walks in this process, again and again, and writes where the
// time goes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
)

func main() {
	rounds := flag.Int("rounds", 10, "how often each is run")
	files := flag.Int("make", 0, "write a tree of so many files first")
	profile := flag.String("profile", "", "walk in this process and write a profile of the processor to this file")
	once := flag.Bool("once", false, "walk once and say what was found: what the rounds run")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./bench/walk [-rounds N] [-make N] [-profile FILE] DIR")
		os.Exit(2)
	}
	dir := flag.Arg(0)
	err := error(nil)
	if *files > 0 {
		err = plant(dir, *files)
	}
	switch {
	case err != nil:
	case *once:
		err = walkOnce(dir)
	case *profile != "":
		err = profiled(dir, *profile, *rounds)
	default:
		err = compare(dir, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "walk:", err)
		os.Exit(1)
	}
}

func find(dir string) (*workspace.Discovery, error) {
	n := runtime.GOMAXPROCS(0)
	limiter := tasks.NewLimiter(n, n)
	return workspace.Discover(context.Background(), dir, workspace.Options{Unit: func(ctx context.Context, work func() error) error {
		return limiter.Do(ctx, tasks.Background, func(context.Context) error { return work() })
	}})
}

// walkOnce prints the number of files, and the milliseconds that the walk took without the start of the process.
func walkOnce(dir string) error {
	start := time.Now()
	found, err := find(dir)
	if err != nil {
		return err
	}
	fmt.Println(len(found.Entries), time.Since(start).Milliseconds())
	return nil
}

func profiled(dir, file string, rounds int) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	for range rounds {
		start := time.Now()
		if _, err := find(dir); err != nil {
			return err
		}
		fmt.Println(time.Since(start))
	}
	return nil
}

func compare(dir string, rounds int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	commands := []struct {
		name string
		args []string
		best time.Duration
		cpu  time.Duration
		out  []byte
	}{
		{name: "rg --files", args: []string{"rg", "--files", dir}},
		{name: "rg -uu --files", args: []string{"rg", "-uu", "--files", dir}},
		{name: "semantic-ls", args: []string{self, "-once", dir}},
	}
	for range rounds {
		for i := range commands {
			c := &commands[i]
			start := time.Now()
			cmd := exec.Command(c.args[0], c.args[1:]...)
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if took := time.Since(start); c.best == 0 || took < c.best {
				c.best, c.out = took, out
			}
			if used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); c.cpu == 0 || used < c.cpu {
				c.cpu = used
			}
		}
	}
	fmt.Printf("%s: %s files, %s, %d cores, best of %d\n",
		dir, firstField(commands[2].out), runtime.Version(), runtime.GOMAXPROCS(0), rounds)
	for _, c := range commands {
		fmt.Printf("%-15s %7.1f ms  %.2f x rg --files   processors %7.1f ms  %.2f x\n", c.name,
			ms(c.best), float64(c.best)/float64(commands[0].best), ms(c.cpu), float64(c.cpu)/float64(commands[0].cpu))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func firstField(out []byte) string {
	for i, c := range out {
		if c == ' ' {
			return string(out[:i])
		}
	}
	return "?"
}

// plant writes n small files, a hundred to a directory, twenty of those to another, and a file of ignore rules.
func plant(dir string, n int) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.log\n/build/\n"), 0o644); err != nil {
		return err
	}
	for i := range n {
		d := filepath.Join(dir, "d"+strconv.Itoa(i/2000), "s"+strconv.Itoa(i/100))
		if i%100 == 0 {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return err
			}
		}
		text := fmt.Sprintf("package s%d\n\nfunc f%d() int { return %d }\n", i/100, i, i)
		if err := os.WriteFile(filepath.Join(d, "f"+strconv.Itoa(i)+".go"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
