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
	level zap.AtomicLevel // of what goes to the sink
	aside zap.AtomicLevel // of what goes to standard error as well; off while that is the sink
	sink  *sink
	own   bool // without log.file it has a file in the state directory
}

// newLogger logs to w, from the level that the settings name on, until obey.
func newLogger(w io.Writer, encoder zapcore.Encoder) *logger {
	l := &logger{
		level: zap.NewAtomicLevelAt(zap.InfoLevel),
		aside: zap.NewAtomicLevelAt(zapcore.InvalidLevel),
		sink:  &sink{stderr: w, w: w},
	}
	l.Logger = zap.New(zapcore.NewTee(
		zapcore.NewCore(encoder, l.sink, l.level),
		zapcore.NewCore(encoder.Clone(), zapcore.Lock(zapcore.AddSync(w)), l.aside),
	))
	return l
}

// obey takes level and file from the settings. An error leaves what was.
func (l *logger) obey(s settings.Settings) error {
	level, err := zapcore.ParseLevel(s.Log.Level)
	if err != nil {
		return fmt.Errorf("`log.level`: %w", err)
	}
	aside, lost := zapcore.InvalidLevel, error(nil)
	switch {
	case s.Log.File != "":
		// Paths and queries stand in it: it is nobody else's to read.
		file, err := os.OpenFile(s.Log.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("`log.file`: %w", err)
		}
		l.sink.move(file, "")
	case l.own && s.Log.Directory != "":
		if l.sink.in() != s.Log.Directory {
			var file *rolling
			if file, lost = openRolling(s.Log.Directory, maxLog); lost == nil {
				l.sink.move(file, s.Log.Directory)
			} else {
				l.sink.move(nil, "")
			}
		}
		if lost == nil {
			aside = max(level, zapcore.WarnLevel)
		}
	case l.own:
		l.sink.move(nil, "")
	}
	l.level.SetLevel(level)
	l.aside.SetLevel(aside)
	if lost != nil {
		l.Warn("there is no log file: the log goes to standard error; log.file names another place", zap.Error(lost))
	}
	return nil
}

// close closes the file, if there is one; nothing is logged from then on.
func (l *logger) close() {
	l.aside.SetLevel(zapcore.InvalidLevel)
	l.level.SetLevel(zapcore.InvalidLevel)
	l.sink.move(nil, "")
}

// sessionLog is the log of serve: lines with times, in a file of its own unless the
// settings name one.
func sessionLog(w io.Writer) *logger {
	l := timedLog(w)
	l.own = true
	return l
}

// timedLog has lines with times.
func timedLog(w io.Writer) *logger {
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
		l := timedLog(w)
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
	stderr io.Writer

	mu        sync.Mutex
	w         io.Writer // guarded by mu
	file      io.Closer // guarded by mu: ours to close, or nil
	directory string    // guarded by mu: of a file that is its own choice, else ""
}

// move sends what comes from now on to file, to stderr if it is nil.
func (s *sink) move(file io.WriteCloser, directory string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.Close() // every line was written when it came
	}
	s.w, s.file, s.directory = s.stderr, nil, directory
	if file != nil {
		s.w, s.file = file, file
	}
}

// in is the directory that was chosen for its file.
func (s *sink) in() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.directory
}

func (s *sink) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(line)
}

// Sync has nothing to do: every line is written when it comes.
func (s *sink) Sync() error { return nil }
