package lsp

import (
	"context"
	"encoding/json"

	"go.lsp.dev/protocol"
)

// initialized starts what goes on until the end: telling the status, and indexing every folder.
func (s *server) initialized(json.RawMessage) error {
	s.background("tell the status", s.tellStatus)
	s.background("register features", s.registerFeatures)
	s.background("have the client ask again", s.refreshViews)
	if !s.watches.Load() {
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

// register asks the client to send what there is of a method.
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

// unregister asks it to send them no more.
func (s *server) unregister(ctx context.Context, id, method string) error {
	_, err := s.conn.Call(ctx, protocol.MethodClientUnregisterCapability, &protocol.UnregistrationParams{
		Unregisterations: []protocol.Unregistration{{ID: "semantic-ls/" + id, Method: method}},
	}, nil)
	return err
}
