module github.com/semantic-ls/semantic-ls/bench/outline/oracle/proto

go 1.26.0

require github.com/bufbuild/protocompile v0.14.1

require google.golang.org/protobuf v1.34.2 // indirect
