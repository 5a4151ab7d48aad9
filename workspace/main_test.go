package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/workspace/ignore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// build writes a tree in a home of its own and returns its real path. Each line of spec is a path, or a path and
// what the file holds; one that ends in a slash is a directory.
func build(t *testing.T, spec string) string {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", base)
	t.Setenv("XDG_CONFIG_HOME", "")
	top := filepath.Join(base, "top")
	if err := os.MkdirAll(top, 0o755); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(spec) {
		file, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch path := filepath.Join(top, filepath.FromSlash(file)); {
		case file == "":
		case strings.HasSuffix(file, "/"):
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
		default:
			write(t, path, data)
		}
	}
	return top
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// paths are those of the entries, then those of what was skipped with the reason, a line each.
func (d *Discovery) String() string {
	var b strings.Builder
	for _, e := range d.Entries {
		b.WriteString(e.Path + "\n")
	}
	for _, s := range d.Skipped {
		b.WriteString("- " + s.Path + ": " + s.Rule + " (" + s.Source + ")\n")
	}
	return b.String()
}

func mustDiscover(t *testing.T, root string, o Options) *Discovery {
	t.Helper()
	d, err := Discover(t.Context(), root, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// expect compares line by line; want is indented as the test is.
func expect(t *testing.T, got, want string) {
	t.Helper()
	want = strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func mustRules(t *testing.T, dir string) *ignore.Rules {
	t.Helper()
	rules, err := ignore.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}
