package ignore

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Rules are those in force inside one directory. They are immutable and safe for concurrent use; files of rules that
// change later are not seen.
type Rules struct {
	dir      string      // absolute
	rel      string      // from the repository's top, or the opened folder, to dir; ends in a slash unless empty
	root     string      // the opened folder, for naming sources
	user     *user       // outside of any repository
	repo     *repository // nil: none
	repoBase int         // length of the part of rel above the repository's top
	ignored  Skip        // git's rule that leaves this directory out, but for what is tracked in it
	git      []*list     // weakest first
	semantic []*list     // weakest first
	warnings []string
}

// Root returns the rules inside dir: those of its own files, those of the directories above it up to the
// repository's top, and those of the repository and of the user. An opened folder that the rules above it ignore is
// not ignored: opening it said otherwise. It returns an error if dir does not exist or is not a directory; rules that
// cannot be read are Warnings.
func Root(dir string) (*Rules, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("ignore rules of %s: %w", dir, err)
	}
	// Git sees the real path, so what lies above a linked folder is what lies above its target.
	abs, err = filepath.EvalSymlinks(abs)
	if err != nil {
		return nil, fmt.Errorf("ignore rules of %s: %w", dir, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, fmt.Errorf("ignore rules of %s: %w", dir, err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("ignore rules of %s: not a directory", dir)
	}
	r := &Rules{dir: abs, root: abs, user: currentUser()}
	repo := enclosing(abs, r.user)
	if repo == nil {
		r.enter(nil)
		return r, nil
	}
	below, err := filepath.Rel(repo.top, abs)
	if err != nil {
		return nil, fmt.Errorf("ignore rules of %s: %w", dir, err)
	}
	r.dir = repo.top
	r.enter(repo)
	if below != "." {
		for name := range strings.SplitSeq(below, string(filepath.Separator)) {
			warnings := r.warnings
			r = r.sub(name, nil) // the nearest repository was found above: no other begins on the way
			r.warnings = append(warnings, r.warnings...)
		}
	}
	return r, nil
}

// Sub returns the rules inside the sub-directory name: its .gitignore and .semanticignore are added, and if a
// repository begins there its rules take the place of the outer one's. It never fails: a directory that vanished has
// no files of its own. It reads at most three small files.
func (r *Rules) Sub(name string) *Rules {
	return r.sub(name, repositoryAt(filepath.Join(r.dir, name), r.user))
}

// Enter is Sub for a walk: skip says whether the directory is left out for what it is inside, which is another
// working tree of the repository around it, as `git worktree add` makes them: its files are this folder's at another
// commit.
func (r *Rules) Enter(name string) (sub *Rules, skip Skip) {
	sub = r.Sub(name)
	subTop, subShared := sub.Repository()
	top, shared := r.Repository()
	if subTop != top && shared != "" && subShared == shared {
		skip = builtIn("another working tree of this git repository")
	}
	if subTop != top {
		sub.ignored = Skip{}
	} else if p, _ := last(r.semantic, r.rel+name, name, true); p == nil && !r.ignored.Skipped() {
		sub.ignored = r.byGit(r.rel+name, name, true)
	}
	return sub, skip
}

func (r *Rules) sub(name string, repo *repository) *Rules {
	s := *r
	s.dir, s.rel, s.warnings = filepath.Join(r.dir, name), r.rel+name+"/", nil
	s.enter(repo)
	return &s
}

// enter adds the files of r.dir; r is not shared yet. repo begins here, or is nil. Outside of any repository only
// the user's own file holds.
func (r *Rules) enter(repo *repository) {
	if repo != nil || r.rel == "" {
		r.repo, r.git, r.repoBase = repo, nil, len(r.rel)
		config := r.user.config
		if repo != nil {
			config = repo.config
		}
		r.addGit(r.user.excludes(config, r.dir), config.fold, true)
		if repo != nil {
			r.addGit(filepath.Join(repo.common, "info", "exclude"), config.fold, true)
		}
	}
	fold := r.repo != nil && r.repo.config.fold
	r.addGit(filepath.Join(r.dir, ".gitignore"), fold, false)
	file := filepath.Join(r.dir, ".semanticignore")
	if l := r.read(file, fold, false); l != nil {
		r.semantic = append(slices.Clip(r.semantic), l)
	}
}

func (r *Rules) addGit(file string, fold, follow bool) {
	if file == "" {
		return
	}
	if l := r.read(file, fold, follow); l != nil {
		r.git = append(slices.Clip(r.git), l)
	}
}

func (r *Rules) read(file string, fold, follow bool) *list {
	l, warnings := readList(file, r.source(file), len(r.rel), fold, follow)
	r.warnings = append(r.warnings, warnings...)
	return l
}

// source names a file of rules: from the opened folder if it lies in the same repository or below, else from the
// home, else in full.
func (r *Rules) source(file string) string {
	top := r.root
	if r.repo != nil && within(r.root, r.repo.top) {
		top = r.repo.top
	}
	if within(file, top) {
		if rel, err := filepath.Rel(r.root, file); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	if home := r.user.home; home != "" && within(file, home) {
		if rel, err := filepath.Rel(home, file); err == nil {
			return "~/" + filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(file)
}

// within reports whether path is dir or lies below it; both are clean.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator)))
	return ok && (rest == "" || rest[0] == filepath.Separator)
}

// Warnings lists the files of rules that this directory adds and that could not be used in full, each with the
// reason; normally empty.
func (r *Rules) Warnings() []string {
	list := slices.Clone(r.warnings)
	if r.repo != nil && (len(r.rel) == r.repoBase || r.dir == r.root) { // it begins here
		if w := r.repo.tracked().warning; w != "" {
			list = append(list, w)
		}
	}
	return list
}

// Repository returns the top of the git working tree in force here and the git directory that all working trees of
// that repository share; both are empty outside of any, and the shared one is empty for a bare repository, which has
// no working tree of its own. Two directories with the same shared one are copies of one repository if their tops
// differ.
func (r *Rules) Repository() (top, shared string) {
	switch {
	case r.repo == nil:
		return "", ""
	case r.repo.config.bare:
		return r.repo.top, ""
	}
	return r.repo.top, r.repo.common
}

// Match says whether the entry name of this directory is left out; isDir is false for a symbolic link. It does not
// ask whether the directory itself is: a walk does not enter what Match skipped.
func (r *Rules) Match(name string, isDir bool) Skip {
	folded := strings.ToLower(name)
	if s := versionControl(folded, isDir); s.Skipped() {
		return s
	}
	full := r.rel + name
	p, l := last(r.semantic, full, name, isDir)
	if p != nil && !p.negated {
		return p.skip(l)
	}
	if p == nil || !p.names() {
		if s := credentials(folded, isDir); s.Skipped() {
			return s
		}
	}
	if p != nil {
		return Skip{}
	}
	s := r.ignored
	if !s.Skipped() {
		s = r.byGit(full, name, isDir)
	}
	if s.Skipped() && !r.tracks(full) {
		return s
	}
	if isDir {
		return r.worthlessDir(folded, name)
	}
	return worthlessFile(folded)
}

// byGit says which of git's rules leaves an entry out, tracked or not.
func (r *Rules) byGit(full, name string, isDir bool) Skip {
	if p, l := last(r.git, full, name, isDir); p != nil && !p.negated {
		return p.skip(l)
	}
	return Skip{}
}

// tracks reports whether git tracks the entry, or something below it.
func (r *Rules) tracks(full string) bool {
	return r.repo != nil && r.repo.tracked().has(full[r.repoBase:])
}

// Path says whether rel, a slash path below this directory, is left out, itself or a directory above it. Each call
// reads the files of rules on the way. A path that leaves the directory is skipped.
func (r *Rules) Path(rel string, isDir bool) Skip {
	rel = path.Clean(rel)
	if rel == "." {
		return Skip{}
	}
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return builtIn("outside of the folder")
	}
	for {
		name, rest, more := strings.Cut(rel, "/")
		if s := r.Match(name, isDir || more); s.Skipped() || !isDir && !more {
			return s
		}
		sub, s := r.Enter(name)
		if s.Skipped() || !more {
			return s
		}
		r, rel = sub, rest
	}
}

// last returns the pattern that decides, and its list: the last match in the strongest list that has one.
func last(lists []*list, full, name string, isDir bool) (*pattern, *list) {
	for _, l := range slices.Backward(lists) {
		if p := l.last(full, name, isDir); p != nil {
			return p, l
		}
	}
	return nil, nil
}

func (p *pattern) skip(l *list) Skip {
	return Skip{Rule: p.text, Source: l.source + ":" + strconv.Itoa(p.line)}
}

func builtIn(rule string) Skip { return Skip{Rule: rule, Source: "built-in"} }
