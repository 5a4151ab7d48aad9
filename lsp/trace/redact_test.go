package trace

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/semantic-ls/semantic-ls/workspace/text"
)

// secrets stands in every place where a message can have contents; each line of the file is one message.
func secrets(t testing.TB) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "messages.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
}

func TestNothingSecretIsLeft(t *testing.T) {
	r := newRedactor()
	for _, message := range secrets(t) {
		if !bytes.Contains(bytes.ToLower(message), []byte("secret")) {
			continue
		}
		got, err := rewrite(message, r)
		if err != nil {
			t.Fatalf("%s: %v", message, err)
		}
		if bytes.Contains(bytes.ToLower(got), []byte("secret")) {
			t.Errorf("%s\nbecomes\n%s", message, got)
		}
		if !json.Valid(got) {
			t.Errorf("%s\nis no JSON", got)
		}
	}
}

// What a client answers when it is asked for its settings is settings, which nothing in the answer says.
func TestNothingSecretIsLeftOfSettingsThatAreAsked(t *testing.T) {
	const answer = `{"jsonrpc":"2.0","id":7,"result":[{"embedding":{"model":"secret","provider":"openai"},` +
		`"secretServer":{"language":"secret","n":1}}]}`
	got := recorded(t, Options{},
		`{"jsonrpc":"2.0","method":"initialized"}`,
		`{"jsonrpc":"2.0","id":7,"method":"workspace/configuration","params":{"items":[{"section":"semantic-ls"}]}}`,
		answer,
		`{"jsonrpc":"2.0","id":7,"result":[]}`,
		`{"jsonrpc":"2.0","id":7,"result":[{"language":"go"}]}`)
	const want = `{"jsonrpc":"2.0","id":7,"result":[{"embedding":{"model":null,"provider":"openai"},"n1":{"n2":null,"n3":1}}]}`
	if strings.Contains(got, "secret") || !strings.Contains(got, want) {
		t.Errorf("%s\nbecomes\n%s\nwant\n%s", answer, got, want)
	}
	if !strings.Contains(got, `{"jsonrpc":"2.0","id":7,"result":[{"language":"go"}]}`) {
		t.Errorf("an answer to something else is taken for one: %s", got)
	}
}

// However deep a string lies, few of the fields around it are looked at.
func TestDeepMessagesAreWalkedOnce(t *testing.T) {
	deep := append([]string{"params", "capabilities"}, strings.Split(strings.Repeat("a.", 9000), ".")...)
	if n := len(around(deep)); n != mostAround {
		t.Errorf("%d fields are looked at", n)
	}
	if c := classOf(deep, "utf-8"); c != word {
		t.Errorf("what lies deep in the capabilities is of class %d", c)
	}
	if c := classOf(deep[2:], "utf-8"); c != prose {
		t.Errorf("what lies deep in nothing known is of class %d", c)
	}
}

// What replaying needs stays.
func TestWhatReplayNeedsIsKept(t *testing.T) {
	r := newRedactor()
	cases := []struct{ message, want string }{
		{
			`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":7,"clientInfo":{"name":"Visual Studio Code","version":"1.99.0"},"capabilities":{"general":{"positionEncodings":["utf-8","utf-16"]}},"workspaceFolders":[{"uri":"file:///home/me/shop","name":"shop"}],"initializationOptions":{"log":{"level":"debug"},"index.maxFileSize":9,"embedding":{"provider":"openai","baseURL":"https://me.example"}},"trace":"verbose"}}`,
			`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":7,"clientInfo":{"name":"Visual Studio Code","version":"1.99.0"},"capabilities":{"general":{"positionEncodings":["utf-8","utf-16"]}},"workspaceFolders":[{"uri":"file:///p1/p2/p3","name":"some"}],"initializationOptions":{"log":{"level":"debug"},"index.maxFileSize":9,"embedding":{"provider":"openai","baseURL":null}},"trace":"verbose"}}`,
		},
		{
			`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///home/me/shop/cart%20x.go","languageId":"go","version":1,"text":"package shop\n\n\tx := 1\r\n"}}}`,
			`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///p1/p2/p3/p4.go","languageId":"go","version":1,"text":"some words o\n\nthe sam\r\n"}}}`,
		},
		{
			`{"jsonrpc":"2.0","id":"q-1","method":"semantic/search","params":{"query":"where is the cart","limit":5,"folders":["file:///home/me/shop"],"session":"box","partialResultToken":"tok","languages":["go"]}}`,
			`{"jsonrpc":"2.0","id":"n1","method":"semantic/search","params":{"query":"some words of the","limit":5,"folders":["file:///p1/p2/p3"],"session":"n2","partialResultToken":"n3","languages":["go"]}}`,
		},
		{
			`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.yaml","text":"file: /x/y\n- z\n"}}}`,
			`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///p5.yaml","text":"some words\nof \n"}}}`,
		},
		{
			`{"jsonrpc":"2.0","method":"x/y","params":["file:///home/me"]}`,
			`{"jsonrpc":"2.0","method":"x/y","params":["file:///p1/p2"]}`,
		},
		{`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"q-1"}}`, `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"n1"}}`},
		{`{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}`, `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}`},
		{
			`{"jsonrpc":"2.0","id":12345678901234567890,"error":{"code":-32803,"message":"/home/me is full"}}`,
			`{"jsonrpc":"2.0","id":12345678901234567890,"error":{"code":-32803,"message":"some words of th"}}`,
		},
		{
			`{"jsonrpc":"2.0","method":"notebookDocument/didOpen","params":{"notebookDocument":{"uri":"file:///home/me/shop/n.ipynb","cells":[{"kind":2,"document":"vscode-notebook-cell:/home/me/shop/n.ipynb#a"}]},"cellTextDocuments":[{"uri":"vscode-notebook-cell:/home/me/shop/n.ipynb#a","languageId":"python","text":"x"}]}}`,
			`{"jsonrpc":"2.0","method":"notebookDocument/didOpen","params":{"notebookDocument":{"uri":"file:///p1/p2/p3/p6.ipynb","cells":[{"kind":2,"document":"vscode-notebook-cell:/p1/p2/p3/p7"}]},"cellTextDocuments":[{"uri":"vscode-notebook-cell:/p1/p2/p3/p7","languageId":"python","text":"s"}]}}`,
		},
		{
			`{"jsonrpc":"2.0","id":3,"method":"workspace/executeCommand","params":{"command":"semantic/showRelated","arguments":["file:///home/me/shop/cart.go",{"line":3,"character":5}]}}`,
			`{"jsonrpc":"2.0","id":3,"method":"workspace/executeCommand","params":{"command":"semantic/showRelated","arguments":["file:///p1/p2/p3/p8.go",{"line":3,"character":5}]}}`,
		},
		{
			`{"jsonrpc":"2.0","id":4,"method":"workspace/executeCommand","params":{"command":"shop.cart"}}`,
			`{"jsonrpc":"2.0","id":4,"method":"workspace/executeCommand","params":{"command":"some word"}}`,
		},
		{
			`{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"executeCommandProvider":{"commands":["semantic/search","shop/cart"]}}}}`,
			`{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"executeCommandProvider":{"commands":["semantic/search","some word"]}}}}`,
		},
		{
			`{"jsonrpc":"2.0","id":5,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"file:///home/me/shop/cart.go"},"previousResultId":"1a2b"}}`,
			`{"jsonrpc":"2.0","id":5,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"file:///p1/p2/p3/p8.go"},"previousResultId":"n4"}}`,
		},
	}
	for _, c := range cases {
		got, err := rewrite([]byte(c.message), r)
		if err != nil || string(got) != c.want {
			t.Errorf("%s\nbecomes\n%s, %v\nwant\n%s", c.message, got, err, c.want)
		}
	}
}

