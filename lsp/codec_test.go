package lsp

import (
	"encoding/json"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

func TestCodecPassesRawJSONThrough(t *testing.T) {
	const text = `{"b" : 1,"a":null}` // in a form that no encoder would write
	for name, v := range map[string]any{"encoding/json": json.RawMessage(text), "jsonrpc2": jsonrpc2.RawMessage(text)} {
		if got, err := (codec{}).Marshal(v); err != nil || string(got) != text {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	borrowed := []byte(text)
	var one json.RawMessage
	var two jsonrpc2.RawMessage
	for name, v := range map[string]any{"encoding/json": &one, "jsonrpc2": &two} {
		if err := (codec{}).Unmarshal(borrowed, v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	clear(borrowed) // the connection reads its next message
	if string(one) != text || string(two) != text {
		t.Errorf("%q and %q are not copies", one, two)
	}
}

func TestCodecKnowsTheProtocolsTypes(t *testing.T) {
	raw, err := (codec{}).Marshal(&protocol.WorkDoneProgressCreateParams{Token: protocol.String("x")})
	if err != nil || string(raw) != `{"token":"x"}` {
		t.Fatalf("%s, %v", raw, err)
	}
	var back protocol.WorkDoneProgressCreateParams
	if err := (codec{}).Unmarshal(raw, &back); err != nil || back.Token != protocol.String("x") {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestOwnPayloadsKeepCodeReadable(t *testing.T) {
	raw, err := encode(map[string]string{"snippet": "a < b && c > d \xff"})
	if err != nil || string(raw) != `{"snippet":"a < b && c > d `+"\ufffd"+`"}` && string(raw) != `{"snippet":"a < b && c > d \ufffd"}` {
		t.Errorf("%s, %v", raw, err)
	}
}
