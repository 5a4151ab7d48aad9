# Only remembers the long commands; `go build ./cmd/semantic-ls` and
# `go test ./...` need no help.

.PHONY: ci race poison format lint smoke editors

ci: ; .ci/run
race: ; go test -race ./...
poison: ; go test -tags jsonrpc2poison ./lsp/...
format: ; git ls-files -z '*.go' | xargs -0 go run mvdan.cc/gofumpt@v0.12.0 -w
lint: ; go vet ./... && go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
smoke: ; go run ./.ci/smoke
editors: ; editors/neovim/test/run.sh && editors/vscode/check.sh
