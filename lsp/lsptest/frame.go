package lsptest

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Frame is a message as it goes over the wire.
func Frame(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// Unframe takes the first message off bytes that a server wrote.
func Unframe(bytes []byte) (body, rest []byte, err error) {
	in := newReader(strings.NewReader(string(bytes)))
	body, err = in.next()
	if err != nil {
		return nil, nil, err
	}
	rest, err = io.ReadAll(in.in)
	return body, rest, err
}

// reader takes frames apart, strictly: a server has no excuse.
type reader struct{ in *bufio.Reader }

func newReader(r io.Reader) *reader { return &reader{bufio.NewReader(r)} }

// next returns the next message. io.EOF means that the stream ended between two.
func (r *reader) next() ([]byte, error) {
	line, err := r.in.ReadString('\n')
	if err != nil {
		if line != "" {
			return nil, fmt.Errorf("the server stopped inside a header: %q", line)
		}
		return nil, err
	}
	length, ok := strings.CutPrefix(line, "Content-Length: ")
	size, err := strconv.Atoi(strings.TrimSuffix(length, "\r\n"))
	if !ok || err != nil {
		return nil, fmt.Errorf("the server sent %q where a header belongs", line)
	}
	if line, err = r.in.ReadString('\n'); err != nil || line != "\r\n" {
		return nil, fmt.Errorf("the server sent %q after Content-Length: %v", line, err)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r.in, body); err != nil {
		return nil, fmt.Errorf("the server stopped inside a message: %w", err)
	}
	return body, nil
}
