package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// asked is answered by color/convert.py before anything else.
const asked = "convert a colour to hue and saturation"

func TestSearchShowsPlaceSymbolAndLine(t *testing.T) {
	s := newSandbox(t)
	want := "color/convert.py:1: rgb_to_hsl  def rgb_to_hsl(red, green, blue):\n"
	if got := s.must("search", "-n1", "rgb_to_hsl", s.project); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := s.must("search", asked, s.project); !strings.HasPrefix(got, "color/convert.py:") {
		t.Errorf("%q finds first:\n%s", asked, got)
	}
	if got := s.must("search", "-n1", "Spend", s.project); !strings.HasPrefix(got, "retry/limit/limit.go:7: Budget.Spend  ") {
		t.Errorf("a method is shown as\n%s", got)
	}
}

func TestSearchSeesWhatChanged(t *testing.T) {
	s := newSandbox(t)
	s.must("search", asked, s.project)
	if err := os.Remove(filepath.Join(s.project, "color", "convert.py")); err != nil {
		t.Fatal(err)
	}
	s.write(filepath.Join(s.project, "new.go"), "package fresh\n\n// Hue is the angle of a colour on the wheel, from red, green and blue.\nfunc Hue(r, g, b int) int { return r }\n")
	if got := s.must("search", asked, s.project); !strings.HasPrefix(got, "new.go:") || strings.Contains(got, "convert.py") {
		t.Errorf("after a change %q finds:\n%s", asked, got)
	}
}

func TestExitCodes(t *testing.T) {
	s := newSandbox(t)
	other := t.TempDir()
	s.write(filepath.Join(other, "notes.txt"), "milk\n")
	missing, file := filepath.Join(s.project, "missing"), filepath.Join(s.project, "retry", "retry.go")
	cases := []struct {
		name string
		args []string
		code int
		says []string // on stderr
	}{
		{"a hit", []string{"search", asked, s.project}, 0, nil},
		{"no hit", []string{"search", asked, other}, 1, nil},
		{"no hit, JSON", []string{"search", "--json", asked, other}, 1, nil},
		{"no hit, files", []string{"search", "-l", asked, other}, 1, nil},
		{"no such directory", []string{"search", asked, missing}, 2, []string{"semantic-ls: search: " + missing + ": no such directory", "hint: ", "'" + asked + " " + missing + "'"}},
		{"a file", []string{"search", asked, file}, 2, []string{file + ": a file, not a directory", "hint: name the directory"}},
		{"no quotes", []string{"search", "where", "is", "it"}, 2, []string{"3 arguments", "hint: put the query in quotes: semantic-ls search 'where is it'"}},
		{"no query", []string{"search"}, 2, []string{"too few arguments", "hint: "}},
		{"an empty query", []string{"search", " ", s.project}, 2, []string{"the query is empty", "hint: "}},
		{"an unknown flag", []string{"search", "--nonsense", asked}, 2, []string{"unknown flag: --nonsense", "hint: see `semantic-ls search --help`"}},
		{"a bad number", []string{"search", "-n", "many", asked}, 2, []string{"invalid argument \"many\"", "hint: "}},
		{"limit 0", []string{"search", "-n", "0", asked, s.project}, 2, []string{"-n 0", "hint: "}},
		{"a limit without sense", []string{"search", "-n", "9223372036854775807", asked, s.project}, 2, []string{"-n 9223372036854775807", "hint: -n 1000 is the most"}},
		{"negative context", []string{"search", "-C", "-1", asked, s.project}, 2, []string{"negative", "hint: "}},
		{"JSON with context", []string{"search", "--json", "-A1", asked, s.project}, 2, []string{"--json goes with none of", "hint: "}},
		{"explained files", []string{"search", "--explain", "-l", asked, s.project}, 2, []string{"--explain is about hits", "hint: "}},
		{"JSON with files", []string{"search", "--json", "-l", asked, s.project}, 2, []string{"--json goes with none of"}},
		{"an unknown colour", []string{"search", "--color", "green", asked, s.project}, 2, []string{"green", "hint: --color auto"}},
		{"a bad setting", []string{"search", "--index-max-file-size", "big", asked, s.project}, 2, []string{"index.maxFileSize", "the command line"}},
		{"a provider without a model", []string{"search", "--embedding-provider", "openai", asked, s.project}, 2, []string{"embedding.model"}},
		{"an unknown command", []string{"serch"}, 2, []string{`"serch" is not a command`, "hint: did you mean `semantic-ls search`?"}},
		{"a query for a command", []string{"where is it"}, 2, []string{"hint: semantic-ls search 'where is it'"}},
		{"index: no such directory", []string{"index", missing}, 2, []string{"semantic-ls: index: " + missing + ": no such directory"}},
		{"index: too many", []string{"index", "a", "b"}, 2, []string{"2 arguments", "hint: "}},
		{"status: a file", []string{"status", file}, 2, []string{"a file, not a directory"}},
		{"related: no place", []string{"related", file}, 2, []string{"FILE:LINE", "hint: "}},
		{"related: no file", []string{"related", missing + ":1"}, 2, []string{"no such file"}},
		{"related: a directory", []string{"related", s.project + ":1"}, 2, []string{"a directory, not a file"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := s.run(c.args...)
			if r.code != c.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", r.code, c.code, r.stderr)
			}
			for _, said := range c.says {
				if !strings.Contains(r.stderr, said) {
					t.Errorf("stderr lacks %q:\n%s", said, r.stderr)
				}
			}
			if c.says == nil && r.stderr != "" {
				t.Errorf("stderr:\n%s", r.stderr)
			}
			if c.code != 0 && r.stdout != "" {
				t.Errorf("stdout:\n%s", r.stdout)
			}
			if strings.Contains(r.stderr, "Usage:") {
				t.Errorf("the usage was dumped:\n%s", r.stderr)
			}
		})
	}
}

