package lsp

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// VS Code shows only symbols that have, in their names, all that was typed, in order.
func TestASymbolIsQualifiedAsTheQueryIs(t *testing.T) {
	hit := search.Hit{Path: "/w/net/http/client.go", Symbol: "send", Container: "net.Client"}
	top := search.Hit{Path: "/w/net/http/client.go", Symbol: "Client"}
	for _, test := range []struct {
		query string
		hit   search.Hit
		want  string
	}{
		{"send", hit, "send"},
		{"Client.send", hit, "Client.send"},
		{"cli.se", hit, "Client.send"},
		{"Client::send", hit, "Client::send"},
		{"Client#send", hit, "Client#send"},
		{"client->send", hit, "Client->send"},
		{"net.Client.send", hit, "net.Client.send"},
		{"http.Client", top, "http.Client"},
		{"Server.send", hit, "send"},
		{"where is Client.send called", hit, "send"},
		{"net.http\nClient.send", hit, "send"}, // pasted
		{"Client.", hit, "send"},
		{".send", hit, "send"},
		{"::", hit, "send"},
		{"send.send", search.Hit{Path: "/w/a.go", Symbol: "send", Container: "send"}, "send.send"},
		{"Client.send", search.Hit{Path: "/w/client.go", Snippet: "x"}, "x"},
		{strings.Repeat("net.", 1<<18) + "Client.send", hit, "send"}, // each symbol would have it in its name
	} {
		if got := qualifiedAs(nameOf(test.hit), test.hit, test.query); got != test.want {
			t.Errorf("%s shows %s, want %s", test.query, got, test.want)
		}
	}
}
