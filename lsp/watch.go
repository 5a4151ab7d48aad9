package lsp

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/workspace/watch"
)

// watch follows what changes in an open folder, where the client does not tell. It ends with unwatch.
func (s *server) watch(path string) {
	if s.client.watches {
		return
	}
	s.background("watch "+path, func(ctx context.Context) error {
		err := s.watchers.Replace(ctx, path, func(ctx context.Context) error {
			e, done := s.use()
			open := s.isOpen(e, path)
			if done(); !open { // it was removed before this began
				return nil
			}
			return watch.Folder(ctx, path, watch.Options{
				Changed: s.changedOnDisk,
				Polling: func(why error) {
					s.log.Warn("changes in the folder cannot be followed; it is looked at from time to time", zap.String("folder", path), zap.Error(why))
				},
			})
		})
		if errors.Is(err, errFolderLeft) {
			return nil
		}
		return err
	})
}

// unwatch ends watch.
func (s *server) unwatch(path string) { s.watchers.Cancel(path, errFolderLeft) }

var errFolderLeft = errors.New("the folder was removed")