func TestSearchJSON(t *testing.T) {
	s := newSandbox(t)
	list := objects(t, s.must("search", "--json", "-n3", "rgb_to_hsl", s.project))
	if len(list) == 0 || len(list) > 3 {
		t.Fatalf("%d hits, want 1 to 3", len(list))
	}
	for _, hit := range list {
		want := []string{"container", "endLine", "kind", "language", "path", "score", "snippet", "startLine", "symbol"}
		if keys := slices.Sorted(maps.Keys(hit)); !slices.Equal(keys, want) {
			t.Errorf("keys %v, want %v", keys, want)
		}
		if score, ok := hit["score"].(float64); !ok || score < 0 || score > 1 {
			t.Errorf("score %v", hit["score"])
		}
	}
	first := list[0]
	delete(first, "score")
	want := map[string]any{
		"path": "color/convert.py", "startLine": 1.0, "endLine": 5.0, "symbol": "rgb_to_hsl", "container": "",
		"kind": "function", "language": "python", "snippet": "def rgb_to_hsl(red, green, blue):",
	}
	if !maps.Equal(first, want) {
		t.Errorf("first hit\n%v\nwant\n%v", first, want)
	}
}

func TestFilesWithMatches(t *testing.T) {
	s := newSandbox(t)
	files := strings.Fields(s.must("search", "-l", "colour", s.project))
	if len(files) < 2 || !slices.Contains(files, "color/convert.py") {
		t.Errorf("files: %q", files)
	}
	slices.Sort(files)
	if len(slices.Compact(slices.Clone(files))) != len(files) {
		t.Errorf("a file comes twice: %q", files)
	}
	if one := s.must("search", "-l", "-n1", "colour", s.project); strings.Count(one, "\n") != 1 {
		t.Errorf("-n1 shows\n%s", one)
	}
}

