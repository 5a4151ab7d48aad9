package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/trace"
)

// maxTraces bounds how many names are tried for a trace: whoever has that many has
// forgotten the flag in an editor's settings.
const maxTraces = 1000

// tracing says where sessions are recorded.
type tracing struct {
	path     string // "": they are not
	contents bool   // texts and names are kept
}

// start records the session of a configuration, until the function that it returns is
// called, which is never nil.
func (t tracing) start(config *lsp.Config) (end func(), err error) {
	if t.path == "" {
		return func() {}, nil
	}
	file, err := t.create()
	if err != nil {
		return func() {}, hinted("--trace takes a file in a directory that exists", "--trace: %w", err)
	}
	log := config.Log
	recorder, err := trace.Record(file, trace.Options{
		Program: config.Version, Contents: t.contents,
		Failed: func(err error) { log.Warn("the trace ends here", zap.String("file", file.Name()), zap.Error(err)) },
	})
	if err != nil {
		return func() {}, errors.Join(fmt.Errorf("--trace: %w", err), file.Close())
	}
	config.Trace = recorder
	log.Info("the session is traced", zap.String("file", file.Name()), zap.Bool("contents", t.contents))
	return func() {
		if err := file.Close(); err != nil {
			log.Warn("closing the trace", zap.Error(err))
		}
	}, nil
}

// create makes a file that was not there: an editor that starts the server anew, or a
// second one, must not cost the trace of what went wrong before.
func (t tracing) create() (*os.File, error) {
	for n := 1; n <= maxTraces; n++ {
		path := t.path
		if n > 1 {
			path = fmt.Sprintf("%s.%d", t.path, n)
		}
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, fmt.Errorf("%s and its %d followers exist: remove some", t.path, maxTraces-1)
}
