package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/vectors/simd"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// plenty is a disk with room.
func plenty(string) (int64, bool) { return 1 << 40, true }

func TestDoctorOfAHealthyProject(t *testing.T) {
	s := newSandbox(t)
	s.must("index", s.project)
	said := s.must("doctor", s.project)
	for _, want := range []string{
		thisBuild().String(), "[ok] machine", "vector instructions: " + simd.Kernel(), "[ok] settings",
		"cache.directory               " + s.cache + ", from the environment variable SEMANTIC_LS_CACHE_DIRECTORY",
		"embedding.key                 (not set), from the defaults", "features.duplicateDiagnostics false",
		"[ok] model", "[ok] cache", "[ok] index",
		s.project + ": 5 of 5 files (100 %)",
		"health: ok", "1 paths are left out", "[ok] following changes", "4 directories to follow",
		"[ok] log", s.logs, "editors", "all is well",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
}

func TestDoctorAsJSON(t *testing.T) {
	s := newSandbox(t)
	state := objects(t, s.must("doctor", "--json", s.project))[0]
	var names []string
	for _, c := range state["checks"].([]any) {
		c := c.(map[string]any)
		names = append(names, c["name"].(string))
		if v := c["verdict"]; v != verdictOK && v != verdictNote || len(c["found"].([]any)) == 0 {
			t.Errorf("%v", c)
		}
	}
	want := []string{"machine", "settings", "model", "cache", "index", "following changes", "log", "editors"}
	if !slices.Equal(names, want) {
		t.Errorf("checks %v, want %v", names, want)
	}
	if n := len(state["settings"].([]any)); n != len(settings.Table()) {
		t.Errorf("%d settings", n)
	}
	if errors, ok := state["errors"].([]any); !ok || len(errors) != 0 {
		t.Errorf("errors %v", state["errors"])
	}
	if n := s.indexes(); n != 0 {
		t.Errorf("looking made %d indexes", n)
	}
	for _, path := range []string{s.cache, s.logs} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("looking made %s: %v", path, err)
		}
	}
}

