package ignore

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// repository is a working tree of git.
type repository struct {
	top    string // the directory that holds the .git entry
	common string // the git directory that all working trees of the repository share
	config gitConfig
	// tracked reads the index, the first time that a rule would leave something out.
	tracked func() *tracked
}

// repositoryAt returns the repository whose top is dir, or nil. A .git directory counts if it has a HEAD, a .git
// file if it names a directory that has one: anything else git walks past as well.
func repositoryAt(dir string, u *user) *repository {
	dot := filepath.Join(dir, ".git")
	info, err := os.Stat(dot)
	if err != nil {
		return nil
	}
	gitDir := dot
	if !info.IsDir() {
		data, cut, err := readRegular(dot, maxPattern+16, true)
		target, ok := strings.CutPrefix(data, "gitdir:")
		if err != nil || cut || !ok {
			return nil
		}
		gitDir = from(dir, strings.TrimSpace(target))
	}
	if _, err := os.Lstat(filepath.Join(gitDir, "HEAD")); err != nil {
		return nil
	}
	r := &repository{top: dir, common: gitDir, config: u.config}
	r.config.files = 0
	if data, _, err := readRegular(filepath.Join(gitDir, "commondir"), maxPattern+16, true); err == nil {
		r.common = from(gitDir, strings.TrimSpace(data))
	}
	if real, err := filepath.EvalSymlinks(r.common); err == nil {
		r.common = real
	}
	r.config.read(filepath.Join(r.common, "config"), u.home)
	r.tracked = sync.OnceValue(func() *tracked { return readTracked(gitDir, r.config.hash()) })
	return r
}

// enclosing returns the repository that dir lies in, or nil.
func enclosing(dir string, u *user) *repository {
	for {
		if r := repositoryAt(dir, u); r != nil {
			return r
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

func from(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
