package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// repository is a row of the table, and what is there of it.
type repository struct {
	name, language string
	dir            string           // of the checkout
	copied         string           // directory of the copy
	files          []*file          // in the order of their paths
	byNumber       map[string]*file // by their names in the copy
	engine         *indexing.Engine // that has indexed the copy
}

// file is one of a repository.
type file struct {
	path string // from the top of the checkout
	copy string // name of the copy
	test bool
}

// readRepositories reads the table; half "" is both halves.
func readRepositories(table, half string) (list []*repository, err error) {
	data, err := os.ReadFile(table)
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 {
			if strings.Join(fields, " ") != "repo language github half" {
				return nil, fmt.Errorf("%s: the heading must be repo, language, github, half", table)
			}
			continue
		}
		if len(fields) != 4 {
			return nil, fmt.Errorf("%s:%d: %d fields, the heading has 4", table, i+1, len(fields))
		}
		if half == "" || fields[3] == half {
			list = append(list, &repository{name: fields[0], language: fields[1]})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no repository of half %q: there are tune and report", table, half)
	}
	return list, nil
}

// mostBytes is of a file that is copied: a larger one is no code.
const mostBytes = 1 << 20

// find looks for the checkout and lists its files.
func (r *repository) find(checkouts []string) error {
	for _, dir := range checkouts {
		if info, err := os.Stat(filepath.Join(dir, r.name)); err == nil && info.IsDir() {
			r.dir = filepath.Join(dir, r.name)
		}
	}
	if r.dir == "" {
		return fmt.Errorf("%s is below none of the -checkouts", r.name)
	}
	r.byNumber = map[string]*file{}
	return filepath.WalkDir(r.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" || d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > mostBytes {
			return err
		}
		rel, err := filepath.Rel(r.dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f := &file{path: rel, copy: fmt.Sprintf("a%05d%s", len(r.files), path.Ext(rel)), test: isTest(rel)}
		r.files, r.byNumber[f.copy] = append(r.files, f), f
		return nil
	})
}

// text is what a file says.
func (r *repository) text(f *file) (string, error) {
	data, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(f.path)))
	return string(data), err
}

// index copies the repository below work, where paths say nothing, and indexes the copy as the program does.
func (r *repository) index(ctx context.Context, work string, model indexing.Embedder) error {
	root, err := filepath.Abs(filepath.Join(work, r.name))
	if err != nil {
		return err
	}
	r.copied = root
	if err := os.MkdirAll(root, 0o777); err != nil {
		return err
	}
	for _, f := range r.files {
		to := filepath.Join(root, f.copy)
		if _, err := os.Stat(to); err == nil {
			continue
		}
		text, err := r.text(f)
		if err == nil {
			err = os.WriteFile(to, []byte(text), 0o666)
		}
		if err != nil {
			return err
		}
	}
	cores := runtime.GOMAXPROCS(0)
	r.engine = indexing.New(indexing.Config{
		CacheDir: filepath.Join(work, ".index"), Embedder: model, Limiter: tasks.NewLimiter(cores, cores),
	})
	if err := r.engine.Open(ctx, root); err != nil {
		return err
	}
	return r.engine.Refresh(ctx, root, nil)
}

func (r *repository) close() error { return r.engine.Close(r.copied) }

func (r *repository) chunks() int { return r.engine.Status().Coverage.Chunks }
