package indexing_test

import "github.com/semantic-ls/semantic-ls/workspace/text"

// edit replaces a whole document.
func edit(to string) []text.Edit { return []text.Edit{{Text: to}} }
