package lsp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
)

const (
	// maxFrame is the longest message that is read. The longest text an editor can hand us is 64 MiB
	// (workspace.MaxDocument), and no editor sends one a tenth of that.
	maxFrame = 64 << 20
	// maxSkip is the longest message that is skipped rather than taken for a sign that the stream is not
	// what it seems.
	maxSkip = 1 << 30
	// maxHeader bounds one line of a header. Two lines of some 50 bytes are usual.
	maxHeader = 4 << 10
	// keepBuffer is how large a buffer stays for the next message: most are below a few KiB, and one large
	// file opened in the morning should not be held until the evening.
	keepBuffer = 1 << 20
)

// errHeader is returned when no next message can be found in the stream.
var errHeader = errors.New("malformed header")

// frames is a jsonrpc2.Stream with the protocol's framing:
//
//	Content-Length: 2\r\n
//	Content-Type: ...\r\n        optional, and any other field
//	\r\n
//	{}
//
// Unlike the library's it reads no message above maxFrame, and a message that it cannot parse is answered and
// skipped instead of ending the connection, as long as the next one can be found. Read is for one goroutine
// at a time, the rest is safe for concurrent use. Contexts are ignored: a read or a write of bytes cannot
// be interrupted, and what is written is written whole.
type frames struct {
	rwc    io.ReadWriteCloser
	in     *bufio.Reader
	body   []byte // the last message; what was decoded of it points here
	log    *zap.Logger
	broken func(error)
	ended  atomic.Bool // read no more
	close  func() error
	trace  func(fromClient bool, message []byte)

	owed     atomic.Int64  // answers to the calls that were read
	answered chan struct{} // capacity 1: one was written

	mu    sync.Mutex    // one message is written at a time
	out   []byte        // guarded by mu
	after []afterAnswer // guarded by mu: what is to be done once an answer is written
}

// afterAnswer is what is done once an answer is written.
type afterAnswer struct {
	prefix []byte // of the answer, which no other has
	do     func()
}

// answerPrefix is how the good answer to a request begins.
func answerPrefix(id jsonrpc2.ID) []byte {
	const result = "0"
	return bytes.TrimSuffix(jsonrpc2.AppendResponse(nil, id, jsonrpc2.RawMessage(result), nil), []byte(result+"}"))
}

// afterwards has do called once the answer that begins like that is written, under the stream's lock: it returns at once.
func (f *frames) afterwards(prefix []byte, do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = append(f.after, afterAnswer{prefix, do})
}

// written does what waits for an answer that was written.
func (f *frames) written(answer []byte) {
	for i, a := range f.after {
		if bytes.HasPrefix(answer, a.prefix) {
			f.after = slices.Delete(f.after, i, i+1)
			a.do()
			return
		}
	}
}

// newFrames wraps rwc. broken is called, perhaps more than once and from any goroutine, with the error
// after which no more can be read or written.
func newFrames(rwc io.ReadWriteCloser, log *zap.Logger, broken func(error)) *frames {
	return &frames{
		rwc:    rwc,
		in:     bufio.NewReaderSize(rwc, 64<<10),
		log:    log,
		broken: broken,
		close:  sync.OnceValue(rwc.Close),
		trace:  func(bool, []byte) {},

		answered: make(chan struct{}, 1),
	}
}

// Read returns the next message that is one, having answered those before it that are none. A request
// points into f's buffer until the next Read.
func (f *frames) Read(context.Context) (jsonrpc2.Message, int64, error) {
	for {
		if f.ended.Load() {
			return nil, 0, io.EOF
		}
		size, err := f.header()
		switch {
		case err != nil:
			return nil, 0, f.fail(err)
		case size > maxFrame:
			f.refuse(jsonrpc2.InvalidRequest, fmt.Sprintf("a message of %d bytes was skipped: the limit is %d", size, maxFrame))
			if _, err := io.CopyN(io.Discard, f.in, size); err != nil {
				return nil, 0, f.fail(fmt.Errorf("skip message: %w", cutShort(err)))
			}
			continue
		}
		if err := f.read(int(size)); err != nil {
			return nil, 0, f.fail(err)
		}
		f.trace(true, f.body)
		msg, err := jsonrpc2.DecodeMessage(f.body)
		if err == nil {
			if _, ok := msg.(*jsonrpc2.Call); ok {
				f.owed.Add(1)
			}
			return msg, size, nil
		}
		f.refuseBody(err)
	}
}