// The index of every folder is looked at, not only of the one that is asked about.
func TestDoctorLooksAtAllIndexes(t *testing.T) {
	s := newSandbox(t)
	other := filepath.Join(filepath.Dir(s.project), "other")
	s.write(filepath.Join(other, "a.go"), "package a\n")
	s.must("index", other)
	said := s.must("doctor", s.project)
	for _, want := range []string{s.project + " has none", "    " + other + ": ", " B, health: ok"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	s.write(filepath.Join(other, "below", "b.go"), "package below\n")
	if said := s.must("doctor", filepath.Join(other, "below")); strings.Count(said, "health: ok") != 1 {
		t.Errorf("the index that a directory below is in is told twice:\n%s", said)
	}
	s.damage()
	r := s.run("doctor", s.project)
	if r.code != exitNone || !strings.Contains(r.stdout, "hint: semantic-ls index '"+other+"' mends it") {
		t.Errorf("exit code %d:\n%s", r.code, r.stdout)
	}
}

// damage overwrites the manifest of the only index.
func (s *sandbox) damage() {
	s.t.Helper()
	manifests, err := filepath.Glob(filepath.Join(s.cache, "*", "*", "MANIFEST"))
	if err != nil || len(manifests) != 1 {
		s.t.Fatalf("%v, %v", manifests, err)
	}
	info, err := os.Stat(manifests[0])
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := os.ReadFile(manifests[0])
	if err != nil {
		s.t.Fatal(err)
	}
	text[info.Size()-1] ^= 1
	s.write(manifests[0], string(text))
}

// A key is in the environment of whoever reports a problem.
func TestDoctorKeepsKeys(t *testing.T) {
	s := newSandbox(t)
	s.env = append(s.env, "SEMANTIC_LS_EMBEDDING_KEY=sk-very-secret", "OPENAI_API_KEY=sk-very-secret",
		"SEMANTIC_LS_EMBEDDING_PROVIDER=openai", "SEMANTIC_LS_EMBEDDING_MODEL=m",
		"SEMANTIC_LS_EMBEDDING_BASE_URL=http://127.0.0.1:1/v1")
	for _, args := range [][]string{{"doctor", s.project}, {"doctor", "--json", s.project}} {
		r := s.run(args...)
		if r.code != exitFound || strings.Contains(r.stdout+r.stderr, "very-secret") || !strings.Contains(r.stdout, "with a key") {
			t.Errorf("%q: exit code %d\n%s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(s *sandbox)
		says []string // of stdout
	}{
		"a mistake in the settings": {
			func(s *sandbox) { s.write(s.config, `{"embedding": {"provider": "oracle"}}`) },
			[]string{
				"[wrong] settings", "embedding.provider is \"oracle\" in ",
				"hint: correct it: no command and no server works before", "1 thing is wrong",
			},
		},
		"a model file that is gone": {
			func(s *sandbox) { s.env = append(s.env, "SEMANTIC_LS_EMBEDDING_MODEL_FILE="+s.project+"-model.bin") },
			[]string{"[wrong] model", "project-model.bin", "hint: correct embedding.modelFile, or unset it"},
		},
		"a cache that cannot be": {
			func(s *sandbox) { s.write(s.cache, "a file") },
			[]string{
				"[wrong] cache", "every index is made anew in memory",
				"hint: make it yours to write, or set cache.directory to another one",
			},
		},
		"a log that cannot be": {
			func(s *sandbox) { s.write(filepath.Dir(s.logs), "a file") },
			[]string{"[wrong] log", "it cannot be written", "or set log.file to another one"},
		},
		"a damaged index": {
			func(s *sandbox) {
				s.must("index", s.project)
				s.damage()
			},
			[]string{"[wrong] index", "hint: semantic-ls index '"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSandbox(t)
			c.harm(s)
			r := s.run("doctor", s.project)
			if r.code != exitNone || r.stderr != "" {
				t.Errorf("exit code %d, stderr %s", r.code, r.stderr)
			}
			for _, want := range c.says {
				if !strings.Contains(r.stdout, want) {
					t.Errorf("it does not say %q:\n%s", want, r.stdout)
				}
			}
		})
	}
	s := newSandbox(t)
	if r := s.run("doctor", filepath.Join(s.project, "none")); r.code != exitError {
		t.Errorf("no directory: %+v", r)
	}
}

func TestDoctorOfADiskThatIsFull(t *testing.T) {
	s := newSandbox(t)
	loaded := load(t, "cache.directory", s.cache)
	if c := checkCache(loaded, plenty); c.Verdict != verdictOK {
		t.Errorf("%+v", c)
	}
	for free, want := range map[int64]string{5e6: verdictWrong, 500e6: verdictNote} {
		c := checkCache(loaded, func(at string) (int64, bool) {
			if at == s.cache || !strings.HasPrefix(s.cache, at) {
				t.Errorf("asked about %s", at)
			}
			return free, true
		})
		found := slices.Contains(c.Found, size(free)+" are free on its disk")
		if c.Verdict != want || !found || !strings.Contains(c.Advice[0], "cache prune") {
			t.Errorf("%+v", c)
		}
	}
	s.must("index", s.project)
	if err := os.RemoveAll(s.project); err != nil {
		t.Fatal(err)
	}
	c := checkCache(loaded, plenty)
	if c.Verdict != verdictNote || !slices.Contains(c.Found, "1 of them are of folders that are gone") {
		t.Errorf("%+v", c)
	}
}

func TestDoctorCountsWhatThereIsToFollow(t *testing.T) {
	s := newSandbox(t)
	for _, c := range []struct {
		watches string
		verdict string
		advice  string
	}{
		{"8192", verdictOK, ""},
		{"5", verdictNote, "fs.inotify.max_user_watches=524288"},
		{"2", verdictWrong, "fs.inotify.max_user_watches=524288"},
		{"nonsense", verdictOK, ""},
	} {
		limits := t.TempDir()
		s.write(filepath.Join(limits, "max_user_watches"), c.watches+"\n")
		s.write(filepath.Join(limits, "max_user_instances"), "128\n")
		got, err := checkFollowing(t.Context(), s.project, limits)
		if err != nil || got.Verdict != c.verdict || strings.Contains(strings.Join(got.Advice, "\n"), "max_user") != (c.advice != "") {
			t.Errorf("%s: %+v, %v", c.watches, got, err)
		}
		if c.advice != "" && !strings.Contains(got.Advice[0], c.advice) {
			t.Errorf("%s: %+v", c.watches, got)
		}
	}
	if got := roundUp(600_000); got != 1<<20 {
		t.Errorf("600,000 is rounded up to %d", got)
	}
}

// The last warnings and errors of all servers, in the order of their times; nothing of what is no log.
func TestLastErrors(t *testing.T) {
	s := newSandbox(t)
	line := func(n int, level, text string) string {
		return fmt.Sprintf("2026-01-02T03:04:%02d.000Z\t%s\t%s\n", n, level, text)
	}
	s.write(filepath.Join(s.logs, "serve.log"), line(3, "info", "no")+line(4, "error", "four\x1b[31m")+"torn")
	s.write(filepath.Join(s.logs, "serve-2.old.log"), line(1, "warn", "one")+"\t\n\twarn\n")
	s.write(filepath.Join(s.logs, "notes.txt"), line(2, "error", "not a log"))
	said := s.must("doctor", s.project)
	_, last, ok := strings.Cut(said, "last warnings and errors of the logs:\n")
	want := "    2026-01-02T03:04:01.000Z\twarn\tone\n    2026-01-02T03:04:04.000Z\terror\tfour\\x1b[31m\n"
	if !ok || !strings.HasPrefix(last, want) {
		t.Errorf("it says\n%s", said)
	}

	var many strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&many, "2026-01-02T03:%02d:%02d.000Z\twarn\tnumber %d %s\n", n/60%60, n%60, n, strings.Repeat("x", 40))
	}
	many.WriteString("2026-01-03\terror\t" + strings.Repeat("é", 2*maxErrorLine) + "\n")
	file := filepath.Join(t.TempDir(), "own.log")
	s.write(file, many.String())
	got := lastErrors(load(t, "log.file", file))
	if len(got) != maxErrors || len(got[maxErrors-1]) > maxErrorLine+len("...") || !strings.HasSuffix(got[maxErrors-1], "é...") {
		t.Errorf("%d lines, the last of %d bytes", len(got), len(got[len(got)-1]))
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := lastErrors(load(t, "log.file", file)); len(got) != 0 {
		t.Errorf("of no file: %v", got)
	}
}

// What a server warned of is what doctor shows.
func TestDoctorShowsWhatAServerWarnedOf(t *testing.T) {
	s := newSandbox(t)
	srv := s.serve("serve")
	lsptest.Attach(t, srv, func(e *lsptest.Editor) {
		e.Initialize(lsptest.Options{})
		e.Send("no JSON at all")
		e.AwaitOrphan()
		if err := e.Shutdown(); err != nil {
			t.Error(err)
		}
		e.Exit()
		srv.exit()
	})
	said := s.must("doctor", s.project)
	if !strings.Contains(said, "\twarn\tbad message") || !strings.Contains(said, filepath.Join(s.logs, "serve.log")) {
		t.Errorf("it says\n%s", said)
	}
}
