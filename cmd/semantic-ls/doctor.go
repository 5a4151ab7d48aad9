package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/vectors/simd"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

func (p *process) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor [flags] [DIR]",
		Short: "Say what a report of a problem needs, and what is wrong",
		Long: `Looks at all that semantic-ls depends on, says what it has found, and for each thing
that is wrong what to do about it: the program and the machine, the settings and where
each comes from, the model, the cache and its disk, the index of DIR (the current
directory where it is left out), what the system allows for following changes, the log
and its last errors, and the editors that are there.

It changes nothing, and connects to nothing. Keys are never shown. Paths are, and the
last errors may name files: look through it before sending it to somebody.

Exit code 0: all is well, 1: something is wrong, 2: an error.`,
		Example: `  semantic-ls doctor
  semantic-ls doctor --json ~/src/project | jq '.checks[] | select(.verdict == "wrong")'`,
		Args:              atMost(0, 1, func([]string) string { return "ask about one directory after the other" }),
		ValidArgsFunction: completeDirectory(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := directory(args, 0)
			if err != nil {
				return err
			}
			return p.doctor(cmd.Context(), dir, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object: program, settings, checks, errors")
	return cmd
}

// What a check comes to.
const (
	verdictOK    = "ok"
	verdictNote  = "note"  // worth knowing, and may be meant
	verdictWrong = "wrong" // something does not work, or will soon not
)

// check is what was looked at, and what there is to do about it.
type check struct {
	Name    string   `json:"name"`
	Verdict string   `json:"verdict"`
	Found   []string `json:"found"`
	Advice  []string `json:"advice,omitempty"`
}

// found adds what was found.
func (c *check) found(format string, args ...any) {
	c.Found = append(c.Found, fmt.Sprintf(format, args...))
}

// note adds what is worth knowing and, unless advice is empty, what one may do.
func (c *check) note(text, advice string) {
	if c.Verdict == verdictOK {
		c.Verdict = verdictNote
	}
	c.add(text, advice)
}

// wrong adds what is wrong, and what to do.
func (c *check) wrong(text, advice string) {
	c.Verdict = verdictWrong
	c.add(text, advice)
}

func (c *check) add(text, advice string) {
	c.Found = append(c.Found, text)
	if advice != "" {
		c.Advice = append(c.Advice, advice)
	}
}

// checkup is the answer of doctor for programs.
type checkup struct {
	Program  build          `json:"program"`
	Settings []settingState `json:"settings"`
	Checks   []check        `json:"checks"`
	Errors   []string       `json:"errors"` // the last warnings and errors of the logs, oldest first
}

type settingState struct {
	Key    string `json:"key"`
	Value  string `json:"value"` // of a secret: whether it is set
	Source string `json:"source"`
}

func (p *process) doctor(ctx context.Context, dir string, asJSON bool) error {
	defer exitSoon(ctx)()
	s, ofSettings := p.checkSettings()
	c := checkup{Program: thisBuild(), Settings: []settingState{}, Errors: lastErrors(s)}
	for _, row := range settings.Table() {
		c.Settings = append(c.Settings, settingState{row.Key, s.Value(row.Key), s.Origin(row.Key).String()})
	}
	index, err := p.checkIndex(ctx, s, dir)
	if err != nil {
		return err
	}
	following, err := checkFollowing(ctx, dir, inotify)
	if err != nil {
		return err
	}
	c.Checks = []check{
		checkMachine(), ofSettings, checkModel(s), checkCache(s, freeBytes), index, following, checkLog(s), checkEditors(),
	}
	if asJSON {
		err = writeJSON(p.stdout, c)
	} else {
		err = p.writeCheckup(c)
	}
	if err == nil && slices.ContainsFunc(c.Checks, func(c check) bool { return c.Verdict == verdictWrong }) {
		return exitCode(exitNone)
	}
	return err
}

// writeCheckup writes a line for each thing and lines with what was found below it.
func (p *process) writeCheckup(c checkup) error {
	var b strings.Builder
	fmt.Fprintln(&b, c.Program)
	for _, one := range c.Checks {
		fmt.Fprintf(&b, "\n[%s] %s\n", one.Verdict, one.Name)
		for _, found := range one.Found {
			for line := range strings.Lines(found) {
				fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\n"))
			}
		}
		if one.Name == "settings" {
			width := 0
			for _, s := range c.Settings {
				width = max(width, len(s.Key))
			}
			for _, s := range c.Settings {
				if s.Value == "" {
					s.Value = "(not set)"
				}
				fmt.Fprintf(&b, "    %-*s %s, from %s\n", width, s.Key, s.Value, s.Source)
			}
		}
		for _, advice := range one.Advice {
			fmt.Fprintf(&b, "    hint: %s\n", advice)
		}
	}
	if len(c.Errors) > 0 {
		fmt.Fprintf(&b, "\nlast warnings and errors of the logs:\n")
		for _, line := range c.Errors {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	wrong := 0
	for _, one := range c.Checks {
		if one.Verdict == verdictWrong {
			wrong++
		}
	}
	switch wrong {
	case 0:
		fmt.Fprintf(&b, "\nall is well\n")
	case 1:
		fmt.Fprintf(&b, "\n1 thing is wrong\n")
	default:
		fmt.Fprintf(&b, "\n%d things are wrong\n", wrong)
	}
	// Names of files and lines of logs stand in it.
	_, err := fmt.Fprint(p.stdout, escapeLines(b.String()))
	return err
}

func checkMachine() check {
	c := check{Name: "machine", Verdict: verdictOK, Found: []string{}}
	c.found("%s, %d cores of which %d are used", system(), runtime.NumCPU(), runtime.GOMAXPROCS(0))
	kernel := simd.Kernel()
	c.found("vector instructions: %s", kernel)
	if kernel == "plain" {
		c.note("searching is slower without the vector instructions that are known: AVX2, AVX-512 or NEON", "")
	}
	return c
}

// checkSettings returns the settings that count, or the defaults where a mistake keeps them from counting.
func (p *process) checkSettings() (settings.Settings, check) {
	c := check{Name: "settings", Verdict: verdictOK, Found: []string{}}
	s, warnings, err := p.loadSettings(nil)
	for _, warning := range warnings {
		c.note(warning.Text, "")
	}
	if err != nil {
		c.wrong(err.Error(), "correct it: no command and no server works before; what follows is about the defaults")
		s, _, err = settings.Load(settings.Sources{})
		if err != nil {
			c.wrong(err.Error(), "")
		}
	}
	if file := settings.UserFile(); file != "" {
		there := "which is not there"
		if _, err := os.Stat(file); err == nil {
			there = "which is there"
		}
		c.found("the user's file is %s, %s; what an editor sends is not known here", file, there)
	}
	return s, c
}

func checkModel(s settings.Settings) check {
	c := check{Name: "model", Verdict: verdictOK, Found: []string{}}
	embedder, instead, err := newEmbedder(s)
	switch {
	case err != nil:
		c.wrong(err.Error(), "correct the settings that start with embedding")
		return c
	case instead != "":
		c.wrong(instead, "correct embedding.modelFile, or unset it")
	}
	m := embedder.Model()
	if s.Embedding.Provider == settings.ProviderBuiltin {
		c.found("%s, inside the program: nothing leaves this machine", m.Name)
		return c
	}
	key := "without a key"
	if s.Embedding.Key != "" {
		key = "with a key"
	}
	c.found("%s of %s, %s; it was not asked", m.Name, s.Embedding.BaseURL, key)
	return c
}

const (
	// lowSpace is when there is little space left for indexes: one of a million chunks takes about 0.4 GB, and as much
	// again while it is merged.
	lowSpace = 1 << 30
	// noSpace is when there is too little for one of 100,000 chunks.
	noSpace = lowSpace / 10
)

// checkCache looks whether indexes can be kept. free returns the free bytes of the disk that a directory is on, and
// whether that is known.
func checkCache(s settings.Settings, free func(directory string) (int64, bool)) check {
	c := check{Name: "cache", Verdict: verdictOK, Found: []string{}}
	if s.Cache.Directory == "" {
		c.wrong("there is no cache directory: every index is made anew in memory", "set cache.directory, or HOME")
		return c
	}
	at, err := writable(s.Cache.Directory)
	if err != nil {
		c.wrong(fmt.Sprintf("%s cannot be written: %v; every index is made anew in memory", s.Cache.Directory, err),
			"make it yours to write, or set cache.directory to another one")
	} else {
		c.found("%s can be written", s.Cache.Directory)
	}
	if bytes, ok := free(at); ok {
		text := size(bytes) + " are free on its disk"
		const advice = "make room, for instance with `semantic-ls cache prune`, or set cache.directory to another disk"
		switch {
		case bytes < noSpace:
			c.wrong(text, advice)
		case bytes < lowSpace:
			c.note(text, advice)
		default:
			c.found("%s", text)
		}
	}
	indexes, err := store.List(s.Cache.Directory)
	if err != nil {
		c.wrong(err.Error(), "make it yours to read, or set cache.directory to another one")
		return c
	}
	var bytes int64
	orphans := 0
	for _, i := range indexes {
		bytes += i.Bytes
		if i.Root != "" && gone(i.Root) {
			orphans++
		}
	}
	c.found("%d indexes, %s", len(indexes), size(bytes))
	if orphans > 0 {
		c.note(fmt.Sprintf("%d of them are of folders that are gone", orphans), "semantic-ls cache prune")
	}
	return c
}

// writable reports whether files can be made in a directory, or in the one in which it would be made. It returns the one
// that is there.
func writable(directory string) (at string, err error) {
	for at = directory; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return at, fmt.Errorf("%s is no directory", at)
		case err == nil:
			probe, err := os.CreateTemp(at, "semantic-ls-doctor-*")
			if err != nil {
				return at, err
			}
			_ = probe.Close()
			return at, os.Remove(probe.Name())
		case !os.IsNotExist(err) || at == filepath.Dir(at):
			return at, err
		}
	}
}

// checkIndex looks at the stored index of a directory, without bringing it up to date.
func (p *process) checkIndex(ctx context.Context, s settings.Settings, dir string) (check, error) {
	c := check{Name: "index", Verdict: verdictOK, Found: []string{}}
	index, root := "semantic-ls index "+quote(dir), dir
	s.Log.File, s.Log.Level = "", "error" // nothing of this belongs in a log
	err := p.lookInto(ctx, s, dir, func(f *folder) error {
		if !f.stored {
			c.note(dir+" has none", index+", or a search, makes one")
			return nil
		}
		root = f.root
		state, err := f.survey(ctx)
		if err != nil {
			return err
		}
		of := state.Coverage
		c.found("%s: %d of %d files (%.0f %%), %d chunks, %s, model %s",
			state.Root, of.FilesIndexed, of.FilesTotal, of.Percent, of.Chunks, size(state.Bytes), of.Model)
		if state.Health == store.HealthOK {
			c.found("health: %s", state.Health)
		} else {
			c.wrong("health: "+state.Health, index+" mends it; or semantic-ls index --rebuild "+quote(dir))
		}
		if of.FilesWaiting > 0 {
			c.note(fmt.Sprintf("%d files wait to be indexed", of.FilesWaiting), index)
		}
		if state.Message != "" {
			c.note(state.Message, "")
		}
		for _, warning := range state.Warnings {
			c.note(warning, "correct that file of ignore rules")
		}
		if n := len(state.Skipped); n > 0 {
			c.found("%d paths are left out: semantic-ls status --skipped %s says why", n, quote(dir))
		}
		return nil
	})
	if ctx.Err() != nil {
		return c, err
	}
	if err != nil {
		c.wrong(err.Error(), "semantic-ls index --check "+quote(dir))
	}
	return c, p.checkOthers(ctx, s, root, &c)
}

// maxOthers is how many indexes of other folders are opened, those that were used last: a tenth of a second each, at worst.
const maxOthers = 10

// checkOthers adds the health of the indexes of other folders than root.
func (p *process) checkOthers(ctx context.Context, s settings.Settings, root string, c *check) error {
	indexes, err := store.List(s.Cache.Directory)
	if err != nil {
		return nil // the check of the cache says so
	}
	slices.SortStableFunc(indexes, func(a, b store.Stored) int { return b.Used.Compare(a.Used) })
	seen := map[string]bool{"": true, root: true}
	for _, i := range indexes {
		if seen[i.Root] || gone(i.Root) {
			continue
		}
		if seen[i.Root] = true; len(seen) > maxOthers+2 {
			break
		}
		err := p.lookInto(ctx, s, i.Root, func(f *folder) error {
			if !f.stored || f.root != i.Root {
				return nil
			}
			if err := f.Open(ctx, f.root); err != nil {
				return err
			}
			for _, state := range f.Status().Folders {
				text := fmt.Sprintf("%s: %s, health: %s", i.Root, size(state.Bytes), state.Health)
				if state.Health == store.HealthOK {
					c.found("%s", text)
				} else {
					c.wrong(text, "semantic-ls index "+quote(i.Root)+" mends it")
				}
			}
			return nil
		})
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			c.wrong(i.Root+": "+err.Error(), "semantic-ls index --check "+quote(i.Root))
		}
	}
	return nil
}

