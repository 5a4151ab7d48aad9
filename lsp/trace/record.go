package trace

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"sync"
	"time"
)

// version is the version of the format. Readers refuse those that are newer.
//
//	1  the first
const version = 1

// kind is what the first line of a trace says that it is.
const kind = "trace"

// Header is the first line of a trace.
type Header struct {
	Kind     string    `json:"semantic-ls"`
	Version  int       `json:"version"`
	Program  string    `json:"program"` // the version of the server
	Platform string    `json:"platform"`
	Contents bool      `json:"contents"` // they are kept
	Time     time.Time `json:"time"`
}

// Line is a message of a trace.
type Line struct {
	Time       time.Time       `json:"time"`
	From       string          `json:"from"`
	Message    json.RawMessage `json:"message,omitempty"`
	Unreadable int             `json:"unreadable,omitempty"` // bytes of a message that is no JSON
}

// Who sent a message.
const (
	Client = "client"
	Server = "server"
)

// Options say how to record.
type Options struct {
	// Program is the version of the server.
	Program string
	// Contents says that texts and names are kept as they are.
	Contents bool
	// Failed, if set, is told once of the error that ended the recording.
	Failed func(error)
	// Now is the clock; nil: the real one.
	Now func() time.Time
}

// Recorder writes a trace. Safe for concurrent use: messages stand in the order of the calls.
type Recorder struct {
	o Options

	mu       sync.Mutex
	w        io.Writer // guarded by mu; nil after a failure
	redactor *redactor // guarded by mu; nil: contents are kept
}

// Record begins a trace: it writes the header to w.
func Record(w io.Writer, o Options) (*Recorder, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Recorder{o: o, w: w}
	if !o.Contents {
		r.redactor = newRedactor()
	}
	head := Header{kind, version, o.Program, runtime.GOOS + "/" + runtime.GOARCH, o.Contents, o.Now().UTC()}
	return r, r.write(head)
}

// Message records a message, which is the caller's again when it returns. A failure ends the recording, never the
// connection.
func (r *Recorder) Message(fromClient bool, message []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.w == nil {
		return
	}
	line := Line{Time: r.o.Now().UTC(), From: Server}
	if fromClient {
		line.From = Client
	}
	if line.Message = r.kept(fromClient, message); line.Message == nil {
		line.Unreadable = len(message)
	}
	if err := r.write(line); err != nil {
		r.w = nil
		if r.o.Failed != nil {
			r.o.Failed(err)
		}
	}
}

// kept is what a trace has of a message; nil if it is no JSON.
func (r *Recorder) kept(fromClient bool, message []byte) json.RawMessage {
	if !json.Valid(message) {
		return nil
	}
	if r.redactor == nil {
		var line bytes.Buffer
		if json.Compact(&line, message) != nil {
			return nil
		}
		return line.Bytes()
	}
	redacted, err := r.redactor.message(fromClient, message)
	if err != nil {
		return nil
	}
	return redacted
}

// write writes a line with one call, so that a torn one can only be the last.
func (r *Recorder) write(v any) error {
	var line bytes.Buffer
	out := json.NewEncoder(&line)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return err
	}
	_, err := r.w.Write(line.Bytes())
	return err
}
