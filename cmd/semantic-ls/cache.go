package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/vectors/store/rows"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

func (p *process) cacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache list|prune|clear",
		Short: "List, prune or clear what is kept on disk",
		Long: `What is kept on disk are the indexes of folders, and the vectors of a provider that
all indexes share. Deleting it loses nothing but time, and what the provider takes
for the same vectors again.`,
		Example: `  semantic-ls cache list
  semantic-ls cache prune --dry-run`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return hinted("semantic-ls cache list", "which of list, prune and clear?")
			}
			hint := "it is one of list, prune and clear"
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "did you mean `semantic-ls cache " + near[0] + "`?"
			}
			return hinted(hint, "%q is not a command", args[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // Args has refused it
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(p.cacheListCommand(), p.cachePruneCommand(), p.cacheClearCommand())
	return cmd
}

func (p *process) cacheListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the indexes and the vectors",
		Long: `Lists the index of each folder and model, and the vectors of providers that all
indexes share.`,
		Example: `  semantic-ls cache list
  semantic-ls cache list --json | jq -r '.indexes[] | select(.exists == false).root'`,
		Args: atMost(0, 0, func([]string) string { return "semantic-ls cache list" }),
		RunE: func(*cobra.Command, []string) error {
			s, err := p.cacheSettings()
			if err != nil {
				return err
			}
			state, err := readCache(s)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(p.stdout, state)
			}
			return p.writeCache(state)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: directory, indexes, vectors")
	return cmd
}

func (p *process) cachePruneCommand() *cobra.Command {
	var r removal
	cmd := &cobra.Command{
		Use:   "prune [flags]",
		Short: "Remove what nobody uses any more",
		Long: `Removes the indexes of folders that are gone, and those that nobody has used for two
months; and of the vectors that indexes share the oldest, until they keep to
cache.vectorBytes. What another process has open is left, and said.`,
		Example: `  semantic-ls cache prune
  semantic-ls cache prune --dry-run --json`,
		Args: atMost(0, 0, func([]string) string { return "semantic-ls cache prune" }),
		RunE: func(*cobra.Command, []string) error {
			s, err := p.cacheSettings()
			if err != nil {
				return err
			}
			now := time.Now()
			return p.remove(s, r, func(i store.Stored) string {
				switch {
				case i.Root != "" && gone(i.Root):
					return "its folder is gone"
				case i.Unused(now):
					return "unused for two months"
				}
				return ""
			}, func(directory string) (int64, error) { return rows.Shrink(directory, s.Cache.VectorBytes, now) })
		},
	}
	r.add(cmd)
	return cmd
}

func (p *process) cacheClearCommand() *cobra.Command {
	var r removal
	cmd := &cobra.Command{
		Use:   "clear [flags]",
		Short: "Remove all indexes and vectors",
		Long: `Says what is there, and removes all of it: every index, and the vectors that indexes
share. What another process has open is left, and said: exit code 2.`,
		Example: `  semantic-ls cache clear --dry-run
  semantic-ls cache clear`,
		Args: atMost(0, 0, func([]string) string { return "semantic-ls cache clear" }),
		RunE: func(*cobra.Command, []string) error {
			s, err := p.cacheSettings()
			if err != nil {
				return err
			}
			r.all = true
			return p.remove(s, r, func(store.Stored) string { return "all are removed" }, rows.Clear)
		},
	}
	r.add(cmd)
	return cmd
}

// cacheSettings are the settings, which name a directory.
func (p *process) cacheSettings() (settings.Settings, error) {
	s, err := p.settings()
	if err == nil && s.Cache.Directory == "" {
		err = hinted("set cache.directory", "there is no cache directory: indexes stay in memory")
	}
	return s, err
}

// cacheState is the answer of cache list for programs.
type cacheState struct {
	Directory string        `json:"directory"`
	Indexes   []cachedIndex `json:"indexes"`
	Vectors   cachedVectors `json:"vectors"`
}

type cachedIndex struct {
	Root       string    `json:"root"` // "": of another version
	Exists     *bool     `json:"exists,omitempty"`
	Model      string    `json:"model"`
	Dimensions int       `json:"dimensions"`
	Bytes      int64     `json:"bytes"`
	LastUsed   time.Time `json:"lastUsed"`
	Reason     string    `json:"reason,omitempty"` // why it was removed, or was not
}

type cachedVectors struct {
	Bytes  int64         `json:"bytes"`
	Limit  int64         `json:"limit"`
	Rows   int           `json:"rows"`
	Models []cachedModel `json:"models"`
}

type cachedModel struct {
	Model      string `json:"model"`
	Dimensions int    `json:"dimensions"`
	Rows       int    `json:"rows"`
	Bytes      int64  `json:"bytes"`
}

func readCache(s settings.Settings) (cacheState, error) {
	state := cacheState{Directory: s.Cache.Directory, Indexes: []cachedIndex{}}
	indexes, err := store.List(s.Cache.Directory)
	if err != nil {
		return state, err
	}
	for _, i := range indexes {
		state.Indexes = append(state.Indexes, describe(i, ""))
	}
	u, err := rows.Of(rows.Directory(s.Cache.Directory))
	state.Vectors = cachedVectors{Bytes: u.Bytes, Limit: s.Cache.VectorBytes, Rows: u.Rows(), Models: []cachedModel{}}
	for _, m := range u.Models {
		state.Vectors.Models = append(state.Vectors.Models, cachedModel{m.Name, m.Dimensions, m.Rows, m.Bytes})
	}
	return state, err
}