// inotify is where Linux says what it allows.
const inotify = "/proc/sys/fs/inotify"

// checkFollowing compares how many directories there are to follow with what the system allows, which on Linux stands
// below limits.
func checkFollowing(ctx context.Context, dir, limits string) (check, error) {
	c := check{Name: "following changes", Verdict: verdictOK, Found: []string{}}
	found, err := workspace.Discover(ctx, dir, workspace.Options{OnlyDirectories: true})
	if ctx.Err() != nil {
		return c, context.Cause(ctx)
	}
	if err != nil {
		c.wrong(err.Error(), "")
		return c, nil
	}
	need := len(found.Directories)
	c.found("%s has %d directories to follow, where the editor does not tell of changes", dir, need)
	watches, known := limit(limits, "max_user_watches")
	if !known {
		return c, nil
	}
	instances, _ := limit(limits, "max_user_instances")
	c.found("the system allows %d directories and %d programs to all programs of a user together", watches, instances)
	// Editors and build tools follow the same directories.
	const share = 4
	const usual = 1 << 19 // what many distributions have set
	enough := max(usual, roundUp(share*need))
	advice := fmt.Sprintf("sudo sysctl fs.inotify.max_user_watches=%d; a file in /etc/sysctl.d keeps it", enough)
	switch {
	case need > watches:
		c.wrong("that is not enough: the folder is looked at every 20 seconds instead", advice)
	case share*need > watches:
		c.note("that may not be enough beside other programs that follow the same directories", advice)
	}
	return c, nil
}

