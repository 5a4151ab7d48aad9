package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// asProgram, set in the environment, makes the test's executable be the
// program: what tests start is what they were built with, race detector
// included.
const asProgram = "SEMANTIC_LS_TEST_IS_THE_PROGRAM"

func TestMain(m *testing.M) {
	switch os.Getenv(asProgram) {
	case "":
		goleak.VerifyTestMain(m)
	case "wait": // a process that is there until its standard input ends
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		main()
	}
}

// sandbox is a project, a cache and a home of a test's own.
type sandbox struct {
	t       *testing.T
	project string
	cache   string
	config  string // the user's settings file, which does not exist yet
	logs    string // where servers log to
	env     []string
}

// sources is the project. Each file speaks of something else.
var sources = map[string]string{
	"retry/retry.go": `// Package retry tries again what failed.
package retry

import "time"

// Backoff doubles the pause after every failed attempt, so that a busy server
// gets time to recover.
func Backoff(attempt int, base time.Duration) time.Duration {
	pause := base
	for range attempt {
		pause *= 2
	}
	return pause
}
`,
	"retry/limit/limit.go": `// Package limit bounds how often something is tried.
package limit

// Budget counts the attempts that are left.
type Budget struct{ left int }

// Spend takes one attempt away and reports whether there was one.
func (b *Budget) Spend() bool {
	b.left--
	return b.left >= 0
}
`,
	"color/convert.py": `def rgb_to_hsl(red, green, blue):
    """Convert a colour from red, green and blue to hue, saturation, lightness."""
    high = max(red, green, blue)
    low = min(red, green, blue)
    return (high + low) / 2
`,
	"color/names.py": `PALETTE = {
    # the names of the colours that a designer may use
    "crimson": (220, 20, 60),
    "teal": (0, 128, 128),
}
`,
	".gitignore":    "build/\n",
	"build/made.go": "package made\n",
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	s := &sandbox{t: t}
	dir := t.TempDir()
	s.project, s.cache = filepath.Join(dir, "project"), filepath.Join(dir, "cache")
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, filepath.Join(dir, "home"))
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "APPDATA"} {
		t.Setenv(name, filepath.Join(dir, "config"))
	}
	for _, name := range []string{"XDG_STATE_HOME", "LocalAppData"} {
		t.Setenv(name, filepath.Join(dir, "state"))
	}
	loaded, _, err := settings.Load(settings.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	s.logs = loaded.Log.Directory
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	s.config = filepath.Join(config, "semantic-ls", "settings.json")
	s.env = []string{"SEMANTIC_LS_CACHE_DIRECTORY=" + s.cache}
	for name, text := range sources {
		s.write(filepath.Join(s.project, name), text)
	}
	return s
}

func (s *sandbox) write(path, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// indexes is how many indexes the cache holds.
func (s *sandbox) indexes() int {
	s.t.Helper()
	entries, err := os.ReadDir(s.cache)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return len(entries)
}

type result struct {
	code           int
	stdout, stderr string
}

// run runs the program inside the test.
func (s *sandbox) run(args ...string) result {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(s.t.Context(), args, strings.NewReader(""), &stdout, &stderr, s.env)
	return result{code, stdout.String(), stderr.String()}
}

// must is run for what has to end with exit code 0 and say nothing on stderr.
func (s *sandbox) must(args ...string) string {
	s.t.Helper()
	r := s.run(args...)
	if r.code != exitFound || r.stderr != "" {
		s.t.Fatalf("semantic-ls %q: exit code %d, stderr:\n%s", args, r.code, r.stderr)
	}
	return r.stdout
}

// program is the program as a process of its own.
func (s *sandbox) program(ctx context.Context, args ...string) *exec.Cmd {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), append(s.env, asProgram+"=1")...)
	return cmd
}

// objects decodes output with a JSON object a line.
func objects(t *testing.T, output string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(output) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, object)
	}
	return list
}
