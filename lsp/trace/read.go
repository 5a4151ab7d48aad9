package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

var (
	// ErrForeign is returned for a file that is no trace.
	ErrForeign = errors.New("this is no trace of semantic-ls, such as `semantic-ls serve --trace FILE` writes")
	// ErrNewer is returned for a trace of a later version of the format.
	ErrNewer = errors.New("the trace is of a newer semantic-ls")
)

const (
	// maxHeader bounds the first line: some 150 bytes, and whatever later versions add.
	maxHeader = 64 << 10
	// maxLine bounds a line: a message of 64 MiB is the longest that the server reads, and where its strings
	// are escaped the other way a text may double.
	maxLine = 2*64<<20 + 1<<10
)

// Reader reads a trace. Not safe for concurrent use.
type Reader struct {
	Header Header
	// Torn is set when the last line was cut, and left out.
	Torn bool

	in   *bufio.Reader
	line int // that was read last, from 1
}

// Read reads the header of a trace. The error is ErrForeign or ErrNewer where it has none that can be read.
func Read(in io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 64<<10)}
	line, _, err := r.next(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errTooLong) {
		return nil, err
	}
	if json.Unmarshal(line, &r.Header) != nil || r.Header.Kind != kind || r.Header.Version < 1 {
		return nil, ErrForeign
	}
	if r.Header.Version > version {
		return nil, fmt.Errorf("%w: its format is %d and this program reads up to %d: replay it with %.80q or later",
			ErrNewer, r.Header.Version, version, r.Header.Program)
	}
	return r, nil
}

// Next returns the next message. The error is io.EOF at the end.
func (r *Reader) Next() (Line, error) {
	var raw []byte
	var whole bool
	for len(bytes.TrimSpace(raw)) == 0 {
		var err error
		if raw, whole, err = r.next(maxLine); err != nil {
			return Line{}, err
		}
	}
	var line Line
	err := json.Unmarshal(raw, &line)
	if err == nil && line.From != Client && line.From != Server {
		err = fmt.Errorf("it is from %.40q", line.From)
	}
	if err != nil && !whole {
		r.Torn = true
		return Line{}, io.EOF
	}
	if err != nil {
		return Line{}, fmt.Errorf("line %d is no message of a trace: %w", r.line, err)
	}
	return line, nil
}

// errTooLong is returned for a line longer than any.
var errTooLong = errors.New("it is too long")

// next returns a line without its end; whole says that it has one.
func (r *Reader) next(most int) (line []byte, whole bool, err error) {
	r.line++
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > most:
			return nil, false, fmt.Errorf("line %d of the trace: %w", r.line, errTooLong)
		case err == nil:
			return line[:len(line)-1], true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, false, nil
		default:
			return nil, false, err
		}
	}
}
