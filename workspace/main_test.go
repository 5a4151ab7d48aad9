package workspace

import (
	"cmp"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
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
	for _, e := range d.sorted() {
		b.WriteString(e.Path + "\n")
	}
	for _, s := range d.Skipped {
		b.WriteString("- " + s.Path + ": " + s.Rule + " (" + s.Source + ")\n")
	}
	return b.String()
}

// sorted are the entries with those of each directory in order: a walk leaves them as the system lists them.
func (d *Discovery) sorted() []Entry {
	all := slices.Clone(d.Entries)
	for rest := all; len(rest) > 0; {
		n := 1
		for n < len(rest) && path.Dir(rest[n].Path) == path.Dir(rest[0].Path) {
			n++
		}
		slices.SortFunc(rest[:n], func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
		rest = rest[n:]
	}
	return all
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

func inPlace(_ context.Context, work func() error) error { return work() }

// listed opens directories that hold what read says.
func listed(read func(path string) ([]os.DirEntry, error)) opener {
	return func(root, rel string, _ *scratch) (directory, error) {
		path := filepath.Join(root, rel)
		entries, err := read(path)
		if err != nil && len(entries) == 0 {
			return nil, err
		}
		if err == nil {
			err = io.EOF
		}
		l := &list{path: path, err: err}
		for _, e := range entries {
			l.rest = append(l.rest, dirent{name: e.Name(), kind: e.Type(), entry: e})
		}
		return l, nil
	}
}

// list is a directory that ends with err.
type list struct {
	fileDirectory
	path string
	rest []dirent
	err  error
}

func (l *list) Read() ([]dirent, error) {
	all := l.rest
	if l.rest = nil; len(all) == 0 {
		return nil, l.err
	}
	return all, nil
}

func (l *list) Self() (stat, error) {
	info, err := os.Lstat(l.path)
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

func (l *list) Close() error { return nil }

// lookedAt counts how many files are looked at.
type lookedAt struct {
	directory
	looks *int
}

func (l *lookedAt) Stat(d dirent) (stat, error) {
	*l.looks++
	return l.directory.Stat(d)
}