// limit reads a number that the system tells in a file.
func limit(directory, name string) (n int, known bool) {
	text, err := os.ReadFile(filepath.Join(directory, name))
	if err != nil {
		return 0, false
	}
	_, err = fmt.Sscan(string(text), &n)
	return n, err == nil
}

// roundUp is the next power of two.
func roundUp(n int) int {
	up := 1
	for up < n {
		up *= 2
	}
	return up
}

func checkLog(s settings.Settings) check {
	c := check{Name: "log", Verdict: verdictOK, Found: []string{}}
	directory, what := s.Log.Directory, "servers log to files in "+s.Log.Directory
	if s.Log.File != "" {
		directory, what = filepath.Dir(s.Log.File), "servers log to "+s.Log.File
	}
	if directory == "" {
		c.wrong("there is no state directory: servers log to standard error", "set log.file, or HOME")
		return c
	}
	c.found("%s, from level %s on", what, s.Log.Level)
	if _, err := writable(directory); err != nil {
		c.wrong(fmt.Sprintf("it cannot be written: %v", err), "make it yours to write, or set log.file to another one")
	}
	for _, path := range logs(s) {
		if info, err := os.Stat(path); err == nil {
			c.found("%s, %s, last written %s", path, size(info.Size()), info.ModTime().Format("2006-01-02 15:04:05"))
		}
	}
	return c
}

// checkEditors lists the editors that are found, none of which is started.
func checkEditors() check {
	c := check{Name: "editors", Verdict: verdictOK, Found: []string{}}
	for _, name := range []string{"code", "codium", "cursor", "nvim", "vim", "emacs", "hx", "kak", "zed", "subl", "kate"} {
		if path, err := exec.LookPath(name); err == nil {
			c.found("%s: %s", name, path)
		}
	}
	if len(c.Found) == 0 {
		c.found("none of the known ones is on the PATH")
	}
	if path, err := exec.LookPath("semantic-ls"); err != nil {
		c.note("semantic-ls is not on the PATH, where editors look for it",
			"add its directory to the PATH, or name it in the editor's settings")
	} else {
		c.found("semantic-ls, as editors find it: %s", path)
	}
	return c
}
