package trace

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// writeFrame writes a message as it goes over the wire.
func writeFrame(w io.Writer, message []byte) error {
	_, err := w.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(message)), message...))
	return err
}

// readFrame reads a message of a server, which is our own: no more is understood than it writes.
func readFrame(in *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if length, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if size, err = strconv.Atoi(length); err != nil || size < 0 || size > maxLine {
				return nil, fmt.Errorf("the server sent the length %.40q", length)
			}
		}
	}
	if size < 0 {
		return nil, fmt.Errorf("the server sent a message without its length")
	}
	message := make([]byte, size)
	_, err := io.ReadFull(in, message)
	return message, err
}
