package main

import (
	"fmt"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
)

// asker is the client of a server that answers questions about itself.
type asker struct{ *client.Server }

// ask scans the numbers that are the server's answer to one of the questions it has for this client.
func (cl asker) ask(question string, numbers ...any) error {
	var result struct {
		Warning string `json:"warning"`
	}
	if err := cl.Call("semantic/search", map[string]any{"query": question}, &result); err != nil {
		return err
	}
	_, err := fmt.Sscan(result.Warning, numbers...)
	return err
}
