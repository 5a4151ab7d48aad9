package lsp

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/watch"
)

// watch follows what changes in a folder that the client wants, where it does not tell itself, whichever engine serves that.
// It is harmless where the folder is followed already, and ends with unwatch.
func (s *server) watch(path string) {
	if !s.watches.Load() {
		return
	}
	s.mu.Lock()
	f := s.folders[path]
	news := f != nil && !f.watched
	if news {
		f.watched = true
	}
	s.mu.Unlock()
	if !news {
		return
	}
	s.background("watch "+path, func(ctx context.Context) error {
		err := s.watchers.Replace(ctx, path, func(ctx context.Context) error {
			if !s.isWanted(path, f) { // it was removed before this began
				return nil
			}
			return watch.Folder(ctx, path, watch.Options{
				Changed: func(paths []string) { s.saved(s.unpaused(paths)...) },
				Polling: func(why error) {
					const what = "changes in the folder cannot be followed; it is looked at from time to time"
					s.log.Warn(what, zap.String("folder", path), zap.Error(why))
				},
			})
		})
		if errors.Is(err, errFolderLeft) || errors.Is(err, tasks.ErrSuperseded) {
			return nil
		}
		return err
	})
}

// isWanted reports whether the folder at path is f still, and not one that came after that had left.
func (s *server) isWanted(path string, f *folder) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folders[path] == f
}

// unwatch ends watch.
func (s *server) unwatch(path string) { s.watchers.Cancel(path, errFolderLeft) }

var errFolderLeft = errors.New("the folder was removed")
