package indexing

import (
	"context"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/store/rows"
)

// embedRemote is embed for a model that takes time or money: a text is sent only if no
// index of this machine has had its row.
func (e *Engine) embedRemote(ctx context.Context, texts []string, to []*index.Row, p tasks.Priority) error {
	if e.cfg.VectorBytes == 0 {
		return ask(ctx, e.cfg.Embedder, texts, to)
	}
	model := rowsOf(e.model())
	var missing []string
	var keys []rows.Key
	var left []*index.Row
	err := e.lend(ctx, p, func(context.Context) error {
		all := make([]rows.Key, len(texts))
		for i, text := range texts {
			all[i] = rows.KeyOf(e.sent(text))
		}
		found, err := e.vectors.Get(model, all)
		e.cached(err)
		for i, row := range found {
			if row.Data != nil {
				*to[i] = row
				continue
			}
			missing, keys, left = append(missing, texts[i]), append(keys, all[i]), append(left, to[i])
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := ask(ctx, e.cfg.Embedder, missing, left); err != nil {
		return err
	}
	made := make([]index.Row, len(left))
	for i, row := range left {
		made[i] = *row
	}
	e.cached(e.vectors.Put(model, keys, made))
	return nil
}

// rowsOf is what the cache of vectors calls a model.
func rowsOf(m embed.Model) rows.Model {
	return rows.Model{Name: m.Identity(), Dimensions: m.Dimensions}
}

// sent is all of a text that its row depends on.
func (e *Engine) sent(text string) string {
	if s, ok := e.cfg.Embedder.(Sender); ok {
		return s.Sent(text)
	}
	return text
}

// cached logs that vectors are not kept for other indexes.
func (s *shared) cached(err error) {
	if err != nil {
		s.cfg.Log.Warn("keeping vectors", zap.Error(err))
	}
}
