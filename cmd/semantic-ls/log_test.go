package main

import (
	"bytes"
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
