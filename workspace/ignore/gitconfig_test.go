package ignore

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfigSameAsGit reads core.excludesFile with this package and with git.
func TestConfigSameAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("this test compares with git itself: install git")
	}
	isolate(t, t.TempDir())
	for _, data := range []string{
		"[core]\nexcludesfile = plain\n",
		"[core]\nexcludesfile=plain",
		"[CORE]\r\n\tExcludesFile =  a b  \r\n",
		"[core]excludesfile = same line\n",
		"[core]\nexcludesfile = \"a  # b\" ; c\n",
		"[core]\nexcludesfile = a # b\n",
		"[core]\nexcludesfile = a\\\n  b\n",
		"[core]\nexcludesfile = \"a\\tb\\\\c\\\"d\"  \n",
		"[core]\nexcludesfile = one\nexcludesfile = two\n",
		"[core]\nexcludesfile =\n",
		"# c\n; d\n[core]\n# e\nexcludesfile = x\n",
		"[core \"sub ]\\\" x\"]\nexcludesfile = no\n[core]\nbare\nexcludesfile = yes\n",
		"[core \"sub\"]\nexcludesfile = no\n",
		"[core.sub]\nexcludesfile = no\n",
		"[alias]\ncore = x\nst = status -sb\n[core]\n\n\n  excludesfile = z",
		"\ufeff[core]\nexcludesfile = bom\n",
		"[user]\nname = \"A; B\"\n[core]\nexcludesfile = é\n",
		"[core]\nexcludesfile = a\"b c\"d e\n",
		"[core]\nignorecase\nexcludesfile = a\\\\b\n",
	} {
		file := filepath.Join(t.TempDir(), "config")
		write(t, file, data)
		out, err := exec.Command("git", "config", "--file", file, "--get", "core.excludesfile").Output()
		set := err == nil
		if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() != 1) { // 1: not set
			t.Fatalf("git config of %q: %v", data, err)
		}
		var c gitConfig
		c.read(file, "/home/me")
		if want := strings.TrimSuffix(string(out), "\n"); filepath.ToSlash(c.excludes) != want || c.hasExcludes != set {
			t.Errorf("%q: got %q (set: %v), git says %q (set: %v)", data, c.excludes, c.hasExcludes, want, set)
		}
	}
}

func TestConfigBooleans(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, " = true": true, " = YES": true, " = on": true, " = 1": true, " = 0": false, " = false": false,
		" = no": false, " = off": false, " =": false, " = 2": true,
	} {
		file := filepath.Join(t.TempDir(), "config")
		write(t, file, "[core]\nignorecase"+value+"\n")
		var c gitConfig
		c.read(file, "")
		if want = want || value == ""; c.fold != want { // a key alone is true
			t.Errorf("ignorecase%s: got %v", value, c.fold)
		}
	}
}

func TestConfigIncludes(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, ".gitconfig"), "[include]\npath = ~/more\npath = other/file\n[include]\npath = .gitconfig\n")
	write(t, filepath.Join(home, "more"), "[core]\nexcludesFile = ~/mine\n")
	write(t, filepath.Join(home, "other", "file"), "[core]\nignoreCase = true\n[include]\npath = file\npath = file\n")
	var c gitConfig
	c.read(filepath.Join(home, ".gitconfig"), home) // and comes back, though the files include themselves
	if c.excludes != filepath.Join(home, "mine") || !c.fold || c.files > 3*maxIncludes {
		t.Errorf("got %+v", c)
	}
}

func TestExcludesFile(t *testing.T) {
	abs := filepath.Join(t.TempDir(), "mine")
	u := &user{xdg: filepath.Join("x", "config")}
	for _, c := range []struct {
		config gitConfig
		want   string
	}{
		{gitConfig{}, filepath.Join("x", "config", "git", "ignore")},
		{gitConfig{hasExcludes: true}, ""},
		{gitConfig{hasExcludes: true, excludes: abs}, abs},
		{gitConfig{hasExcludes: true, excludes: "rel"}, filepath.Join("top", "rel")},
	} {
		if got := u.excludes(c.config, "top"); got != c.want {
			t.Errorf("%+v: got %q", c.config, got)
		}
	}
	if got := (&user{}).excludes(gitConfig{}, "top"); got != "" {
		t.Errorf("without a home: got %q", got)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("[core]\nexcludesfile = a\n[x \"y\"]\nz\n")
	f.Fuzz(func(_ *testing.T, data string) {
		eachSetting(data, func(string, string, bool) {})
	})
}
