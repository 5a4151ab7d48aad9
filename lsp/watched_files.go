package lsp

import (
	"context"
	"slices"
	"strconv"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// filesID is what the registrations for file events begin with.
const filesID = "files"

// watchFiles asks the client to tell what changes on disk: wherever it looks, or if it can tell patterns apart by their
// folders, in those that it wants, again whenever these are others. A client that refuses is not asked again; then we look.
func (s *server) watchFiles(ctx context.Context) error {
	if !s.client.watchesBelow {
		pattern := protocol.FileSystemWatcher{GlobPattern: protocol.Pattern("**/*")}
		return s.orWatch(ctx, s.register(ctx, filesID, protocol.MethodWorkspaceDidChangeWatchedFiles, filesIn(pattern)))
	}
	var registered []string // folders
	id := ""                // of their registration, "" where there are none
	for n := 0; ; {
		wanted := s.wanted()
		for i, path := range wanted {
			wanted[i] = s.theirs(path)
		}
		if !slices.Equal(wanted, registered) {
			last := id
			if id = ""; len(wanted) > 0 {
				n++
				id = filesID + "/" + strconv.Itoa(n)
				if err := s.register(ctx, id, protocol.MethodWorkspaceDidChangeWatchedFiles, filesIn(allBelow(wanted)...)); err != nil {
					return s.orWatch(ctx, err)
				}
			}
			if last != "" { // only now: nothing is to be missed in between
				if err := s.unregister(ctx, last, protocol.MethodWorkspaceDidChangeWatchedFiles); err != nil {
					s.log.Debug("file events are told twice", zap.Error(err))
				}
			}
			registered = wanted
		}
		if _, err := tasks.Receive(ctx, s.foldersChanged); err != nil {
			return err
		}
	}
}

func filesIn(watchers ...protocol.FileSystemWatcher) *protocol.DidChangeWatchedFilesRegistrationOptions {
	return &protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: watchers}
}

// allBelow are all files in directories.
func allBelow(dirs []string) (watchers []protocol.FileSystemWatcher) {
	for _, dir := range dirs {
		pattern := &protocol.RelativePattern{BaseURI: protocol.URI(uriOf(dir)), Pattern: "**/*"}
		watchers = append(watchers, protocol.FileSystemWatcher{GlobPattern: pattern})
	}
	return watchers
}

// orWatch follows the folders ourselves if the client does not, because of err.
func (s *server) orWatch(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	s.log.Info("the client does not watch files", zap.Error(err))
	s.watches.Store(true)
	for _, path := range s.wanted() {
		s.watch(path)
	}
	return nil
}