// A lone carriage return ends a line, here as in an editor.
func TestLinesAreThoseOfAnEditor(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "mac.go"), "package mac\r// before\r// the zebra eats a melon\r// after\rfunc Feed() {}\r")
	if got := s.must("search", "-n1", "-C1", "zebra eats melon", s.project); got != "mac.go-2-// before\nmac.go:3:// the zebra eats a melon\nmac.go-4-// after\n" {
		t.Errorf("it shows\n%q", got)
	}
}

func TestContext(t *testing.T) {
	s := newSandbox(t)
	cases := []struct {
		flags []string
		want  string
	}{
		{[]string{"-A2"}, `color/convert.py:1:def rgb_to_hsl(red, green, blue):
color/convert.py-2-    """Convert a colour from red, green and blue to hue, saturation, lightness."""
color/convert.py-3-    high = max(red, green, blue)
`},
		{[]string{"-B2"}, "color/convert.py:1:def rgb_to_hsl(red, green, blue):\n"},
		{[]string{"-C1"}, `color/convert.py:1:def rgb_to_hsl(red, green, blue):
color/convert.py-2-    """Convert a colour from red, green and blue to hue, saturation, lightness."""
`},
		{[]string{"-C5", "-A0", "-B1"}, "color/convert.py:1:def rgb_to_hsl(red, green, blue):\n"},
		{[]string{"--full"}, `color/convert.py:1:def rgb_to_hsl(red, green, blue):
color/convert.py-2-    """Convert a colour from red, green and blue to hue, saturation, lightness."""
color/convert.py-3-    high = max(red, green, blue)
color/convert.py-4-    low = min(red, green, blue)
color/convert.py-5-    return (high + low) / 2
`},
		{[]string{"-A100"}, `color/convert.py:1:def rgb_to_hsl(red, green, blue):
color/convert.py-2-    """Convert a colour from red, green and blue to hue, saturation, lightness."""
color/convert.py-3-    high = max(red, green, blue)
color/convert.py-4-    low = min(red, green, blue)
color/convert.py-5-    return (high + low) / 2
`},
	}
	for _, c := range cases {
		t.Run(strings.Join(c.flags, " "), func(t *testing.T) {
			got := s.must(append([]string{"search", "-n1", "rgb_to_hsl", s.project}, c.flags...)...)
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	groups := s.must("search", "-C1", "-n2", "colour", s.project)
	if strings.Count(groups, "\n--\n") != 1 {
		t.Errorf("two hits with context are not two groups:\n%s", groups)
	}
}

func TestSearchBelowAnIndexedFolder(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	before := s.indexes()
	got := s.must("search", "-l", "attempts", filepath.Join(s.project, "retry"))
	for _, path := range strings.Fields(got) {
		if path != "retry.go" && path != "limit/limit.go" {
			t.Errorf("%q does not lie below the searched directory, or is not relative to it", path)
		}
	}
	if after := s.indexes(); after != before {
		t.Errorf("the cache holds %d indexes, %d before", after, before)
	}
}

func TestHostileTextIsShownNotObeyed(t *testing.T) {
	s := newSandbox(t)
	const trick = "\x1b]0;owned\x07\u009b31m\u202e"
	s.write(filepath.Join(s.project, "evil.go"), "package evil\n\nfunc GrabTerminal() { print(\""+trick+"\") }\n")
	painted := s.must("search", "--color=always", "-n1", "--full", "GrabTerminal", s.project)
	if strings.Contains(painted, "\x1b]") || strings.ContainsAny(painted, "\x07\u009b\u202e") {
		t.Errorf("a terminal would obey %q", painted)
	}
	if !strings.Contains(painted, `\x1b]0;owned\x07\x9b31m\u202e`) {
		t.Errorf("the text is not to be read in %q", painted)
	}
	if !strings.Contains(painted, "\x1b[35mevil.go\x1b[0m:\x1b[32m3\x1b[0m:") {
		t.Errorf("no colours in %q", painted)
	}
	if piped := s.must("search", "-n1", "--full", "GrabTerminal", s.project); !strings.Contains(piped, trick) {
		t.Errorf("a pipe does not get what the file holds: %q", piped)
	}
	line := s.must("search", "--json", "-n1", "GrabTerminal", s.project)
	if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), hostile) {
		t.Errorf("a terminal would obey %q", line)
	}
	if snippet := objects(t, line)[0]["snippet"].(string); !strings.Contains(snippet, trick) {
		t.Errorf("snippet %q", snippet)
	}
}

// closedPipe is a pipe whose reader has left.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestClosedPipeEndsQuietly(t *testing.T) {
	s := newSandbox(t)
	for _, args := range [][]string{
		{"search", asked, s.project},
		{"search", "--json", asked, s.project},
		{"search", "-l", asked, s.project},
		{"search", "-C3", asked, s.project},
		{"search", "--explain", asked, s.project},
		{"search", "--why-not", filepath.Join(s.project, "color", "convert.py"), asked, s.project},
		{"search", "--why-not", filepath.Join(s.project, "build"), asked, s.project},
		{"index", s.project},
		{"status", s.project},
		{"status", "--json", s.project},
		{"version"},
	} {
		var stderr bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), closedPipe{}, &stderr, s.env); code != exitFound || stderr.Len() > 0 {
			t.Errorf("%q: exit code %d, stderr:\n%s", args, code, &stderr)
		}
	}
}

