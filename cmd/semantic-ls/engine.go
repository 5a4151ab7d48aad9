package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/ignore"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// engineConfig is what an engine works with, as the settings say. The limiter lends
// the cores.
func engineConfig(s settings.Settings, cores *tasks.Limiter, log *zap.Logger) (indexing.Config, error) {
	embedder, instead, err := newEmbedder(s)
	return indexing.Config{
		CacheDir:    s.Cache.Directory,
		Embedder:    embedder,
		Instead:     instead,
		Limiter:     cores,
		Log:         log,
		MaxFileSize: s.Index.MaxFileSize,
		VectorBytes: s.Cache.VectorBytes,
		Former:      func(m embed.Model) indexing.Embedder { return formerEmbedder(s, m) },
	}, err
}

// folder is an open index and the folder it is of.
type folder struct {
	*indexing.Engine
	root   string // absolute
	stored bool   // there was an index of it on disk
}

// inFolder calls body with the index that dir is in: of the nearest folder that
// has one and does not ignore dir, of dir itself where none has. What was indexed
// outlives the process, but a power cut within the next half minute may cost it: to
// wait for the disk would cost every first question more than that is worth.
func (p *process) inFolder(ctx context.Context, s settings.Settings, dir string, body func(f *folder) error) error {
	return p.withIndexOf(ctx, s, dir, false, body)
}

// lookInto is inFolder for looking only: it neither writes nor keeps others from
// writing.
func (p *process) lookInto(ctx context.Context, s settings.Settings, dir string, body func(f *folder) error) error {
	return p.withIndexOf(ctx, s, dir, true, body)
}

func (p *process) withIndexOf(ctx context.Context, s settings.Settings, dir string, readOnly bool, body func(f *folder) error) error {
	log, err := commandLog(p.stderr, s)
	if err != nil {
		return err
	}
	defer log.close()
	// Nobody else waits for this process: indexing gets all cores.
	cores := runtime.GOMAXPROCS(0)
	config, err := engineConfig(s, tasks.NewLimiter(cores, cores), log.Logger)
	if err != nil {
		return err
	}
	config.ReadOnly = readOnly
	e := indexing.New(config)
	f := &folder{Engine: e, root: dir}
	if f.root, f.stored, err = locate(s.Cache.Directory, dir, e.Status().Model); err != nil {
		return err
	}
	err = body(f)
	return errors.Join(err, e.Close(f.root))
}

// locate returns the folder whose index answers for dir, and whether there is one
// yet.
func locate(cache, dir string, m embed.Model) (root string, stored bool, err error) {
	if root, stored = indexing.Locate(cache, dir, m); !stored {
		return dir, false, nil
	}
	if root == dir {
		return root, true, nil
	}
	// A file of the other folder's index could be found there; this directory's
	// cannot if it cannot be read, or if that folder's rules leave it out.
	if _, err := os.ReadDir(dir); err != nil {
		return "", false, err
	}
	rules, err := ignore.Root(root)
	if err != nil {
		return dir, false, nil
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil || rules.Path(filepath.ToSlash(rel), true).Skipped() {
		return dir, false, nil // nearer than root there is none
	}
	return root, true, nil
}

// ask calls question with the index that dir is in, brought up to date.
func (p *process) ask(ctx context.Context, dir string, question func(f *folder) error) error {
	defer exitSoon(ctx)()
	s, err := p.settings()
	if err != nil {
		return err
	}
	return p.inFolder(ctx, s, dir, func(f *folder) error {
		if err := p.bringUp(ctx, f); err != nil {
			return err
		}
		return question(f)
	})
}

// refresh brings the index up to date, with a bar on the terminal where that takes long,
// and tells who wants to know how far it has come. Interrupted, it keeps what was
// finished.
func (f *folder) refresh(ctx context.Context, bar *bar, tell func(indexing.Progress)) error {
	return bar.during(ctx, func(ctx context.Context) error {
		if err := f.Open(ctx, f.root); err != nil {
			return err
		}
		return f.Refresh(ctx, f.root, func(progress indexing.Progress) {
			bar.report(progress)
			tell(progress)
		})
	})
}

// bringUp is refresh for a question: what is indexed already answers it, with a
// warning, when a provider that is down keeps the rest from being indexed.
func (p *process) bringUp(ctx context.Context, f *folder) error {
	err := f.refresh(ctx, p.newBar(), func(indexing.Progress) {})
	if ctx.Err() != nil {
		return err
	}
	for _, folder := range f.Status().Folders {
		for _, warning := range folder.Warnings {
			p.warn(warning)
		}
		if err == nil && folder.Health != store.HealthOK {
			p.warn("the index on disk: " + folder.Health)
		}
	}
	if err == nil {
		return nil
	}
	c := f.Status().Coverage
	if c.FilesIndexed == 0 {
		return err
	}
	p.warn(fmt.Sprintf("%v; searched the %d of %d files that are indexed", err, c.FilesIndexed, c.FilesTotal))
	return nil
}

// only is the folders to search for hits below dir: nil for all of this one.
func (f *folder) only(dir string) []string {
	if dir == f.root {
		return nil
	}
	return []string{dir}
}
