package lsp

import (
	"bytes"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// codec encodes the protocol's own types with protocol and passes through what is JSON already. The
// library has such a codec and keeps it to itself.
type codec struct{}

var _ jsonrpc2.Codec = codec{}

// Marshal implements jsonrpc2.Codec.
func (codec) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case json.RawMessage:
		return v, nil
	case jsonrpc2.RawMessage:
		return v, nil
	}
	return protocol.Marshal(v)
}

// Unmarshal implements jsonrpc2.Codec. Raw destinations get a copy: data is the connection's.
func (codec) Unmarshal(data []byte, v any) error {
	switch v := v.(type) {
	case *json.RawMessage:
		*v = bytes.Clone(data)
		return nil
	case *jsonrpc2.RawMessage:
		*v = bytes.Clone(data)
		return nil
	}
	return protocol.Unmarshal(data, v)
}

// encode encodes one of our own payloads. Bytes that are no UTF-8 become U+FFFD: snippets are somebody's
// source text and may hold anything.
func encode(v any) (json.RawMessage, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // an editor is no web page, and code is full of <, > and &
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