func TestSettingsComeFromAllSources(t *testing.T) {
	s := newSandbox(t)
	s.write(s.config, `{"index": {"maxFileSize": 10}}`)
	if r := s.run("search", asked, s.project); r.code != exitNone {
		t.Errorf("the user's file says that nothing is small enough: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.env = append(s.env, "SEMANTIC_LS_INDEX_MAX_FILE_SIZE=1000")
	if r := s.run("search", asked, s.project); r.code != exitFound {
		t.Errorf("the environment beats the user's file: exit code %d\n%s", r.code, r.stderr)
	}
	if r := s.run("search", "--index-max-file-size=10", asked, s.project); r.code != exitNone {
		t.Errorf("flags beat the environment: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.write(s.config, `{"index": {"maxFileSise": 10}}`)
	if r := s.run("search", asked, s.project); r.code != exitFound || !strings.HasPrefix(r.stderr, "semantic-ls: warning: ") {
		t.Errorf("an unknown key: exit code %d, stderr:\n%s", r.code, r.stderr)
	}
	s.write(s.config, `{"index": `)
	if r := s.run("search", asked, s.project); r.code != exitError || !strings.Contains(r.stderr, s.config+":1:") {
		t.Errorf("a broken file: exit code %d, stderr:\n%s", r.code, r.stderr)
	}
}

// Where all is left out, that is said: no hit would else mean that the code does not say it.
func TestSearchWhereAllIsIgnored(t *testing.T) {
	s := newSandbox(t)
	all := filepath.Join(s.project, "retry")
	s.write(filepath.Join(all, ".semanticignore"), "*\n")
	const said = "nothing is indexed: all that is there is left out"
	for _, args := range [][]string{{"search", "backoff", all}, {"index", all}, {"status", all}} {
		r := s.run(args...)
		if !strings.Contains(r.stderr, said) || strings.Contains(r.stdout, "100") {
			t.Errorf("%q: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	empty := filepath.Join(s.project, "empty")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	if r := s.run("search", "backoff", empty); !strings.Contains(r.stderr, "nothing is indexed: there are no files") {
		t.Errorf("in an empty folder: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	s.write(filepath.Join(empty, "a.go"), "package a\n\nfunc Backoff() {}\n")
	if r := s.run("search", "backoff", empty); r.code != exitFound || strings.Contains(r.stderr, "nothing") {
		t.Errorf("once there is a file: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
