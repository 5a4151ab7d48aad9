package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// cold indexes root from nothing, and has ripgrep read the same files, in turns.
func (r *result) cold(ctx context.Context, p program, root string, o options) error {
	entries, err := walk(ctx, root)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		names = append(names, filepath.FromSlash(e.Path))
	}
	if _, err := ripgrep(ctx, root, names); err != nil { // reads everything once
		return err
	}
	var walls, cpus, rgWalls, rgCPUs []float64
	begun := time.Now()
	for range o.colds {
		if err := os.RemoveAll(p.Cache); err != nil {
			return err
		}
		u, err := p.run(ctx, "index", root)
		if err != nil {
			return err
		}
		walls, cpus, r.ColdRSS = append(walls, u.wall.Seconds()), append(cpus, u.cpu.Seconds()), max(r.ColdRSS, u.anonymous)
		if len(walls) == 1 {
			if names, err = r.indexed(ctx, p, root); err != nil {
				return err
			}
		}
		for range 2 {
			rg, err := ripgrep(ctx, root, names)
			if err != nil {
				return err
			}
			rgWalls, rgCPUs = append(rgWalls, rg.wall.Seconds()), append(rgCPUs, rg.cpu.Seconds())
		}
		if time.Since(begun) > o.enough {
			break
		}
	}
	r.ColdRuns = len(walls)
	r.ColdSeconds, r.ColdCPU, r.RipgrepSeconds, r.RipgrepCPU = at(walls, 0.5), at(cpus, 0.5), at(rgWalls, 0.5), at(rgCPUs, 0.5)
	if r.RipgrepSeconds > 0 {
		r.ColdToRipgrep = r.ColdSeconds / r.RipgrepSeconds
	}
	return filepath.WalkDir(p.Cache, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			r.DiskMB += float64(info.Size()) / 1e6
			r.DiskRatio = r.DiskMB / r.SourceMB
		}
		return err
	})
}

// indexed counts what is indexed, and returns the names of the files.
func (r *result) indexed(ctx context.Context, p program, root string) (names []string, err error) {
	u, err := p.run(ctx, "status", "--json", "--skipped", root)
	if err != nil {
		return nil, err
	}
	var status struct {
		Coverage struct {
			FilesIndexed int `json:"filesIndexed"`
			Chunks       int `json:"chunks"`
		} `json:"coverage"`
		Skipped []struct {
			Path string `json:"path"`
		} `json:"skipped"`
	}
	if err := json.Unmarshal([]byte(u.out), &status); err != nil {
		return nil, fmt.Errorf("status --json: %w", err)
	}
	r.Files, r.Chunks = status.Coverage.FilesIndexed, status.Coverage.Chunks
	skipped := map[string]bool{}
	for _, s := range status.Skipped {
		skipped[s.Path] = true
	}
	entries, err := walk(ctx, root)
	for _, e := range entries {
		if !skipped[e.Path] {
			names = append(names, filepath.FromSlash(e.Path))
			r.SourceMB += float64(e.Size) / 1e6
		}
	}
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: nothing in it is indexed", root)
	}
	return names, err
}

// ripgrep has `rg -c .` read the files, in as few processes as their names fit into. It is zero where ripgrep is not
// installed.
func ripgrep(ctx context.Context, root string, names []string) (sum usage, err error) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		return usage{}, nil
	}
	most := 1 << 20 // half of what Linux takes
	if runtime.GOOS == "windows" {
		most = 30_000
	}
	for len(names) > 0 {
		n, bytes := 0, 0
		for ; n < len(names) && (n == 0 || bytes+len(names[n]) < most); n++ {
			bytes += len(names[n]) + 1 + 8 // its end, and the pointer to it
		}
		cmd := tasks.Command(ctx, time.Second, rg, append([]string{"--no-config", "-c", ".", "--"}, names[:n]...)...)
		cmd.Dir, names = root, names[n:]
		u, err := finish(ctx, cmd)
		if err != nil {
			return usage{}, err
		}
		sum.wall, sum.cpu = sum.wall+u.wall, sum.cpu+u.cpu
	}
	return sum, nil
}