// header reads up to the blank line. io.EOF means that the stream ended between two messages.
func (f *frames) header() (size int64, err error) {
	size = -1
	for first := true; ; first = false {
		line, err := f.in.ReadSlice('\n')
		if len(line) > maxHeader || errors.Is(err, bufio.ErrBufferFull) {
			return 0, fmt.Errorf("%w: a line of more than %d bytes", errHeader, maxHeader)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF) && first && len(line) == 0:
			return 0, io.EOF
		default:
			return 0, fmt.Errorf("read header: %w", cutShort(err))
		}
		field := strings.TrimRight(string(line), "\r\n")
		if field == "" {
			break
		}
		name, value, ok := strings.Cut(field, ":")
		if !ok || strings.ContainsFunc(name, notInName) {
			return 0, fmt.Errorf("%w: %.40q is no field", errHeader, field)
		}
		if !strings.EqualFold(name, "Content-Length") {
			continue
		}
		value = strings.TrimSpace(value)
		size, err = strconv.ParseInt(value, 10, 64)
		if err != nil || size < 0 || size > maxSkip {
			return 0, fmt.Errorf("%w: Content-Length is %.40q", errHeader, value)
		}
	}
	if size < 0 {
		return 0, fmt.Errorf("%w: no Content-Length", errHeader)
	}
	return size, nil
}

// notInName tells what no field's name holds. JSON, sent without a header, has colons too: without this it
// would be waited out as a header that never ends.
func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}

// read fills f.body with the size bytes of a message.
func (f *frames) read(size int) error {
	if cap(f.body) < size || cap(f.body) > keepBuffer {
		f.body = make([]byte, max(size, 4<<10))
	}
	f.body = f.body[:size]
	if _, err := io.ReadFull(f.in, f.body); err != nil {
		return fmt.Errorf("read message: %w", cutShort(err))
	}
	return nil
}

// cutShort makes an end of the stream inside a message tell from one between two.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fail reports the end of reading.
func (f *frames) fail(err error) error {
	switch {
	case errors.Is(err, io.EOF) || f.ended.Load():
		f.log.Debug("the stream has ended", zap.Error(err))
	case errors.Is(err, errHeader):
		f.refuse(jsonrpc2.ParseError, err.Error()+"; the connection ends here")
	default:
		f.log.Warn("the stream broke", zap.Error(err))
	}
	f.broken(err)
	return err
}

// refuseBody answers a message that is none.
func (f *frames) refuseBody(err error) {
	start := bytes.TrimLeft(f.body, " \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("[")):
		f.refuse(jsonrpc2.InvalidRequest, "batches are not part of the Language Server Protocol")
	case errors.Is(err, jsonrpc2.ErrParse):
		f.refuse(jsonrpc2.ParseError, fmt.Sprintf("this is no JSON object: %.40q", start))
	default:
		f.refuse(jsonrpc2.InvalidRequest, fmt.Sprintf("this is neither a request nor a response of JSON-RPC 2.0: %.80q", start))
	}
}

// refuse sends an error that answers no request in particular: the id is unknown or was none.
func (f *frames) refuse(code jsonrpc2.Code, text string) {
	f.log.Warn("bad message", zap.Int32("code", int32(code)), zap.String("why", text))
	f.owed.Add(1) // what write takes off again: nobody is owed this one
	_, _ = f.write(jsonrpc2.NewResponse(jsonrpc2.ID{}, nil, jsonrpc2.NewError(code, text)))
}

// Write sends msg as one message with one call of the underlying Write.
func (f *frames) Write(_ context.Context, msg jsonrpc2.Message) (int64, error) {
	n, err := f.write(msg)
	return int64(n), err
}

// awaitAnswers waits until all but so many of the calls that were read have their answers written, or ctx ends. The
// library writes an answer after the work for it has ended, and none once the stream has.
func (f *frames) awaitAnswers(ctx context.Context, but int64) {
	for f.owed.Load() > but {
		if _, err := tasks.Receive(ctx, f.answered); err != nil {
			return
		}
	}
}

// isAnswer tells the one kind of message that names no method. The library's type for it is its own; a method stands
// behind an id of ours, which is a number.
func isAnswer(message []byte) bool {
	const most = len(`{"jsonrpc":"2.0","id":,"method":`) + 20
	return !bytes.Contains(message[:min(len(message), most)], []byte(`"method":`))
}

func (f *frames) write(msg jsonrpc2.Message) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	// The header's length is known only once the message is there: leave room for the longest.
	const room = len("Content-Length: ") + 20 + len("\r\n\r\n")
	f.out = jsonrpc2.AppendMessage(append(f.out[:0], make([]byte, room)...), msg)
	header := fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(f.out)-room)
	f.trace(false, f.out[room:])
	answer := isAnswer(f.out[room:])
	frame := f.out[room-len(header):]
	copy(frame, header)
	n, err := f.rwc.Write(frame)
	if answer {
		f.owed.Add(-1)
		select {
		case f.answered <- struct{}{}:
		default:
		}
		f.written(f.out[room:])
	}
	if cap(f.out) > keepBuffer {
		f.out = nil
	}
	if err != nil {
		f.broken(fmt.Errorf("write message: %w", err))
	}
	return n, err
}

// endReading makes the next Read return io.EOF instead of waiting for more: exit was the last word.
func (f *frames) endReading() { f.ended.Store(true) }

// Close closes the underlying stream. Only the first call does something; all return its error.
func (f *frames) Close() error {
	f.ended.Store(true)
	return f.close()
}
