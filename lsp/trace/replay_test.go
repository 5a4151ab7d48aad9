package trace

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/tasks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script makes a trace of lines `> message` of the client and `< message` of the server, a millisecond apart.
func script(t testing.TB, contents bool, text string) *Reader {
	t.Helper()
	var out bytes.Buffer
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r, err := Record(&out, Options{Contents: true, Now: func() time.Time { clock = clock.Add(time.Millisecond); return clock }})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			r.Message(line[0] == '>', []byte(line[2:]))
		}
	}
	read, err := Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	read.Header.Contents = contents
	return read
}

// play replays a trace to a server that calls serve for each message it reads; what that returns is sent. It returns what
// was reported and what the server read.
func play(t testing.TB, trace *Reader, o ReplayOptions, serve func(m message) []string) (outcomes []Outcome, read []string) {
	t.Helper()
	o.Report = func(one Outcome) { outcomes = append(outcomes, one) }
	if o.Directory == "" {
		o.Directory = t.TempDir()
	}
	ours, theirs := net.Pipe()
	err := tasks.FailAfter(t.Context(), time.Minute, func(ctx context.Context, g *tasks.Group) error {
		g.Go(func(context.Context) error {
			defer theirs.Close()
			in := bufio.NewReader(theirs)
			for {
				body, err := readFrame(in)
				if err != nil {
					return nil
				}
				var m message
				if err := json.Unmarshal(body, &m); err != nil {
					return fmt.Errorf("%s: %w", body, err)
				}
				read = append(read, string(body))
				for _, answer := range serve(m) {
					if answer == "" {
						return nil
					}
					if err := writeFrame(theirs, []byte(answer)); err != nil {
						return nil
					}
				}
			}
		})
		return Replay(ctx, ours, trace, o)
	})
	if err != nil {
		t.Fatal(err)
	}
	return outcomes, read
}

// answer is the answer with a result, which is JSON.
func answer(id json.RawMessage, result string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, id, result)
}

func verdicts(outcomes []Outcome) (all []string) {
	for _, o := range outcomes {
		all = append(all, fmt.Sprintf("%s %s %s", o.ID, o.Method, o.Verdict))
	}
	return all
}

// What overlapped overlaps again: a message is sent when all is answered that was, and not before.
func TestReplayKeepsOrderAndOverlaps(t *testing.T) {
	trace := script(t, true, `
		> {"id":1,"method":"a","params":{}}
		> {"id":"x","method":"b","params":{}}
		> {"method":"$/cancelRequest","params":{"id":"x"}}
		< {"id":"x","error":{"code":-32800,"message":"cancelled"}}
		> {"id":3,"method":"c","params":{}}
		< {"id":3,"result":3}
		< {"id":1,"result":1}
		> {"method":"done","params":{}}
	`)
	var held string
	outcomes, read := play(t, trace, ReplayOptions{}, func(m message) []string {
		switch m.Method {
		case "a":
			held = answer(m.ID, "1") // for when c is asked
		case "$/cancelRequest":
			return []string{`{"id":"x","error":{"code":-32800,"message":"too bad"}}`}
		case "c":
			return []string{answer(m.ID, "4"), held}
		}
		return nil
	})
	want := []string{`{"id":1,"method":"a","params":{}}`, `{"id":"x","method":"b","params":{}}`, `{"method":"$/cancelRequest","params":{"id":"x"}}`, `{"id":3,"method":"c","params":{}}`, `{"method":"done","params":{}}`}
	if !slices.Equal(read, want[:len(read)]) || len(read) < len(want)-1 { // the last one may find nobody any more
		t.Errorf("the server read\n%s", strings.Join(read, "\n"))
	}
	if got, want := verdicts(outcomes), []string{`"x" b same`, `3 c differs`, `1 a same`}; !slices.Equal(got, want) {
		t.Errorf("outcomes %q, want %q", got, want)
	}
	if o := outcomes[1]; o.Why != "result: 3 then, 4 now" || o.Then != time.Millisecond || o.Now <= 0 {
		t.Errorf("%+v", o)
	}
	if o := outcomes[2]; o.Then != 6*time.Millisecond {
		t.Errorf("%+v", o)
	}
}

