package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// settle is how long a file must have been left alone before it is indexed again: formatters that run on
// save write the file a second time within some 50 ms.
const settle = 100 * time.Millisecond

// didSave indexes the file that was written.
func (s *server) didSave(params json.RawMessage) error {
	var p didSaveParams
	if err := decode(params, &p); err != nil {
		return err
	}
	path, ok := s.document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	s.saved(path)
	// Some clients save what they never opened. The file has changed all the same.
	if err := s.session.Save(path, p.Text); !errors.Is(err, workspace.ErrNotOpen) {
		return err
	}
	return nil
}

// saved indexes a file again once it has settled; a burst of saves is one.
func (s *server) saved(path string) {
	s.background("update "+path, func(ctx context.Context) error {
		err := s.saves.Replace(ctx, path, func(ctx context.Context) error {
			if err := tasks.Sleep(ctx, settle); err != nil {
				return err
			}
			err := s.update(ctx, path)
			if ctx.Err() != nil {
				return err
			}
			s.session.Forget(path) // also if it failed for good: the file counts
			s.changed()
			return err
		})
		if errors.Is(err, tasks.ErrSuperseded) {
			return nil
		}
		return err
	})
}

// update indexes files again, and tries until that succeeds: a model that is down comes back.
func (s *server) update(ctx context.Context, paths ...string) error {
	return s.untilDone(ctx, "update", func(ctx context.Context) error {
		defer s.changed()
		e, done := s.use()
		defer done()
		return tasks.Catch(func() error { return e.Update(ctx, paths...) })
	})
}
