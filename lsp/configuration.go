package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// section is what clients call our settings among those of all servers.
const section = "semantic-ls"

// pullWithin is how long a client may take to say what its settings are: one that is busy starting takes seconds.
const pullWithin = 10 * time.Second

// didChangeConfiguration applies the settings as they are now: those that the client answers when it is asked, or else
// those that it has sent.
func (s *server) didChangeConfiguration(params json.RawMessage) error {
	if s.client.configuration {
		s.configure()
		return nil
	}
	sent := at(params, "settings", section)
	if len(sent) == 0 {
		return errors.New(`it has no settings of ours: they are expected under "` + section + `"`)
	}
	s.mu.Lock()
	s.sent = bytes.Clone(sent)
	s.mu.Unlock()
	s.configure()
	return nil
}

// watchSettings asks the client to tell when its settings change.
func (s *server) watchSettings(ctx context.Context) error {
	return s.register(ctx, "settings", protocol.MethodWorkspaceDidChangeConfiguration, map[string]string{"section": section})
}

// configure applies what the client says of its settings. Which of several runs comes last does not matter: each applies
// what is said by then.
func (s *server) configure() {
	s.background("apply the settings", func(ctx context.Context) error {
		err := s.settings.Replace(ctx, section, func(ctx context.Context) error {
			options, err := s.latest(ctx)
			if err != nil {
				return err
			}
			return s.apply(ctx, s.ownOr(options))
		})
		if errors.Is(err, tasks.ErrSuperseded) {
			return nil
		}
		return err
	})
}

// latest are the client's settings as it has told or sent them.
func (s *server) latest(ctx context.Context) (json.RawMessage, error) {
	if s.client.configuration {
		return s.pull(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent, nil
}

// pull asks the client for its settings.
func (s *server) pull(ctx context.Context) (options json.RawMessage, err error) {
	err = tasks.FailAfter(ctx, pullWithin, func(ctx context.Context, _ *tasks.Group) error {
		of := section
		params := &protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: &of}}}
		var answer json.RawMessage
		if _, err := s.conn.Call(ctx, protocol.MethodWorkspaceConfiguration, params, &answer); err != nil {
			return err
		}
		if list := lenient[[]json.RawMessage](answer); len(list) > 0 {
			options = list[0]
		}
		return nil
	})
	return options, err
}

// ownOr returns options, or what came with initialize where they say nothing: some clients answer null or an empty
// object for a section that they have never heard of. Once a client has said something, nothing is an answer too.
func (s *server) ownOr(options json.RawMessage) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(lenient[map[string]json.RawMessage](options)) > 0 {
		s.said = true
	}
	if !s.said {
		return s.options
	}
	if string(options) == "null" {
		return nil
	}
	return options
}

// apply makes the server what the settings say, without a pause in which nothing is found: the folders are open in the
// new engine before it answers. Settings with a mistake change nothing, and the user gets to read which.
func (s *server) apply(ctx context.Context, options json.RawMessage) error {
	engine, features, err := s.cfg.Start(s.life, options)
	if err != nil {
		s.show(ctx, protocol.MessageTypeError, "The settings stay as they were. "+err.Error())
		return nil
	}
	s.setFeatures(features)
	was, done := s.use()
	defer done()
	if engine == was.Engine {
		return nil
	}
	next := newServed(engine)
	next.ReadFirst(s.session.Documents)
	for tried := map[string]bool{}; ; {
		if err := context.Cause(ctx); err != nil { // newer settings have come
			if s.cfg.Replaced != nil {
				s.cfg.Replaced(engine) // before Start is called again, which else might return what is about to be closed
			}
			return err
		}
		missing := s.replace(next, tried)
		if len(missing) == 0 {
			break
		}
		for _, path := range missing {
			tried[path] = true
			err := next.Open(ctx, path)
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				s.log.Warn("not open with the new settings yet", zap.String("folder", path), zap.Error(err))
				continue
			}
			s.setOpen(next, path, true)
		}
	}
	s.log.Info("the settings were changed")
	for _, path := range s.known(was, next) {
		s.index(path)
	}
	return nil
}

// known are the folders that the client wants, and those that it no longer does and an engine has open.
func (s *server) known(engines ...*served) []string {
	list := s.wanted()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range engines {
		for path, open := range e.opened {
			if open && s.folders[path] == nil {
				list = append(list, path)
			}
		}
	}
	return list
}

// show shows the user a message. It is for what keeps the server from doing what was asked of it, and for nothing else.
func (s *server) show(ctx context.Context, kind protocol.MessageType, text string) {
	s.log.Warn("shown to the user", zap.String("message", text))
	s.tell(ctx, protocol.MethodWindowShowMessage, map[string]any{"type": kind, "message": "semantic-ls: " + text})
}
