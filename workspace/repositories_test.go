package workspace

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// git runs the real one in dir, with nobody's configuration.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	args = append([]string{
		"-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main",
		"-c", "advice.detachedHead=false", "-c", "commit.gpgsign=false",
	}, args...)
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	cmd.Env = slices.DeleteFunc(cmd.Env, func(env string) bool { // what git sets for a hook that runs tests
		return strings.HasPrefix(env, "GIT_DIR=") || strings.HasPrefix(env, "GIT_WORK_TREE=") || strings.HasPrefix(env, "GIT_INDEX_FILE=")
	})
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestRepositoriesOfGit has what git itself makes below a folder: another working tree of it, a submodule, and a clone.
func TestRepositoriesOfGit(t *testing.T) {
	top := build(t, `
		a.go x
		.gitignore *.log
		app.log x
	`)
	library := filepath.Join(filepath.Dir(top), "library")
	write(t, filepath.Join(library, "l.go"), "x")
	write(t, filepath.Join(library, "l.log"), "x")
	git(t, library, "init", "-q")
	git(t, library, "add", ".")
	git(t, library, "commit", "-qm", "library")
	git(t, top, "init", "-q")
	git(t, top, "submodule", "--quiet", "add", library, "deps/library")
	git(t, top, "add", ".")
	git(t, top, "commit", "-qm", "all")
	git(t, top, "worktree", "add", "-q", ".worktrees/fix", "-b", "fix")
	git(t, top, "clone", "-q", library, "nested")
	expect(t, mustDiscover(t, top, Options{}).String(), `
		.gitignore
		.gitmodules
		a.go
		nested/l.go
		nested/l.log
		deps/library/l.go
		deps/library/l.log
		- .git: version control: .git (built-in)
		- app.log: *.log (.gitignore:1)
		- .worktrees/fix: another working tree of this git repository (built-in)
		- nested/.git: version control: .git (built-in)
		- deps/library/.git: version control: .git (built-in)
	`)
	// A working tree outside is a folder like others.
	outside := filepath.Join(filepath.Dir(top), "outside")
	git(t, top, "worktree", "add", "-q", outside, "-b", "outside")
	expect(t, mustDiscover(t, outside, Options{}).String(), `
		.gitignore
		.gitmodules
		a.go
		- .git: version control: .git (built-in)
	`)
}

// TestSparseCheckouts: what is there is found, what is tracked in spite of the rules too, in each form of sparse index.
func TestSparseCheckouts(t *testing.T) {
	for _, how := range [][]string{{"--cone", "--no-sparse-index"}, {"--cone", "--sparse-index"}, {"--no-cone"}} {
		t.Run(strings.Join(how, " "), func(t *testing.T) {
			top := build(t, `
				.gitignore *.log
				a.go x
				in/b.go x
				in/kept.log x
				out/c.go x
				out/deep/d.go x
			`)
			git(t, top, "init", "-q")
			git(t, top, "add", ".")
			git(t, top, "add", "-f", "in/kept.log")
			git(t, top, "commit", "-qm", "all")
			git(t, top, append([]string{"sparse-checkout", "init"}, how...)...)
			set := []string{"sparse-checkout", "set", "in"}
			if how[0] == "--no-cone" {
				set = append(set, "/.gitignore", "/a.go") // cones have what stands at the top
			}
			git(t, top, set...)
			write(t, filepath.Join(top, "in", "other.log"), "x")
			d := mustDiscover(t, top, Options{})
			expect(t, d.String(), `
				.gitignore
				a.go
				in/b.go
				in/kept.log
				- .git: version control: .git (built-in)
				- in/other.log: *.log (.gitignore:1)
			`)
			if len(d.Warnings) > 0 {
				t.Errorf("%q", d.Warnings)
			}
		})
	}
}
