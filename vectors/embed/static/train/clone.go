package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cloneMissing clones the repositories that have no clone yet, those included whose files are left out. One that fails
// leaves nothing behind, and does not keep the others from being cloned.
func cloneMissing(ctx context.Context, o options, corpus []source, left without, p *progress) error {
	all := slices.Concat(corpus, left)
	var failed []error
	for i, s := range all {
		if s.revision == "" || cloneOf(o.clones, s.name) != "" {
			continue
		}
		p.done("cloning %d of %d: %s", i+1, len(all), s.name)
		dir := filepath.Join(o.clones, strings.ReplaceAll(s.name, "/", "+"))
		err := clone(ctx, dir, o.from+s.name, s.revision, o.commits > 0)
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), os.RemoveAll(dir))
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%w (a revision that cannot be had any more: take %s off the list)", err, s.name),
				os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

// clone makes a bare clone whose HEAD is the revision: of that commit alone, or with all its history. A part of the
// history would not do: which commits it has depends on who made it.
func clone(ctx context.Context, dir, address, revision string, history bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	fetch := []string{"fetch", "--quiet", "--no-tags", "--depth=1", address, revision}
	if history {
		fetch = slices.Delete(fetch, 3, 4)
	}
	for _, arguments := range [][]string{
		{"init", "--quiet", "--bare"},
		fetch,
		{"update-ref", "--no-deref", "HEAD", revision},
	} {
		if _, err := git(ctx, dir, arguments...); err != nil {
			return err
		}
	}
	return nil
}
