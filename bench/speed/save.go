package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
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

// with is the text with a line more in its middle.
func (s sample) with(line string) string {
	lines := strings.SplitAfter(s.text, "\n")
	half := len(lines) / 2
	return strings.Join(lines[:half], "") + line + "\n" + strings.Join(lines[half:], "")
}

// save measures the way from a saved file to an answer that has what is new in it.
func (r *result) save(ctx context.Context, p program, root string, o options) error {
	tree := filepath.Join(p.Temp, "tree")
	files, err := copyTree(ctx, root, tree)
	if err != nil {
		return err
	}
	one, err := middle(files)
	if err != nil {
		return err
	}
	r.SaveFileBytes = len(one.text)
	random := rand.New(rand.NewPCG(1, 2))
	// A word that no file has, and that is spelled like none before: else the one before would be found for it.
	next := func() string {
		word := make([]byte, 16)
		for i := range word {
			word[i] = "bcdfghjklmnpqrtvwxyz"[random.IntN(20)]
		}
		return string(word)
	}
	p.Cache = filepath.Join(p.Temp, "saves")
	var unused float64
	err = serving(ctx, p, tree, &unused, func(c editor) error {
		if r.SaveOutside, err = saveOutside(ctx, c, one, next, min(o.rounds, 10)); err != nil {
			return err
		}
		r.Save, err = saveInEditor(ctx, c, one, next, o.rounds)
		return err
	})
	if err != nil {
		return err
	}
	p.Cache = filepath.Join(p.Temp, "updates")
	return r.saveInEngine(ctx, p.Cache, tree, one, next, o.rounds)
}

// saveInEditor edits and saves a document.
func saveInEditor(ctx context.Context, c editor, one sample, next func() string, rounds int) (latency, error) {
	uri := client.URI(one.path)
	opened := map[string]any{"uri": uri, "languageId": "plaintext", "version": 0, "text": one.text}
	if err := c.Notify("textDocument/didOpen", map[string]any{"textDocument": opened}); err != nil {
		return latency{}, err
	}
	var took []time.Duration
	for round := range rounds {
		word := next()
		text := one.with(word)
		if err := os.WriteFile(one.path, []byte(text), 0o644); err != nil {
			return latency{}, err
		}
		start := time.Now()
		for _, n := range []struct {
			method string
			params map[string]any
		}{
			{"textDocument/didChange", map[string]any{
				"textDocument":   map[string]any{"uri": uri, "version": 1 + round},
				"contentChanges": []any{map[string]any{"text": text}},
			}},
			{"textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uri}}},
		} {
			if err := c.Notify(n.method, n.params); err != nil {
				return latency{}, err
			}
		}
		a, err := c.search(word)
		if err != nil {
			return latency{}, err
		}
		took = append(took, time.Since(start))
		if !a.says(word) {
			return latency{}, fmt.Errorf("a word that was saved in the middle of a copy of %s is not found", one.path)
		}
		// Until the file has settled and is in the index: a person saves no sooner again.
		if err := tasks.Sleep(ctx, 150*time.Millisecond); err != nil {
			return latency{}, err
		}
	}
	closed := map[string]any{"textDocument": map[string]any{"uri": uri}}
	return latencyOf(took), c.Notify("textDocument/didClose", closed)
}

// patience is how long a change on disk may take to be found.
const patience = 30 * time.Second

// saveOutside changes a file that the editor has not opened.
func saveOutside(ctx context.Context, c editor, one sample, next func() string, rounds int) (latency, error) {
	var took []time.Duration
	for range rounds {
		word := next()
		if err := os.WriteFile(one.path, []byte(one.with(word)), 0o644); err != nil {
			return latency{}, err
		}
		start := time.Now()
		changed := map[string]any{"changes": []any{map[string]any{"uri": client.URI(one.path), "type": 2}}}
		if err := c.Notify("workspace/didChangeWatchedFiles", changed); err != nil {
			return latency{}, err
		}
		for found := false; !found; {
			a, err := c.search(word)
			if err != nil {
				return latency{}, err
			}
			if found = a.says(word); found {
				break
			}
			if time.Since(start) > patience {
				return latency{}, fmt.Errorf("a word that was written into %s is not found within %v", one.path, patience)
			}
			if err := tasks.Sleep(ctx, time.Millisecond); err != nil {
				return latency{}, err
			}
		}
		took = append(took, time.Since(start))
	}
	return latencyOf(took), nil
}

// saveInEngine does what a save costs the index, in this process.
func (r *result) saveInEngine(ctx context.Context, cache, tree string, one sample, next func() string, rounds int) error {
	e := engine(cache)
	if err := e.Open(ctx, tree); err != nil {
		return err
	}
	if err := e.Refresh(ctx, tree, nil); err != nil {
		return err
	}
	r.SaveFiles = e.Status().Coverage.FilesIndexed
	var took []time.Duration
	for range rounds {
		word := next()
		if err := os.WriteFile(one.path, []byte(one.with(word)), 0o644); err != nil {
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
	r.SaveEngine = latencyOf(took)
	return e.Close(tree)
}

// copyTree copies the texts of at most so many files of root, from all over it.
func copyTree(ctx context.Context, root, to string) ([]sample, error) {
	entries, err := walk(ctx, root)
	if err != nil {
		return nil, err
	}
	every := max(1, len(entries)/copied)
	var files []sample
	for i := 0; i < len(entries) && len(files) < copied; i += every {
		rel := entries[i].Path
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