func TestURIsKeepTheirShape(t *testing.T) {
	for in, want := range map[string]string{
		"untitled:Untitled-1":                   "untitled:p1",
		"vscode-remote://ssh/home/x.py":         "vscode-remote://p1/p2/p3.py",
		`C:\Users\me\x.ts`:                      "p1/p2/p3/p4.ts",
		"file:///c%3A/Users/me":                 "file:///p1/p2/p3",
		"file:///a/../b/./a":                    "file:///p1/../p2/./p1",
		"file:///x/my.tradesecret":              "file:///p1/p2",
		"":                                      "",
		"file:///x/" + strings.Repeat("é", 300): "file:///p1/p2",
	} {
		if got := newRedactor().uri(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

// Positions keep their meaning: of a redacted text and of the text, every line is as long in every encoding.
func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "one\ntwo\r\nthree\rfour", "tab\there 😀 and é, 木\n\n", "\xff\xfe", "a\u2028b\u0085c\fd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\ufffd") // as every decoder of JSON does
		got := neutral(s)
		if len(got) != len(s) || utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Fatalf("%q becomes %q", s, got)
		}
		was, is := text.NewLines(s), text.NewLines(got)
		if was.Count() != is.Count() {
			t.Fatalf("%q has %d lines, %q has %d", s, was.Count(), got, is.Count())
		}
		for offset := range len(s) + 1 {
			for _, enc := range []text.Encoding{text.UTF8, text.UTF16, text.UTF32} {
				if a, b := was.Position(offset, enc), is.Position(offset, enc); a != b {
					t.Fatalf("offset %d of %q is at %v, of %q at %v", offset, s, a, got, b)
				}
			}
		}
	})
}

// Whatever is JSON stays JSON of the same shape.
func FuzzRewrite(f *testing.F) {
	for _, message := range secrets(f) {
		f.Add(message)
	}
	f.Add([]byte(`{"a":{"a":1,"a":2},"":[null,true,1e400,"\ud800"]}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		if !json.Valid(message) {
			return
		}
		got, err := rewrite(message, newRedactor())
		if err != nil || !json.Valid(got) {
			t.Fatalf("%s becomes %s, %v", message, got, err)
		}
		placed, err := rewrite(got, newPlacement(filepath.FromSlash("/somewhere")))
		if err != nil || !json.Valid(placed) {
			t.Fatalf("%s becomes %s, %v", got, placed, err)
		}
		if a, b := shape(message), shape(got); !reflect.DeepEqual(a, b) {
			t.Fatalf("%s becomes %s", message, got)
		}
	})
}

// shape is the kinds of the tokens of a message: strings and what stands for them are alike.
func shape(message []byte) (kinds []string) {
	in := json.NewDecoder(bytes.NewReader(message))
	in.UseNumber()
	for {
		token, err := in.Token()
		if err != nil {
			return kinds
		}
		switch token := token.(type) {
		case json.Delim:
			kinds = append(kinds, token.String())
		case string, nil:
			kinds = append(kinds, "text")
		default:
			kinds = append(kinds, "value")
		}
	}
}
