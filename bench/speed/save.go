package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// copied is how many files the folder has that a file is saved in: a small project's
// worth, copied in a moment.
const copied = 500

// sample is a file of the copy. Its text is kept, to be saved with a line more.
type sample struct{ path, text string }

// save measures the way from a saved file to a search that finds what is new in it.
func (r *result) save(ctx context.Context, root, temp string) error {
	tree := filepath.Join(temp, "tree")
	files, err := copyTree(ctx, root, tree)
	if err != nil {
		return err
	}
	e := engine(filepath.Join(temp, "saves"))
	if err := openAndRefresh(ctx, e, tree); err != nil {
		return err
	}
	one, err := middle(files)
	if err != nil {
		return err
	}
	r.SaveFiles, r.SaveBytes = e.Status().Coverage.FilesIndexed, len(one.text)
	lines := strings.SplitAfter(one.text, "\n")
	half := len(lines) / 2
	var took []time.Duration
	for round := range rounds {
		// A word that no file has, another one each time.
		word := fmt.Sprintf("quokkazebra%d", 1000+round)
		text := strings.Join(lines[:half], "") + word + "\n" + strings.Join(lines[half:], "")
		if err := os.WriteFile(one.path, []byte(text), 0o644); err != nil {
			return err
		}
		start := time.Now()
		if err := e.Update(ctx, one.path); err != nil {
			return err
		}
		a, err := e.Search(ctx, workspace.Documents{}, indexing.Query{Text: word})
		if err != nil {
			return err
		}
		took = append(took, time.Since(start))
		if !slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return strings.Contains(h.Text[h.Start:h.End], word) }) {
			return fmt.Errorf("a line that was saved in the middle of a copy of %s is not found", one.path)
		}
	}
	slices.Sort(took)
	r.SaveP50 = ms(took[len(took)/2])
	return e.Close(tree)
}

// copyTree copies the texts of at most so many files of root, from all over it.
func copyTree(ctx context.Context, root, to string) ([]sample, error) {
	found, err := workspace.Discover(ctx, root, workspace.Options{MaxFileSize: maxFileSize})
	if err != nil {
		return nil, err
	}
	every := max(1, len(found.Entries)/copied)
	var files []sample
	for i := 0; i < len(found.Entries) && len(files) < copied; i += every {
		rel := found.Entries[i].Path
		text, _, skip, err := workspace.Read(root, rel, maxFileSize)
		if err != nil {
			return nil, err
		}
		if skip.Skipped() {
			continue
		}
		path := filepath.Join(to, filepath.FromSlash(rel))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
		files = append(files, sample{path, text})
	}
	return files, nil
}

// middle is the file of a known language in the middle between the smallest and the largest.
func middle(files []sample) (sample, error) {
	code := slices.DeleteFunc(files, func(f sample) bool { return chunk.Language(f.path, f.text) == "" })
	if len(code) == 0 {
		return sample{}, errors.New("there is no file of a known language to save")
	}
	slices.SortFunc(code, func(a, b sample) int {
		return cmp.Or(cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.path, b.path))
	})
	return code[len(code)/2], nil
}
