package main

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

func TestSearchExplain(t *testing.T) {
	s := newSandbox(t)
	got := s.must("search", "--explain", "-n1", "rgb_to_hsl", s.project)
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != 2+len(search.Signals()) || !strings.HasPrefix(lines[0], "color/convert.py:1: rgb_to_hsl  ") {
		t.Fatalf("it shows\n%s", got)
	}
	shape := regexp.MustCompile(`^    (\w+) +[01]\.\d{3} x [\d.]+ +\d+%$`)
	for i, signal := range search.Signals() {
		if m := shape.FindStringSubmatch(lines[1+i]); m == nil || m[1] != signal.Name {
			t.Errorf("the line of %s is %q", signal.Name, lines[1+i])
		}
	}
	if last := lines[len(lines)-1]; !regexp.MustCompile(`^    score +0\.\d{3}$`).MatchString(last) {
		t.Errorf("the last line is %q", last)
	}
	if got := s.must("search", "--explain", "-n1", "--full", "rgb_to_hsl", s.project); !strings.Contains(got, "/ 2\n    chunk ") {
		t.Errorf("with --full it shows\n%s", got)
	}
	painted := s.must("search", "--explain", "--color=always", "-n1", "rgb_to_hsl", s.project)
	if !strings.Contains(painted, "%  \x1b[32m=====") || strings.Contains(got, "=") {
		t.Errorf("a terminal is shown\n%s", painted)
	}
	// Prose that does not answer a question about prose.
	s.write(filepath.Join(s.project, "notes.md"), "# Zebra\n\nA zebra.\n")
	if got := s.must("search", "--explain", "zebra", s.project); !strings.Contains(got, "\n    prose                x 0.55\n") {
		t.Errorf("prose shows\n%s", got)
	}
	hit := objects(t, s.must("search", "--json", "--explain", "-n1", "zebra", s.project))[0]
	signals, sum := hit["signals"].([]any), 0.0
	for i, entry := range signals {
		signal := entry.(map[string]any)
		keys := slices.Sorted(maps.Keys(signal))
		if signal["name"] != search.Signals()[i].Name || !slices.Equal(keys, []string{"name", "share", "value", "weight"}) {
			t.Errorf("signal %v", signal)
		}
		sum += signal["share"].(float64)
	}
	if len(signals) != len(search.Signals()) || sum < 0.999 || sum > 1.001 || len(hit["factors"].([]any)) != 1 {
		t.Errorf("shares make %v of %v", sum, hit)
	}
	help := s.must("search", "--help")
	for _, c := range search.Classes() {
		if !strings.Contains(help, c.Name) {
			t.Errorf("the help says nothing of the factor %s", c.Name)
		}
	}
	for _, signal := range search.Signals() {
		if !strings.Contains(help, signal.Name+" ") || !strings.Contains(help, signal.Meaning) {
			t.Errorf("the help does not say what %s is", signal.Name)
		}
	}
}

