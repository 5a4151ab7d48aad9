package main

import (
	"context"
	"sync"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// engines hands out one engine for each session, so that sessions with the same
// settings share their indexes. Safe for concurrent use.
type engines struct {
	cores *tasks.Limiter
	log   *zap.Logger

	mu   sync.Mutex
	made map[purpose]*made // guarded by mu
}

// purpose is what two sessions must agree in to share an engine.
type purpose struct {
	cache       settings.Cache
	maxFileSize int64
	embedding   settings.Embedding
	model       embed.Model // a file may be another one since the first session began
}

type made struct {
	first *indexing.Engine // has no folders: the others are shared from it
	users int
}

func newEngines(cores *tasks.Limiter, log *zap.Logger) *engines {
	return &engines{cores: cores, log: log, made: map[purpose]*made{}}
}

// finish goes on with what a session that has left was indexing for others as well.
func (e *engines) finish(ctx context.Context) {
	e.mu.Lock()
	var all []*indexing.Engine
	for _, m := range e.made {
		all = append(all, m.first)
	}
	e.mu.Unlock()
	for _, engine := range all {
		if err := engine.FinishShared(ctx); err != nil && ctx.Err() == nil {
			e.log.Warn("indexing what a session that has left had begun", zap.Error(err))
		}
	}
}

// lease is an engine that a session has, until it calls release.
type lease struct {
	*indexing.Engine
	purpose purpose
	release func()
}

// get returns an engine for a session: the last one that it had, which may be nil, where that is right for
// the settings.
func (e *engines) get(s settings.Settings, last *lease) (*lease, error) {
	config, err := engineConfig(s, e.cores, e.log)
	if err != nil {
		return nil, err
	}
	model := config.Embedder.Model()
	model.Dimensions = 0 // those of a provider are not known until it has been asked
	key := purpose{s.Cache, s.Index.MaxFileSize, s.Embedding, model}
	if last != nil && last.purpose == key {
		return last, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.made[key]
	if m == nil {
		m = &made{first: indexing.New(config)}
		e.made[key] = m
	}
	m.users++
	engine := m.first.Share()
	return &lease{engine, key, sync.OnceFunc(func() {
		if err := engine.CloseAll(); err != nil {
			e.log.Warn("closing the indexes of a session", zap.Error(err))
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if m.users--; m.users == 0 {
			delete(e.made, key)
		}
	})}, nil
}
