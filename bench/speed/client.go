package main

import (
	"context"
	"strings"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
)

// editor is the client of a server.
type editor struct{ *client.Server }

// serving starts a server of the folder at root, waits until it has looked for changes, and calls body. It notes the
// peak of the server's anonymous memory up to there.
func serving(ctx context.Context, p program, root string, peak *float64, body func(c editor) error) error {
	return client.Serve(ctx, p.Command(ctx, "serve"), func(ctx context.Context, s *client.Server) error {
		return client.Watch(ctx, s.Process().Pid, peak, func() error {
			if err := s.Initialize(nil, root); err != nil {
				return err
			}
			if _, err := s.Ready(ctx, 1); err != nil {
				return err
			}
			return body(editor{s})
		})
	})
}

// answer is as much of an answer as is looked at.
type answer struct {
	Hits []struct {
		URI     string `json:"uri"`
		Snippet string `json:"snippet"`
	} `json:"hits"`
}

func (c editor) search(query string) (a answer, err error) {
	return a, c.Call("semantic/search", map[string]any{"query": query}, &a)
}

// says reports whether a hit shows the word.
func (a answer) says(word string) bool {
	for _, h := range a.Hits {
		if strings.Contains(h.Snippet, word) {
			return true
		}
	}
	return false
}
