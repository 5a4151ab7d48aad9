package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// newEmbedder is the built-in model, or the file or provider that the settings name. It
// connects to nothing. instead says why it is another one, which does not keep anybody
// from searching: the built-in model where the file cannot be used.
func newEmbedder(s settings.Settings) (e indexing.Embedder, instead string, err error) {
	switch s.Embedding.Provider {
	case settings.ProviderBuiltin:
		if s.Embedding.ModelFile == "" {
			return static.New(), "", nil
		}
		m, err := static.Open(s.Embedding.ModelFile)
		if err != nil {
			return static.New(), fmt.Sprintf("the built-in model serves meanwhile: `embedding.modelFile`: %v", err), nil
		}
		return m, "", nil
	case settings.ProviderOpenAI:
		r := &remembering{cache: s.Cache.Directory, name: s.Embedding.BaseURL + "\x00" + s.Embedding.Model}
		var err error
		r.OpenAI, err = embed.NewOpenAI(embed.Config{
			BaseURL: s.Embedding.BaseURL, Key: s.Embedding.Key, Model: s.Embedding.Model,
			Dimensions: s.Embedding.Dimensions, BatchSize: s.Embedding.BatchSize,
			Concurrency: s.Embedding.Concurrency, Timeout: s.Embedding.Timeout,
			Expected: store.Dimensions(r.cache, r.name),
		})
		if err != nil {
			return nil, "", err
		}
		return r, "", nil
	}
	return nil, "", fmt.Errorf("`embedding.provider` %q is none of those this program has", s.Embedding.Provider)
}

// formerEmbedder embeds queries for an index that another model has made, nil where
// nothing can: the built-in model, the file or another model of the server that the
// settings name.
// A server that they do not name any more is sent nothing.
func formerEmbedder(s settings.Settings, m embed.Model) indexing.Embedder {
	if m.Provider == settings.ProviderBuiltin {
		if builtin := static.New(); builtin.Model() == m {
			return builtin
		}
		if s.Embedding.ModelFile != "" {
			if file, err := static.Open(s.Embedding.ModelFile); err == nil && file.Model() == m {
				return file
			}
		}
		return nil
	}
	if s.Embedding.Provider != m.Provider {
		return nil
	}
	c := embed.Config{
		BaseURL: s.Embedding.BaseURL, Key: s.Embedding.Key, Model: m.Name, Expected: m.Dimensions, Timeout: s.Embedding.Timeout,
	}
	if store.Dimensions(s.Cache.Directory, s.Embedding.BaseURL+"\x00"+m.Name) != m.Dimensions {
		c.Dimensions = m.Dimensions // they were asked for
	}
	o, err := embed.NewOpenAI(c)
	if err != nil || o.Model() != m {
		return nil
	}
	return o
}

// remembering is a provider whose dimensions are asked for once and not for each
// start: what is indexed can be searched while the provider is down.
type remembering struct {
	*embed.OpenAI
	cache, name string
}

func (r *remembering) Probe(ctx context.Context) (embed.Model, error) {
	m, err := r.OpenAI.Probe(ctx)
	if err == nil {
		// If it cannot be kept it is asked for again next time.
		_ = store.RememberDimensions(r.cache, r.name, m.Dimensions)
	}
	return m, err
}

func (r *remembering) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	rows, err := r.OpenAI.Embed(ctx, texts)
	return rows, r.unlessExchanged(err)
}

func (r *remembering) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	row, err := r.OpenAI.EmbedQuery(ctx, text)
	return row, r.unlessExchanged(err)
}

// unlessExchanged forgets the dimensions of a model that has others now.
func (r *remembering) unlessExchanged(err error) error {
	if errors.Is(err, embed.ErrDimensions) {
		_ = store.RememberDimensions(r.cache, r.name, 0)
	}
	return err
}