func TestReplayCompares(t *testing.T) {
	for name, c := range map[string]struct{ trace, now, want string }{
		"an error now": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"result":{}}`, `{"id":1,"error":{"code":-32603,"message":"broken"}}`, "1 m differs: an answer then, error -32603 now: broken",
		},
		"another error": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"error":{"code":-32602,"message":"a"}}`, `{"id":1,"error":{"code":-32603,"message":"b"}}`, "1 m differs: error -32602 then, error -32603 now: b",
		},
		"the same error in other words": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"error":{"code":-32602,"message":"a"}}`, `{"id":1,"error":{"code":-32602,"message":"b"}}`, "1 m same: ",
		},
		"coverage passes": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"result":{"coverage":1,"hits":[{"score":0.30000000000000004}]}}`, `{"id":1,"result":{"coverage":2,"hits":[{"score":0.3}]}}`, "1 m same: ",
		},
		"fewer hits": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"result":{"hits":[1,2]}}`, `{"id":1,"result":{"hits":[1]}}`, "1 m differs: result.hits: 2 then, 1 now",
		},
		"cancelled too late": {
			`> {"id":1,"method":"m"}
			 > {"method":"$/cancelRequest","params":{"id":1}}
			 < {"id":1,"error":{"code":-32800,"message":""}}`, `{"id":1,"result":1}`, "1 m raced: error -32800 then, an answer now",
		},
		"cancelled by nobody": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"result":1}`, `{"id":1,"error":{"code":-32800,"message":""}}`, "1 m differs: an answer then, error -32800 now: ",
		},
		"an id in two spellings": {
			`> {"id":"\u0061/b","method":"m"}
			 < {"id":"a\/b","result":1}`, `{"id":"a/b","result":1}`, `"a/b" m same: `,
		},
		"an answer to nothing": {
			`> {"id":"","method":"m"}
			 < {"id":null,"error":{"code":-32700,"message":""}}
			 < {"id":"","result":1}`, `{"id":null,"error":{"code":-32700,"message":""}}` + "\n" + `{"id":"","result":1}`, `"" m same: `,
		},
		"the trace ends first": {`> {"id":1,"method":"m"}`, `{"id":1,"result":1}`, "1 m unrecorded: "},
		"partial results": {
			`> {"id":1,"method":"m","params":{"partialResultToken":"p"}}
			 < {"method":"$/progress","params":{"token":"p","value":{"hits":[1]}}}
			 < {"id":1,"result":{}}`, `{"method":"$/progress","params":{"token":"p","value":{"hits":[2]}}}` + "\n" + `{"id":1,"result":{}}`,
			"1 m differs: partial results[0].hits[0]: 1 then, 2 now",
		},
		"the server ends": {
			`> {"id":1,"method":"m"}
			 < {"id":1,"result":1}`, ``, "1 m missing: no answer now",
		},
	} {
		t.Run(name, func(t *testing.T) {
			outcomes, _ := play(t, script(t, true, c.trace), ReplayOptions{}, func(m message) []string {
				if m.Method != "m" {
					return nil
				}
				return strings.Split(c.now, "\n")
			})
			if len(outcomes) != 1 {
				t.Fatalf("outcomes %+v", outcomes)
			}
			if o := outcomes[0]; fmt.Sprintf("%s %s %s: %s", o.ID, o.Method, o.Verdict, o.Why) != c.want {
				t.Errorf("got %+v, want %s", o, c.want)
			}
		})
	}
}

// A server that does not answer is waited for, and then no more.
func TestReplayHasPatience(t *testing.T) {
	trace := script(t, true, `
		> {"id":1,"method":"a"}
		< {"id":1,"result":1}
		> {"id":2,"method":"b"}
		< {"id":2,"result":1}
	`)
	outcomes, _ := play(t, trace, ReplayOptions{Patience: time.Millisecond}, func(message) []string { return nil })
	if got, want := verdicts(outcomes), []string{"1 a missing", "2 b missing"}; !slices.Equal(got, want) {
		t.Errorf("outcomes %q, want %q", got, want)
	}
}

// The server's own requests get the answers that they got then.
func TestReplayAnswersTheServer(t *testing.T) {
	trace := script(t, true, `
		> {"id":1,"method":"a"}
		< {"id":7,"method":"ask","params":{}}
		> {"id":7,"result":{"first":true}}
		< {"id":8,"method":"workspace/configuration","params":{}}
		> {"id":8,"result":[{"embedding":{"provider":"openai"}}]}
		< {"id":1,"result":1}
		> {"id":2,"method":"b"}
		< {"id":2,"result":1}
	`)
	_, read := play(t, trace, ReplayOptions{}, func(m message) []string {
		switch m.Method {
		case "a":
			return []string{answer(m.ID, "1")}
		case "b":
			return []string{`{"id":100,"method":"ask"}`, `{"id":101,"method":"ask"}`, `{"id":102,"method":"workspace/configuration"}`}
		}
		if string(m.ID) == "102" {
			return []string{answer(json.RawMessage("2"), "1")}
		}
		return nil
	})
	want := []string{
		`{"id":1,"method":"a"}`, `{"id":2,"method":"b"}`, `{"jsonrpc":"2.0","id":100,"result":{"first":true}}`,
		`{"jsonrpc":"2.0","id":101,"result":null}`, `{"jsonrpc":"2.0","id":102,"result":null}`,
	}
	if !slices.Equal(read, want) {
		t.Errorf("the server read\n%s", strings.Join(read, "\n"))
	}
}

