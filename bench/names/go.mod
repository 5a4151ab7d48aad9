module github.com/semantic-ls/semantic-ls/bench/names

go 1.26.0

require (
	github.com/junegunn/fzf v0.65.2
	github.com/semantic-ls/semantic-ls v0.0.0
)

require (
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/sashabaranov/go-openai v1.43.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/semantic-ls/semantic-ls => ../..
