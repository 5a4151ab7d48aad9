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
	if s.client.tellsSettings {
		s.background("ask to be told of settings", s.watchSettings)
	}
	if s.client.configuration {
		s.configure()
	}
	for _, path := range s.wanted() {
		s.index(path)
	}
	return nil
}

// watchFiles asks the client to tell what changes on disk.
func (s *server) watchFiles(ctx context.Context) error {
	return s.register(ctx, "files", protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesRegistrationOptions{
		Watchers: []protocol.FileSystemWatcher{{GlobPattern: protocol.Pattern("**/*")}},
	})
}

// register asks the client to send notifications of a method.
func (s *server) register(ctx context.Context, id, method string, options any) error {
	raw, err := protocol.Marshal(options)
	if err != nil {
		return err
	}
	_, err = s.conn.Call(ctx, protocol.MethodClientRegisterCapability, &protocol.RegistrationParams{
		Registrations: []protocol.Registration{{ID: "semantic-ls/" + id, Method: method, RegisterOptions: raw}},
	}, nil)
	return err
}