func TestSearchWhyNot(t *testing.T) {
	s := newSandbox(t)
	s.write(filepath.Join(s.project, "empty.go"), "")
	s.write(filepath.Join(s.project, "zoo.go"), "package zoo\n\nfunc Zebra() {}\n")
	s.write(filepath.Join(s.project, "build", "made.go"), sources["retry/retry.go"])
	const query = "colour to hue and saturation"
	t.Chdir(s.project)
	for _, c := range []struct {
		path  string
		flags []string
		code  int
		says  string // the first line, a pattern
	}{
		{"color/convert.py", nil, exitFound, `color/convert\.py: number 1 of \d+, score 0\.\d{3}`},
		{"color/convert.py:2", nil, exitFound, `color/convert\.py:2: number 1 of \d+, score 0\.\d{3}`},
		{"color/convert.py:2:5", nil, exitFound, `color/convert\.py:2: number 1 .*`},
		{"convert.py", []string{"color"}, exitFound, `convert\.py: number 1 .*`}, // as hits are shown
		{
			"color/names.py",
			[]string{"-n1"},
			exitNone,
			`color/names\.py: number 2 of \d+, score 0\.\d{3}; number 1, the last one shown, has 0\.\d{3}: color/convert\.py  rgb_to_hsl`,
		},
		{"build/made.go", nil, exitNone, `build/made\.go: never read: build/ \(\.gitignore:1\)`},
		{"build", nil, exitNone, `build: never read: build/ \(\.gitignore:1\)`},
		{"empty.go", nil, exitNone, `empty\.go: no text to find there`},
		{"zoo.go", nil, exitNone, `zoo\.go: no word and no meaning in common with the query, which \d+ places have`},
		{"color/convert.py", []string{"-t", "go", "-t", "rust"}, exitNone, `color/convert\.py: left out by -t go, -t rust`},
		{"color/convert.py", []string{"-T", "py"}, exitNone, `color/convert\.py: left out by -T py`},
		{"color/convert.py", []string{"-g", "!color"}, exitNone, `color/convert\.py: left out by -g !color`},
		{"color/convert.py", []string{"--kind", "method"}, exitNone, `color/convert\.py: left out by --kind method`},
	} {
		t.Run(c.path+strings.Join(c.flags, " "), func(t *testing.T) {
			args := append([]string{"search", "--why-not", c.path, query}, c.flags...)
			r := s.run(args...)
			first, rest, _ := strings.Cut(r.stdout, "\n")
			if r.code != c.code || !regexp.MustCompile("^"+c.says+"$").MatchString(first) {
				t.Errorf("exit code %d, want %d; it says\n%s%s", r.code, c.code, r.stdout, r.stderr)
			}
			if ranked := strings.Contains(c.says, "number"); ranked != strings.Contains(rest, "\n    score ") {
				t.Errorf("below that it says\n%s", rest)
			}
			r = s.run(append(args, "--json")...)
			v := objects(t, r.stdout)[0]
			ranked := strings.Contains(c.says, "number")
			if r.code != c.code || (v["rank"] != nil) != ranked || (v["verdict"] == "hit") != (c.code == exitFound) {
				t.Errorf("exit code %d, %v", r.code, v)
			}
		})
	}
	beside := s.run("search", "--why-not", "color/names.py", "-n1", query).stdout
	for _, line := range []string{
		`    +it +last +weight +lacks`,
		`    name +\d\.\d{3} +\d\.\d{3} +\d\.?\d* +-?\d\.\d{3}`,
		`    score +\d\.\d{3} +\d\.\d{3} +\d\.\d{3}`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(beside) {
			t.Errorf("no line is %s:\n%s", line, beside)
		}
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"absent.go", query}, "absent.go: no such file\nhint: PATH is a file, or FILE:LINE"},
		{[]string{"absent.go:7", query}, "absent.go:7: no such file"},
		{[]string{"color", query}, "is a directory: name a file in it"},
		{[]string{"color/convert.py:77", query}, "color/convert.py has 6 lines"},
		{[]string{"color/convert.py:0", query}, "no such file"},
		{[]string{"color/convert.py", query, "-l"}, "--why-not goes with none of"},
		{[]string{"color/convert.py", query, "--explain"}, "--why-not goes with none of"},
		{[]string{"color/convert.py", " "}, "the query is empty"},
		{[]string{"color/convert.py"}, "too few arguments"},
	} {
		r := s.run(append([]string{"search", "--why-not"}, c.args...)...)
		if r.code != exitError || r.stdout != "" || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%v: exit code %d, stderr:\n%s", c.args, r.code, r.stderr)
		}
	}
	other := t.TempDir()
	outside := filepath.Join(other, "x.go")
	s.write(outside, "package x\n")
	if r := s.run("search", "--why-not", outside, query); r.code != exitError || !strings.Contains(r.stderr, "lies outside") {
		t.Errorf("outside: exit code %d, stderr:\n%s", r.code, r.stderr)
	}
	// Of a folder that has an index, and of which a part is searched.
	if r := s.run("search", "--why-not", "retry/retry.go", query, "color"); r.code != exitNone ||
		r.stdout != "../retry/retry.go: not below "+filepath.Join(s.project, "color")+"\n" {
		t.Errorf("beside what is searched: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestVerdicts(t *testing.T) {
	o := &output{base: string(filepath.Separator)}
	at := indexing.Spot{Path: filepath.Join(o.base, "w", "a.go"), Line: -1}
	waiting := indexing.Explanation{Verdict: indexing.Waiting, Coverage: indexing.Coverage{FilesIndexed: 3, FilesTotal: 10}}
	far := indexing.Explanation{
		Verdict: indexing.Below,
		Place: search.Explanation{
			Rank: 904, Found: 1449, Looked: 200, Score: 0.1,
			Signals: []search.Contribution{{Name: "chunk", Value: 0.5, Weight: 1, Share: 1}},
		},
		Last: &indexing.Last{Path: at.Path, Explanation: search.Explanation{
			Rank: 20, Score: 0.3,
			Signals: []search.Contribution{{Name: "chunk", Value: 0.75, Weight: 1, Share: 0.5}},
			Factors: []search.Factor{{Name: "test", Value: 0.67}},
		}},
	}
	for want, x := range map[string]indexing.Explanation{
		"w/a.go: not indexed yet, 3 of 10 files are\n": waiting,
		`w/a.go: number 904 of 1449, score 0.100; number 20, the last one shown, has 0.300: w/a.go
                      it    last   weight  lacks
    chunk          0.500   0.750   1       0.050
    test             x 1  x 0.67
    score          0.100   0.300           0.200
    The first 200 by words, meaning and names are looked at closer; this one stands behind them.
`: far,
	} {
		var b strings.Builder
		if err := o.writeVerdict(&b, at, x); err != nil || b.String() != want {
			t.Errorf("it says\n%swant\n%s%v", b.String(), want, err)
		}
	}
}
