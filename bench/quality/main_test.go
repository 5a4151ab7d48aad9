package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/bench/quality/measure"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// zoo writes tables about two repositories, of which one has no checkout.
func zoo(t *testing.T) (dir string, arguments []string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"repos.tsv": "repo\tlanguage\tgithub\trevision\troot\thalf\nzoo\tgo\tx/zoo\t1\tsrc\ttune\ngone\tgo\tx/gone\t1\t.\ttune\n" +
			"inn\tgo\tx/inn\t1\t.\treport\n",
		"tasks.tsv": "repo\tcategory\tquery\ttargets\twording\nzoo\tsemantic\tstroke the zebra\tsrc/zebra.go\tplain\n" +
			"zoo\tsymbol\tFeedLion\tsrc/lion.go\todd\nzoo\tsymbol\tZebra\tsrc/lion.go\todd\n" +
			"gone\tsymbol\tx\ty\todd\ninn\tsymbol\tBeer\tbeer.go\todd\n",
		"peers.tsv":            "# published\nmethod\tndcg\tindex\tquery\na peer\t0.123\t\t1 ms\n",
		"all/revisions.tsv":    "repo\trevision\tdate\nzoo\t0123456789abcdef\t2026-01-01\ninn\t1\t2026-01-01\n",
		"all/zoo/src/lion.go":  "package zoo\n\nfunc FeedLion() {}\n",
		"all/zoo/src/zebra.go": "package zoo\n\n// Stroke strokes a zebra.\nfunc Stroke() {}\n",
		"all/inn/beer.go":      "package inn\n\nfunc Beer() {}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []string{
		"-repos", filepath.Join(dir, "repos.tsv"), "-tasks", filepath.Join(dir, "tasks.tsv"), "-checkouts", filepath.Join(dir, "all"),
	}
}

func TestResultsHaveAllTables(t *testing.T) {
	dir, arguments := zoo(t)
	results := filepath.Join(dir, "RESULTS.md")
	if err := os.WriteFile(results, []byte("# Results\n\nWords.\n\n## tasks\n\noutdated\n\n## other\n\nkept\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	peers := filepath.Join(dir, "peers.tsv")
	arguments = append(arguments, "-half", "tune", "-results", results, "-peers", peers, "-cross", "-misses")
	var out, progress bytes.Buffer
	if err := run(t.Context(), arguments, &out, &progress); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{
		"# Results\n\nWords.\n\n## tasks\n\n    go run ./bench/quality -repos ", "-half tune -results ",
		"3 questions about 1 repositories in 1 languages: the half that may be tuned on.\n",
		"weights and factors: " + measure.Default().String() + ".\n",
		"| the whole  ", "| the whole, weights learned without the repository asked |", "| the whole without the model ",
		"| the model alone: each file's best chunk ", "| BM25 of chunks and files ", "| without chunk  |", "| without best ",
		"| a peer | 0.123   |       | 1 ms       |", "| semantic | 1         | 1            | 1.000   |",
		"| odd     | 2         | 1            | 0.500   |",
		"| go       | 1            |", "| of questions |", "| zoo        | go       | 2      | 3         |",
		"the newest that could was taken: zoo at 0123456789ab of 2026-01-01.\n", "folder to index: gone.\n\n## other\n\nkept\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the results do not say %q", want)
		}
	}
	if strings.Contains(text, "outdated") || strings.Contains(text, "beer") {
		t.Error("the results have the old section, or the other half")
	}
	if t.Failed() {
		t.Log(text)
	}
	if want := "zoo (symbol): Zebra\n  want src/lion.go\n  got  src/zebra.go"; !strings.Contains(out.String(), want) {
		t.Errorf("the misses are not listed as %q:\n%s", want, out.String())
	}
	if !strings.Contains(progress.String(), "left out: gone has no checkout of . in ") {
		t.Errorf("said %q", progress.String())
	}
}