func describe(i store.Stored, reason string) cachedIndex {
	c := cachedIndex{
		Root: i.Root, Model: i.Model, Dimensions: i.Dimensions, Bytes: i.Bytes, LastUsed: i.Used.UTC(), Reason: reason,
	}
	if i.Root != "" {
		there := !gone(i.Root)
		c.Exists = &there
	}
	return c
}

// gone reports whether there is no such folder. One that cannot be looked at may be
// there.
func gone(root string) bool {
	info, err := os.Stat(root)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir()
}

func (p *process) writeCache(state cacheState) error {
	buffered := bufio.NewWriter(p.stdout)
	table := tabwriter.NewWriter(buffered, 0, 0, 2, ' ', 0)
	for _, i := range state.Indexes {
		note := ""
		if i.Exists != nil && !*i.Exists {
			note = "\tthe folder is gone"
		}
		used := i.LastUsed.Local().Format(time.DateOnly)
		fmt.Fprintf(table, "%s\t%s\t%s\tused %s%s\n", p.shown(name(i)), size(i.Bytes), p.shown(i.Model), used, note)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	v := state.Vectors
	fmt.Fprintf(buffered, "vectors: %d rows, %s of at most %s\n", v.Rows, size(v.Bytes), size(v.Limit))
	for _, m := range v.Models {
		fmt.Fprintf(buffered, "  %s: %d rows of %d dimensions, %s\n", p.shown(m.Model), m.Rows, m.Dimensions, size(m.Bytes))
	}
	return buffered.Flush()
}

// name is what an index is called.
func name(i cachedIndex) string {
	if i.Root == "" {
		return "(an index of another version)"
	}
	return i.Root
}

// shown is s as it may be shown where the output goes.
func (p *process) shown(s string) string {
	if isTerminal(p.stdout) {
		return escape(s)
	}
	return s
}

// removal is how to remove.
type removal struct {
	json, dry bool
	all       bool // what cannot be removed is an error
}

func (r *removal) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&r.json, "json", false, "one JSON object: directory, removed, kept, vectorBytes")
	cmd.Flags().BoolVarP(&r.dry, "dry-run", "n", false, "say what would be removed, and remove nothing")
}

// removedState is the answer of cache prune and clear for programs.
type removedState struct {
	Directory   string        `json:"directory"`
	Removed     []cachedIndex `json:"removed"`
	Kept        []cachedIndex `json:"kept"`        // what was to be removed and is not
	VectorBytes int64         `json:"vectorBytes"` // of vectors that were removed
}

// remove removes the indexes for which why has a reason, each after saying so, and lets
// vectors do the same for those in a directory. What fails keeps nothing else from it.
func (p *process) remove(
	s settings.Settings, r removal, why func(store.Stored) string, vectors func(directory string) (int64, error),
) error {
	indexes, err := store.List(s.Cache.Directory)
	if err != nil {
		return err
	}
	state := removedState{Directory: s.Cache.Directory, Removed: []cachedIndex{}, Kept: []cachedIndex{}}
	say := func(format string, args ...any) {
		if !r.json && err == nil {
			_, err = fmt.Fprintf(p.stdout, format, args...)
		}
	}
	var failed []error
	for _, i := range indexes {
		reason := why(i)
		if reason == "" {
			continue
		}
		c := describe(i, reason)
		if say("%s, %s, %s: %s\n", p.shown(name(c)), p.shown(c.Model), size(c.Bytes), reason); err != nil {
			return err // who reads has seen enough, and what was not said is not removed
		}
		if !r.dry {
			if err := i.Remove(); err != nil {
				c.Reason = err.Error()
				state.Kept = append(state.Kept, c)
				failed = append(failed, fmt.Errorf("%s: %w", name(c), err))
				continue
			}
		}
		state.Removed = append(state.Removed, c)
	}
	directory := rows.Directory(s.Cache.Directory)
	bytes, fault := excess(directory, s, r)
	if bytes > 0 {
		say("vectors that indexes share, %s\n", size(bytes))
	}
	if err != nil {
		return err
	}
	if fault == nil && !r.dry {
		bytes, fault = vectors(directory)
	}
	if state.VectorBytes = bytes; fault != nil {
		failed = append(failed, fmt.Errorf("%s: %w", directory, fault))
	}
	if r.all && !r.dry && len(failed) == 0 {
		if err := store.ForgetDimensions(s.Cache.Directory); err != nil {
			failed = append(failed, err)
		}
	}
	if r.json {
		if err := writeJSON(p.stdout, state); err != nil {
			return err
		}
	}
	if len(failed) > 0 && r.all {
		return failures(failed)
	}
	for _, err := range failed {
		p.warn("left: " + err.Error())
	}
	return nil
}

// excess is how many bytes of vectors there are too many, about.
func excess(directory string, s settings.Settings, r removal) (int64, error) {
	u, err := rows.Of(directory)
	if r.all {
		return u.Bytes, err
	}
	return max(0, u.Bytes-s.Cache.VectorBytes), err
}
