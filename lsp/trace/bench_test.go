package trace

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkRecord records the opening of a file of 2,000 lines, and a keystroke in it: what tracing costs the read loop.
func BenchmarkRecord(b *testing.B) {
	text, err := json.Marshal(strings.Repeat("	if err := f(); err != nil { return err }\n", 2000))
	if err != nil {
		b.Fatal(err)
	}
	uri := `"uri":"file:///home/me/project/server.go"`
	for name, message := range map[string]string{
		"open": fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{%s,"text":%s}}}`, uri, text),
		"edit": fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{%s,"version":2},`, uri) +
			`"contentChanges":[{"range":{"start":{"line":7,"character":1},"end":{"line":7,"character":1}},"text":"x"}]}}`,
	} {
		for _, contents := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/contents=%v", name, contents), func(b *testing.B) {
				r, err := Record(io.Discard, Options{Contents: contents})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(message)))
				for b.Loop() {
					r.Message(true, []byte(message))
				}
			})
		}
	}
}