func TestTheHalfThatReportsIsNotLookedAt(t *testing.T) {
	_, arguments := zoo(t)
	for _, half := range []string{"", "report"} {
		var out, progress bytes.Buffer
		err := run(t.Context(), append(arguments, "-half", half, "-misses"), &out, &progress)
		if err == nil || !strings.Contains(err.Error(), "-misses needs -half tune") || out.Len() > 0 {
			t.Errorf("half %q: %v, and printed %q", half, err, out.String())
		}
	}
}

// The questions of the second kind are what their README says.
func TestQuestionsOfTheSecondKind(t *testing.T) {
	rows := func(name string, columns int) (list [][]string) {
		data, err := os.ReadFile(filepath.Join("questions", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(fields) != columns {
				t.Fatalf("%s: %q has %d columns, want %d", name, line, len(fields), columns)
			}
			list = append(list, fields)
		}
		return list[1:]
	}
	halves, languages, known := map[string]int{}, map[string]bool{}, map[string]bool{}
	revision := regexp.MustCompile(`^[0-9a-f]{40}$`)
	for _, r := range rows("repos.tsv", 7) {
		name, language, hash, licence, half := r[0], r[1], r[3], r[5], r[6]
		known[name], languages[language] = true, true
		halves[half]++
		permissive := []string{"MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "Zlib"}
		if !revision.MatchString(hash) || !slices.Contains(permissive, licence) {
			t.Errorf("%s: revision %s, licence %s", name, hash, licence)
		}
	}
	even := halves["tune"] == halves["report"] && len(halves) == 2
	if len(known) < 12 || len(languages) < 5 || !even {
		t.Errorf("%d repositories, %d languages, halves %v", len(known), len(languages), halves)
	}
	asked := map[string]bool{}
	for _, q := range rows("tasks.tsv", 5) {
		repo, category, query, targets, wording := q[0], q[1], q[2], strings.Split(q[3], ";"), q[4]
		categories := []string{"behaviour", "architecture", "bug", "identifier"}
		if !known[repo] || asked[query] || !slices.Contains(categories, category) || wording != "plain" && wording != "indirect" {
			const odd = "%s, %s, %s: %q is asked already, or its repository, category or wording is not known"
			t.Errorf(odd, repo, category, wording, query)
		}
		asked[query] = true
		for _, target := range targets {
			if index.IsTest(target) {
				t.Errorf("%q asks for the test %s", query, target)
			}
			named := words.Of(strings.TrimSuffix(path.Base(target), path.Ext(target)))
			for _, w := range words.Of(query) {
				if category != "identifier" && len(w) > 2 && slices.Contains(named, w) {
					t.Errorf("%q says %q, which is in the name of %s", query, w, target)
				}
			}
		}
	}
	if len(asked) < 150 {
		t.Errorf("%d questions, want 150", len(asked))
	}
}

func TestSectionIsReplacedOrAdded(t *testing.T) {
	for _, c := range []struct{ before, want string }{
		{"", "## a\nnew\n"},
		{"# R\n", "# R\n\n## a\nnew\n"},
		{"# R\n\n## a\nold\n", "# R\n\n## a\nnew\n"},
		{"## a\nold\n\n## ab\nkept\n", "## a\nnew\n\n## ab\nkept\n"},
		{"## ab\nkept\n\n## a\nold\n\n## b\nkept\n", "## ab\nkept\n\n## a\nnew\n\n## b\nkept\n"},
	} {
		if got := withSection(c.before, "a", "## a\nnew\n"); got != c.want {
			t.Errorf("%q became %q, want %q", c.before, got, c.want)
		}
		if again := withSection(c.want, "a", "## a\nnew\n"); again != c.want {
			t.Errorf("%q became %q, want no change", c.want, again)
		}
	}
}

func TestCommandIsAsAShellReadsIt(t *testing.T) {
	got := strings.Join(quoted([]string{"-title", "two words", "it's", "", "plain"}), " ")
	if want := `-title 'two words' 'it'\''s' '' plain`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
