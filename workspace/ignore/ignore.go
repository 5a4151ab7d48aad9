// Package ignore decides which paths are never read, and says which rule decided.
//
// # What is in force
//
// From the strongest to the weakest:
//
//  1. Version control's own directories (.git, .hg, .svn, .jj): never entered; nothing lifts this.
//  2. .semanticignore, in the syntax of .gitignore, the deepest file first. It beats everything below, so `!name`
//     in it re-includes what any other rule leaves out.
//  3. Credentials (.env, *.pem, id_rsa, ...): built in. A re-inclusion counts only when it names something: `!.env`
//     and `!*.pem` lift the rule, `!*` and `!config/**` do not.
//  4. Git's rules: .gitignore from the deepest to the repository's top, then .git/info/exclude, then the file that
//     core.excludesFile names.
//  5. Directories and files that hold nothing worth finding (node_modules, lock files, minified code, images): built
//     in. Git's negations do not lift these: `!*.png` in a .gitignore means "track it", not "it is text".
//
// As in git, the last matching line of a file wins, and what lies below an ignored directory is ignored whatever the
// rules say about it; to re-include one file of an ignored directory, re-include the directory first.
//
// # What differs from git
//
// The [includeIf] sections of git's configuration and the system-wide file are not read, and neither is a .gitignore
// that a sparse checkout leaves out, which git takes from its objects. Everything else is held against `git check-ignore` by a test over random trees, also that rules do not leave out what git tracks.
//
// A folder that lies in no repository still obeys its .gitignore files. Inside a nested repository (a submodule, a
// clone) only its own git rules hold, as git has it; .semanticignore files go on across that border.
package ignore

import "strings"

// Skip says why a path is left out. The zero value means that it is not.
type Skip struct {
	// Rule is the pattern as it is written in its file, or a few words for a built-in rule.
	Rule string
	// Source is where the rule stands: "dir/.gitignore:12" below the opened folder, "../.gitignore:3" above it,
	// "~/.config/git/ignore:3" in the user's home, or "built-in".
	Source string
}

// Skipped reports whether the path is left out.
func (s Skip) Skipped() bool { return s != Skip{} }

// VersionControl reports whether the path is version control's own, which nobody expects to be searched.
func (s Skip) VersionControl() bool { return strings.HasPrefix(s.Rule, "version control: ") }

// String gives the rule and its source on one line, "" for a path that is not skipped.
func (s Skip) String() string {
	if !s.Skipped() {
		return ""
	}
	return s.Rule + " (" + s.Source + ")"
}
