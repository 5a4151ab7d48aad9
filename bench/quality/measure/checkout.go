package measure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Revision is what is checked out of a repository.
type Revision struct {
	Hash string // "" where nobody knows
	Date string // of the commit, or ""
}

// RevisionsFile is a table, in the directory of the checkouts, of those that are no git repositories: repo, revision
// and date.
const RevisionsFile = "revisions.tsv"

type revisions map[string]Revision

func readRevisions(checkouts string) (revisions, error) {
	known := revisions{}
	t, err := readTable(filepath.Join(checkouts, RevisionsFile), "repo", "revision", "date")
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	for _, row := range t.rows {
		known[row["repo"]] = Revision{row["revision"], row["date"]}
	}
	return known, err
}

// of returns the revision of a checkout: what git says of it, else what the table says.
func (known revisions) of(name, dir string) Revision {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		out, err := exec.Command("git", "-C", dir, "log", "-1", "--format=%H %cs").Output()
		if hash, date, ok := strings.Cut(strings.TrimSpace(string(out)), " "); err == nil && ok {
			return Revision{hash, date}
		}
	}
	return known[name]
}

// Git runs git with the arguments.
type Git func(ctx context.Context, arguments ...string) error

// System is the git of this machine. Its words are part of the error.
func System(ctx context.Context, arguments ...string) error {
	out, err := exec.CommandContext(ctx, "git", arguments...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(arguments, " "), err, out)
	}
	return err
}

// Clone makes the checkouts of the table's repositories that are not there yet, of one commit each, from the
// addresses that base followed by the github column makes, and says what it does. It asks for the pinned revision,
// and where that cannot be had for the newest. One that fails leaves nothing behind, and does not keep the others from
// being made.
func Clone(ctx context.Context, git Git, repos, checkouts, base string, say func(string)) error {
	t, err := readTable(repos, "repo", "github", "revision")
	if err != nil {
		return err
	}
	var failed []error
	for i, row := range t.rows {
		dir := filepath.Join(checkouts, row["repo"])
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		say(fmt.Sprintf("%d of %d: %s", i+1, len(t.rows), row["github"]))
		newest, err := cloneOne(ctx, git, dir, base+row["github"], row["revision"])
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), os.RemoveAll(dir))
		}
		if err != nil {
			failed = append(failed, err, os.RemoveAll(dir))
		}
		if newest {
			say(fmt.Sprintf("%s: revision %s cannot be had, this is the newest", row["repo"], row["revision"]))
		}
	}
	return errors.Join(failed...)
}

func cloneOne(ctx context.Context, git Git, dir, address, revision string) (newest bool, err error) {
	if err := git(ctx, "init", "--quiet", dir); err != nil {
		return false, err
	}
	fetch := func(what string) error { return git(ctx, "-C", dir, "fetch", "--quiet", "--depth", "1", address, what) }
	if fetch(revision) != nil {
		newest = true
		if err := fetch("HEAD"); err != nil {
			return false, err
		}
	}
	return newest, git(ctx, "-C", dir, "checkout", "--quiet", "FETCH_HEAD")
}
