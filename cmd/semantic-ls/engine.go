package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// newEngine wires an engine as the settings say. Indexing may take so many
// cores as background says.
func newEngine(ctx context.Context, s settings.Settings, background int, log *zap.Logger) (*indexing.Engine, error) {
	embedder, err := newEmbedder(ctx, s)
	if err != nil {
		return nil, err
	}
	return indexing.New(indexing.Config{
		CacheDir:    s.Cache.Directory,
		Embedder:    embedder,
		Limiter:     tasks.NewLimiter(runtime.GOMAXPROCS(0), background),
		Log:         log,
		MaxFileSize: s.Index.MaxFileSize,
	}), nil
}

// newEmbedder is the built-in model, or the provider that the settings name. A
// provider is asked for its dimensions where the settings do not say them: an
// index has to know.
func newEmbedder(ctx context.Context, s settings.Settings) (indexing.Embedder, error) {
	switch s.Embedding.Provider {
	case settings.ProviderBuiltin:
		return static.New(), nil
	case settings.ProviderOpenAI:
		remote, err := embed.NewOpenAI(embed.Config{
			BaseURL: s.Embedding.BaseURL, Key: s.Embedding.Key, Model: s.Embedding.Model,
			Dimensions: s.Embedding.Dimensions, BatchSize: s.Embedding.BatchSize,
			Concurrency: s.Embedding.Concurrency, Timeout: s.Embedding.Timeout,
		})
		if err == nil && remote.Model().Dimensions == 0 {
			_, err = remote.Probe(ctx)
		}
		if err != nil {
			return nil, err
		}
		return remote, nil
	}
	return nil, fmt.Errorf("`embedding.provider` %q is none of those this program has", s.Embedding.Provider)
}

// folder is an open index and the folder it is of.
type folder struct {
	*indexing.Engine
	root   string // absolute
	stored bool   // there was an index of it on disk
}

// inFolder calls body with the index that dir is in: of the nearest folder that
// has one, of dir itself where none has. Nothing of the folder is read before
// body does. What was indexed survives a power cut when inFolder returns.
func (p *process) inFolder(ctx context.Context, s settings.Settings, dir string, body func(f *folder) error) error {
	log, err := commandLog(p.stderr, s)
	if err != nil {
		return err
	}
	defer log.close()
	// Nobody else waits for this process: indexing gets all cores.
	e, err := newEngine(ctx, s, runtime.GOMAXPROCS(0), log.Logger)
	if err != nil {
		return err
	}
	f := &folder{Engine: e, root: dir}
	if root, ok := indexing.Locate(s.Cache.Directory, dir, e.Status().Model); ok {
		f.root, f.stored = root, true
	}
	err = body(f)
	return errors.Join(err, e.Flush(ctx), e.Close(f.root))
}

// refresh brings the index up to date, with a bar on the terminal where that
// takes long. Interrupted, it keeps what was finished.
func (f *folder) refresh(ctx context.Context, bar *bar) error {
	if err := f.Open(ctx, f.root); err != nil {
		return err
	}
	defer bar.erase()
	return f.Refresh(ctx, f.root, bar.report)
}

// bringUp is refresh for a question: what is indexed already answers it, with a
// warning, when a provider that is down keeps the rest from being indexed.
func (p *process) bringUp(ctx context.Context, f *folder) error {
	err := f.refresh(ctx, p.newBar())
	if err == nil || ctx.Err() != nil {
		return err
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
