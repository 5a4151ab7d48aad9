package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

const (
	// maxErrors is how many of the last warnings and errors are shown: about a screen.
	maxErrors = 20
	// maxTail is how much of the end of a log is looked through for them.
	maxTail = 256 << 10
	// maxErrorLine is how much of a line is shown: what the longest one says without its stack.
	maxErrorLine = 1000
)

// logs are the files that servers have logged to, the last written first.
func logs(s settings.Settings) []string {
	if s.Log.File != "" {
		return []string{s.Log.File}
	}
	if s.Log.Directory == "" {
		return nil
	}
	return logFiles(s.Log.Directory)
}

// lastErrors are the last warnings and errors in the logs, oldest first. Every line begins with its time.
func lastErrors(s settings.Settings) []string {
	lines := []string{}
	for _, path := range logs(s) {
		for line := range strings.Lines(string(tail(path))) {
			line = strings.TrimRight(line, "\r\n")
			fields := strings.SplitN(line, "\t", 3)
			if len(fields) < 3 || fields[1] != "warn" && fields[1] != "error" {
				continue
			}
			if len(line) > maxErrorLine {
				line = strings.ToValidUTF8(line[:maxErrorLine], "") + "..."
			}
			lines = append(lines, line)
		}
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		at := func(line string) string { time, _, _ := strings.Cut(line, "\t"); return time }
		return strings.Compare(at(a), at(b))
	})
	return lines[max(0, len(lines)-maxErrors):]
}

// tail is the end of a log, in whole lines; nothing of what cannot be read.
func tail(path string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() { // such as a FIFO, which would be waited for
		return nil
	}
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil
	}
	defer file.Close()
	from := max(0, info.Size()-maxTail)
	text, err := io.ReadAll(io.NewSectionReader(file, from, maxTail))
	if err != nil {
		return nil
	}
	if from > 0 {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return text
}
