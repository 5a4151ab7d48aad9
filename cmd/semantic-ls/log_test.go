package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// On a terminal a duration is for a person to read.
func TestCommandLogSaysDurationsInWords(t *testing.T) {
	newSandbox(t)
	s, _, err := settings.Load(settings.Sources{Flags: map[string]string{"log.level": "debug"}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log, err := commandLog(&out, s)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("indexed", zap.Duration("took", 1800*time.Microsecond))
	if got, want := out.String(), "semantic-ls: debug: indexed: {\"took\": \"1.8ms\"}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What an editor's user has to know is on standard error too, and nothing else.
func TestSessionLogTellsWarningsAside(t *testing.T) {
	sandbox := newSandbox(t)
	for _, c := range []struct{ level, stderr, file string }{
		{"debug", "we", "diwe"}, {"info", "we", "iwe"}, {"warn", "we", "we"}, {"error", "e", "e"},
	} {
		t.Run(c.level, func(t *testing.T) {
			if err := os.RemoveAll(sandbox.logs); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			log := sessionLog(&out)
			if err := log.obey(load(t, "log.level", c.level)); err != nil {
				t.Fatal(err)
			}
			log.Debug("d!")
			log.Info("i!")
			log.Warn("w!")
			log.Error("e!")
			log.close()
			log.Error("late!")
			for where, pair := range map[string][2]string{"stderr": {out.String(), c.stderr}, "file": {sandbox.logged(), c.file}} {
				for _, level := range "diwe" {
					if got, want := strings.Contains(pair[0], string(level)+"!"), strings.ContainsRune(pair[1], level); got != want {
						t.Errorf("%s has %c: %v, want %v:\n%s", where, level, got, want, pair[0])
					}
				}
				if strings.Contains(pair[0], "late") {
					t.Errorf("%s is written to after the end:\n%s", where, pair[0])
				}
			}
		})
	}
}

// A log that has no place says so where it goes instead, and comes back when it has one.
func TestSessionLogWithoutAPlace(t *testing.T) {
	sandbox := newSandbox(t)
	sandbox.write(filepath.Dir(sandbox.logs), "a file where a directory belongs")
	var out bytes.Buffer
	log := sessionLog(&out)
	defer log.close()
	s := load(t, "log.level", "info")
	if err := log.obey(s); err != nil {
		t.Fatal(err)
	}
	log.Info("first")
	for _, want := range []string{"there is no log file", "log.file", "first"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("stderr does not say %q:\n%s", want, out.String())
		}
	}
	if err := os.Remove(filepath.Dir(sandbox.logs)); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := log.obey(s); err != nil {
		t.Fatal(err)
	}
	log.Info("second")
	if out.Len() != 0 || !strings.Contains(sandbox.logged(), "second") {
		t.Errorf("stderr:\n%s\nthe file:\n%s", out.String(), sandbox.logged())
	}
}

func load(t *testing.T, pairs ...string) settings.Settings {
	t.Helper()
	flags := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		flags[pairs[i]] = pairs[i+1]
	}
	s, _, err := settings.Load(settings.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