// Nothing is asked before folders are indexed, which is how they were asked about then.
func TestReplayAwaitsTheIndex(t *testing.T) {
	trace := script(t, true, `
		> {"method":"initialized","params":{}}
		> {"id":1,"method":"a"}
		< {"id":1,"result":1}
	`)
	asked := 0
	outcomes, read := play(t, trace, ReplayOptions{}, func(m message) []string {
		switch {
		case m.Method == "semantic/status":
			if asked++; asked < 3 {
				return []string{answer(m.ID, `{"folders":[{"state":"ready"},{"state":"indexing"}]}`), `{"method":"semantic/statusChanged","params":{}}`}
			}
			return []string{answer(m.ID, `{"folders":[{"state":"ready"},{"state":"failed"}]}`)}
		case m.Method == "a":
			return []string{answer(m.ID, "1")}
		}
		return nil
	})
	if len(read) != 5 || asked != 3 || !slices.Equal(verdicts(outcomes), []string{"1 a same"}) {
		t.Errorf("%q\n%s", verdicts(outcomes), strings.Join(read, "\n"))
	}
}

// A trace is somebody else's: it says nothing about processes, keys and places to write to.
func TestReplayOfAHostileTrace(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "inside")
	trace := script(t, false, `
		> {"id":1,"method":"initialize","PARAMS":{},"params":{"processId":1,"PROCESSID":1,"rootPath":"/../../up","rootUri":"file:///%2e%2e/%2e%2e/etc","workspaceFolders":[{"uri":"file:///../../../tmp/evil"},{"uri":"file:///c%3A/x/..%5C..%5C..%5Cy"},7],"capabilities":{},"INITIALIZATIONOPTIONS":{"embedding":{"provider":"openai"}},"initializationOptions":{"semantic-ls":{"semantic-ls":{"log":{"file":"/etc/passwd"}},"index":{"maxFileSize":7}},"semantic-ls.embedding.baseURL":"https://evil.example","embedding":{"provider":"openai"},"cache.directory":"/"}}}
		< {"id":1,"result":{}}
		> {"method":"workspace/didChangeConfiguration","params":{"settings":{"embedding":{"provider":"openai"}}}}
		> {"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///../../etc/passwd","text":"x"}}}
		> {"id":2,"method":"a"}
		< {"id":2,"result":1}
	`)
	_, read := play(t, trace, ReplayOptions{Directory: directory}, func(m message) []string {
		if m.Method == "" || m.ID == nil {
			return nil
		}
		return []string{answer(m.ID, "{}")}
	})
	all := strings.Join(read, "\n")
	for _, bad := range []string{"evil.example", "openai", "passwd\"}}}}", "\"/etc", "file:///etc", "file:///tmp/evil", "..", `"processId":1`, "PROCESSID", "INITIALIZATIONOPTIONS", "PARAMS", "cache"} {
		if strings.Contains(strings.ReplaceAll(all, directory, "@"), bad) {
			t.Errorf("the server read %s:\n%s", bad, all)
		}
	}
	if !strings.Contains(all, `"index.maxFileSize":7`) {
		t.Errorf("a setting that a workspace may choose is lost:\n%s", all)
	}
	entries, err := os.ReadDir(filepath.Dir(directory))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the directory: %v, %v", entries, err)
	}
	for _, made := range []string{"etc", "up", "tmp/evil"} {
		if info, err := os.Stat(filepath.Join(directory, filepath.FromSlash(made))); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", made, err)
		}
	}
}

// Whatever a file holds, reading and replaying it ends.
func FuzzReplay(f *testing.F) {
	for _, line := range []string{
		`{"time":"2026-01-02T03:04:05Z","from":"client","message":{"id":1,"method":"initialize","params":{"workspaceFolders":[{"uri":"file:///a"}]}}}`,
		`{"from":"server","message":{"id":1,"result":{}}}`, `{"from":"client","message":{"id":null,"method":7}}`, `{"from":"client","unreadable":3}`,
		`{"from":"client","message":[1]}`, `{"from":"server","message":{"id":1,"method":"x"}}`, `{"from":"client","message":{"method":"initialized"}}`,
	} {
		f.Add([]byte(line))
		f.Add([]byte(line + "\n" + line + "\n{"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, contents := range []bool{true, false} {
			head := fmt.Sprintf("{\"semantic-ls\":\"trace\",\"version\":1,\"contents\":%v}\n", contents)
			read, err := Read(strings.NewReader(head + string(data)))
			if err != nil {
				t.Fatal(err)
			}
			ours, theirs := net.Pipe()
			_ = tasks.FailAfter(t.Context(), time.Minute, func(ctx context.Context, g *tasks.Group) error {
				g.Go(func(context.Context) error {
					defer theirs.Close()
					in := bufio.NewReader(theirs)
					for {
						body, err := readFrame(in)
						if err != nil {
							return nil
						}
						var m message
						if json.Unmarshal(body, &m) == nil && isID(m.ID) && m.Method != "" {
							if writeFrame(theirs, []byte(answer(m.ID, "null"))) != nil {
								return nil
							}
						}
					}
				})
				return Replay(ctx, ours, read, ReplayOptions{Directory: t.TempDir(), Patience: time.Microsecond})
			})
		}
	})
}
