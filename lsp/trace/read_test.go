package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

// recorded is a trace of messages, alternately of client and server.
func recorded(t *testing.T, o Options, messages ...string) string {
	t.Helper()
	var out bytes.Buffer
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o.Now = func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	r, err := Record(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range messages {
		r.Message(i%2 == 0, []byte(m))
	}
	return out.String()
}

func lines(t *testing.T, trace string) (*Reader, []Line, error) {
	t.Helper()
	r, err := Read(strings.NewReader(trace))
	if err != nil {
		t.Fatal(err)
	}
	var all []Line
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, all, nil
		}
		if err != nil {
			return r, all, err
		}
		all = append(all, line)
	}
}

func TestWhatIsRecordedIsRead(t *testing.T) {
	messages := []string{"{ \"id\" : 1,\n \"x\": \"<&>\u2028\" }", `{"id":1,"result":null}`, "no JSON", `[]`, "\xff"}
	trace := recorded(t, Options{Program: "v9", Contents: true}, messages...)
	r, all, err := lines(t, trace)
	if err != nil {
		t.Fatal(err)
	}
	h := r.Header
	if h.Program != "v9" || !h.Contents || h.Version != version || h.Time.IsZero() || h.Platform == "" || r.Torn {
		t.Errorf("header %+v", h)
	}
	at := func(n int) time.Time { return time.Date(2026, 1, 2, 3, 4, 5, n*1e6, time.UTC) }
	want := []Line{
		{at(2), Client, []byte("{\"id\":1,\"x\":\"<&>\u2028\"}"), 0},
		{at(3), Server, []byte(`{"id":1,"result":null}`), 0},
		{at(4), Client, nil, len("no JSON")},
		{at(5), Server, []byte(`[]`), 0},
		{at(6), Client, nil, 1},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("got %+v\nwant %+v", all, want)
	}
	if n := strings.Count(trace, "\n"); n != len(messages)+1 {
		t.Errorf("%d lines:\n%s", n, trace)
	}
}

func TestTracesThatCannotBeRead(t *testing.T) {
	whole := recorded(t, Options{Program: "v9"}, `{"id":1,"method":"x"}`, `{"id":1,"result":{"a":"b"}}`)
	head, _, _ := strings.Cut(whole, "\n")
	for name, c := range map[string]struct {
		trace string
		want  error
		says  string
	}{
		"empty":        {"", ErrForeign, "--trace FILE"},
		"another file": {"package main\n\nfunc main() {}\n", ErrForeign, "--trace FILE"},
		"other JSON":   {"{\"version\":1}\n", ErrForeign, "--trace FILE"},
		"one line":     {strings.Repeat("x", 1<<20), ErrForeign, "--trace FILE"},
		"torn header":  {head[:20], ErrForeign, "--trace FILE"},
		"newer":        {strings.Replace(whole, `"version":1`, `"version":2`, 1), ErrNewer, `"v9" or later`},
	} {
		_, err := Read(strings.NewReader(c.trace))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for cut := len(head) + 2; cut < len(whole)-1; cut++ {
		r, all, err := lines(t, whole[:cut])
		rest := whole[strings.LastIndexByte(whole[:cut], '\n')+1 : cut]
		if torn := rest != "" && !json.Valid([]byte(rest)); err != nil || r.Torn != torn {
			t.Fatalf("cut at %d: %d lines, torn %v, %v", cut, len(all), r.Torn, err)
		}
	}
	if r, all, err := lines(t, whole[:len(whole)-5]); err != nil || !r.Torn || len(all) != 1 {
		t.Errorf("torn: %v, %v, %v", all, r.Torn, err)
	}
	for name, middle := range map[string]string{"garbage": "garbage", "nobody": `{"time":"2026-01-02T03:04:05Z","message":{}}`} {
		_, _, err := lines(t, head+"\n\n  \n"+middle+"\n"+whole)
		if err == nil || !strings.Contains(err.Error(), "line 4 is no message of a trace") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A disk that is full ends the trace, and nothing else.
func TestRecordingThatFails(t *testing.T) {
	var failures []error
	r, err := Record(&limited{left: 400}, Options{Failed: func(err error) { failures = append(failures, err) }})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		r.Message(true, []byte(`{"id":1}`))
	}
	if len(failures) != 1 || !errors.Is(failures[0], errFull) {
		t.Errorf("failures %v", failures)
	}
	if _, err := Record(&limited{}, Options{}); !errors.Is(err, errFull) {
		t.Errorf("from the start: %v", err)
	}
}

var errFull = errors.New("no space left on device")

type limited struct{ left int }

func (l *limited) Write(b []byte) (int, error) {
	if l.left -= len(b); l.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}
