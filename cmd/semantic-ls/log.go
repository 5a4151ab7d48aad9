package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// logger is a log whose level and place may change while it is written to:
// what an editor says about them arrives after the first lines.
type logger struct {
	*zap.Logger
	level zap.AtomicLevel
	sink  *sink
}

// newLogger logs to w, from the level that the settings name on, until obey.
func newLogger(w io.Writer, encoder zapcore.Encoder) *logger {
	l := &logger{level: zap.NewAtomicLevelAt(zap.InfoLevel), sink: &sink{w: w}}
	l.Logger = zap.New(zapcore.NewCore(encoder, l.sink, l.level))
	return l
}

// obey takes level and file from the settings. An error leaves what was.
func (l *logger) obey(s settings.Settings) error {
	level, err := zapcore.ParseLevel(s.Log.Level)
	if err != nil {
		return fmt.Errorf("`log.level`: %w", err)
	}
	if s.Log.File != "" {
		// Paths and queries stand in it: it is nobody else's to read.
		file, err := os.OpenFile(s.Log.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("`log.file`: %w", err)
		}
		l.sink.move(file)
	}
	l.level.SetLevel(level)
	return nil
}

// close closes the file, if there is one.
func (l *logger) close() { l.sink.move(nil) }

// sessionLog is the log of serve: lines with times.
func sessionLog(w io.Writer) *logger {
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	config.EncodeDuration = zapcore.StringDurationEncoder
	return newLogger(w, zapcore.NewConsoleEncoder(config))
}

// commandLog is the log of a command. Its answer and its error say all there is to
// say, so nothing is logged to stderr unless log.level asks for it; log.file gets
// everything from log.level on.
func commandLog(w io.Writer, s settings.Settings) (*logger, error) {
	if s.Log.File != "" {
		l := sessionLog(w)
		return l, l.obey(s)
	}
	l := newLogger(w, zapcore.NewConsoleEncoder(zapcore.EncoderConfig{
		MessageKey: "message", LevelKey: "level", ConsoleSeparator: ": ",
		EncodeDuration: zapcore.StringDurationEncoder,
		EncodeLevel: func(level zapcore.Level, out zapcore.PrimitiveArrayEncoder) {
			out.AppendString("semantic-ls: " + level.String())
		},
	}))
	if err := l.obey(s); err != nil {
		return nil, err
	}
	if s.Origin("log.level").Source == settings.Default {
		l.level.SetLevel(zap.FatalLevel)
	}
	return l, nil
}

// sink is where a log goes at the moment.
type sink struct {
	mu   sync.Mutex
	w    io.Writer // guarded by mu
	file *os.File  // guarded by mu: ours to close, or nil
}

// move sends what comes from now on to file, nowhere if it is nil.
func (s *sink) move(file *os.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.Close() // every line was written when it came
	}
	s.w, s.file = io.Discard, file
	if file != nil {
		s.w = file
	}
}

func (s *sink) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(line)
}

// Sync has nothing to do: every line is written when it comes.
func (s *sink) Sync() error { return nil }
