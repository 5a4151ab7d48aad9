module github.com/semantic-ls/semantic-ls/bench/tasks

go 1.26.0

require (
	github.com/semantic-ls/semantic-ls v0.0.0
	github.com/sourcegraph/conc v0.3.0
	golang.org/x/sync v0.25.0
)

require go.uber.org/multierr v1.11.0 // indirect

replace github.com/semantic-ls/semantic-ls => ../..
