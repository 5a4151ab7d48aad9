package ignore

import (
	"path/filepath"
	"testing"
)

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
