package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/protocol"
)

// initialized starts what goes on until the end: telling the status, and indexing every folder.
func (s *server) initialized(json.RawMessage) error {
	s.background("tell the status", s.tellStatus)
	if s.client.watches {
		s.background("ask for file events", s.watchFiles)
	}
	for _, path := range s.wanted() {
		s.index(path)
	}
	return nil
}

// watchFiles asks the client to tell what changes on disk.
func (s *server) watchFiles(ctx context.Context) error {
	options, err := protocol.Marshal(&protocol.DidChangeWatchedFilesRegistrationOptions{
		Watchers: []protocol.FileSystemWatcher{{GlobPattern: protocol.Pattern("**/*")}},
	})
	if err != nil {
		return err
	}
	_, err = s.conn.Call(ctx, protocol.MethodClientRegisterCapability, &protocol.RegistrationParams{
		Registrations: []protocol.Registration{{
			ID:              "semantic-ls/files",
			Method:          protocol.MethodWorkspaceDidChangeWatchedFiles,
			RegisterOptions: options,
		}},
	}, nil)
	return err
}
