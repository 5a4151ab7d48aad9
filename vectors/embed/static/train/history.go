package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// commit is what a commit says, and the definitions that it changed, as they are now.
type commit struct {
	said  string
	codes []changedCode
}

// changedCode is a definition and how many of its lines a commit changed.
type changedCode struct {
	file  string
	start int
	code  []count
	lines int
}

// changed is a line that a commit wrote.
type changed struct {
	commit int // index in miner.commits
	line   string
}

const (
	// maxChangedFiles is how many files a commit may change that says what each is about.
	maxChangedFiles = 5
	// maxChangedCodes is with how many definitions its subject is paired.
	maxChangedCodes = 2
	// maxChangedLines bounds what is kept of one commit: more are a rewrite, found by any of them.
	maxChangedLines = 200
	// minChangedLine is the shortest line that is looked for: what is shorter stands in many places.
	minChangedLine = 12
	// maxDiffLine is how much of a line is kept.
	maxDiffLine = 4 << 10
)

// history reads the newest commits up to a revision: their subjects, and the lines that they wrote. Commits are left
// out of which the clone lacks a file; an error says that it lacks more, and what was read until then stands.
func (m *miner) history(ctx context.Context, dir, revision string, most int) error {
	list, short := logOf(ctx, dir, revision, most)
	list, err := complete(ctx, dir, list)
	if err != nil {
		return errors.Join(short, err)
	}
	m.awaiting = map[string][]changed{}
	return errors.Join(short, diffs(ctx, dir, list, func(i int, file, line string) {
		for len(m.commits) <= i {
			m.commits = append(m.commits, commit{said: list[len(m.commits)].said})
		}
		m.awaiting[file] = append(m.awaiting[file], changed{i, line})
	}))
}

// logged is a commit as git log names it.
type logged struct {
	hash, said string
	blobs      []string // of its files, before and after
}

// logOf lists commits whose subjects say something of a few files, the newest first; of several with one subject the
// newest. An error says why there are not more.
func logOf(ctx context.Context, dir, revision string, most int) (list []logged, err error) {
	seen := map[string]bool{}
	var c logged
	files, code := 0, false
	take := func() {
		if c.said != "" && !seen[c.said] && files <= maxChangedFiles && code {
			seen[c.said] = true
			list = append(list, c)
		}
	}
	err = streamed(ctx, dir, "", func(r *bufio.Reader) error {
		for {
			line, err := readLine(r)
			if err == io.EOF {
				take()
				return nil
			} else if err != nil {
				return err
			}
			if head, ok := strings.CutPrefix(line, "\x00"); ok {
				take()
				hash, subject, _ := strings.Cut(head, " ")
				c, files, code = logged{hash: hash, said: subjectOf(subject)}, 0, false
				continue
			}
			change, name, _ := strings.Cut(line, "\t")
			fields := strings.Fields(change) // :mode mode hash hash status
			if c.said == "" || len(fields) != 5 || !strings.HasPrefix(change, ":") {
				continue
			}
			files++
			code = code || isRead(name)
			for _, hash := range fields[2:4] {
				if strings.Trim(hash, "0") != "" { // a file that was not there
					c.blobs = append(c.blobs, hash)
				}
			}
		}
	}, "log", "--raw", "--no-abbrev", "--no-renames", "--no-merges", "--no-color", "-n", strconv.Itoa(most),
		"--format=%x00%H %s", revision, "--")
	return list, err
}

// complete are the commits all of whose files the clone has.
func complete(ctx context.Context, dir string, list []logged) (whole []logged, err error) {
	var in strings.Builder
	for _, c := range list {
		for _, hash := range c.blobs {
			in.WriteString(hash + "\n")
		}
	}
	err = streamed(ctx, dir, in.String(), func(r *bufio.Reader) error {
		for _, c := range list {
			there := true
			for range c.blobs {
				line, err := readLine(r)
				if err != nil {
					return io.ErrUnexpectedEOF
				}
				there = there && strings.Contains(line, " blob ")
			}
			if there {
				whole = append(whole, c)
			}
		}
		return nil
	}, "cat-file", "--batch-check")
	return whole, err
}

// diffs calls wrote for the lines that commits wrote, with the index of the commit in list.
func diffs(ctx context.Context, dir string, list []logged, wrote func(commit int, file, line string)) error {
	var in strings.Builder
	for _, c := range list {
		in.WriteString(c.hash + "\n")
	}
	at := map[string]int{}
	for i, c := range list {
		at[c.hash] = i
	}
	return streamed(ctx, dir, in.String(), func(r *bufio.Reader) error {
		commit, file, left, kept := 0, "", 0, 0 // left: lines of the hunk under way
		for {
			line, err := readLine(r)
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			next, isCommit := at[line]
			switch {
			case left > 0:
				left--
				text, ok := strings.CutPrefix(line, "+")
				if text = strings.TrimSpace(text); ok && file != "" && len(text) >= minChangedLine && kept < maxChangedLines {
					kept++
					wrote(commit, file, text)
				}
			case isCommit:
				commit, file, kept = next, "", 0
			case strings.HasPrefix(line, "diff --git "):
				file = ""
			case strings.HasPrefix(line, "+++ b/"):
				file = strings.TrimRight(line[len("+++ b/"):], "\t")
			case strings.HasPrefix(line, "@@ "):
				left = hunkLines(line)
			}
		}
		// What git is told here is what somebody's configuration may say otherwise.
	}, "-c", "core.quotePath=off", "diff-tree", "--stdin", "--root", "-r", "-p", "-U0", "--no-color", "--no-ext-diff",
		"--no-textconv",
		"--no-renames", "--diff-algorithm=myers", "--src-prefix=a/", "--dst-prefix=b/")
}

// readLine returns the next line, cut at maxDiffLine.
func readLine(r *bufio.Reader) (string, error) {
	var text []byte
	for {
		part, more, err := r.ReadLine()
		if err != nil {
			return "", err
		}
		text = append(text, part[:min(len(part), maxDiffLine-len(text))]...)
		if !more {
			return string(text), nil
		}
	}
}

// hunkLines is how many lines follow `@@ -12,3 +12 @@ func f`: those taken away and those written.
func hunkLines(head string) (n int) {
	fields := strings.Fields(head)
	if len(fields) < 3 {
		return 0
	}
	for _, f := range fields[1:3] {
		_, lines, ok := strings.Cut(f, ",")
		if !ok {
			n++
			continue
		}
		k, err := strconv.Atoi(lines)
		if err != nil || k < 0 {
			return 0
		}
		n += k
	}
	return n
}

var (
	// leading is what stands before some subjects: a ticket, or the type of a change after Conventional Commits.
	leading = regexp.MustCompile(`^(?:\[[^\]]{1,30}\]|(?:feat|feature|fix|bugfix|perf|refactor)(?:\([^)]*\))?!?:|#\d+:?)\s*`)
	// trailing is the number of the change's discussion.
	trailing = regexp.MustCompile(`\s*[(\[]?(?:(?i:fix|fixes|closes|refs|see) )?(?:[\w.-]+/[\w.-]+)?#\d+[)\]]?\.?$`)
	// chore is a subject that says nothing of what code does.
	chore = regexp.MustCompile(`(?i)^(?:merge (?:pull|branch|remote|tag|commit|pr\b|#|.* into )|` +
		`(?:release|releasing|version|format)(?: (?:v?\d|candidate|notes|code|files?)|$)|` +
		`prepare (?:for )?(?:the |next |a |v?\d|release)|revert|bump|upgrade|wip|lint|reformat|gofmt|` +
		`oops|minor|misc|tweak|clean ?up|initial commit|nit|polish|backport|cherry|changelog|readme|improvements? from|` +
		`(?:chore|docs?|style|build|ci|tests?|deps|revert|release|i18n)(?:\([^)]*\))?!?:|` +
		`(?:fix|fixes|fixed|correct) (?:a |an |some |the |more |minor |small )*` +
		`(?:spelling|grammar|lint|tests?|build|ci|warnings?|format)|` +
		`(?:add|adds|added|fix|more|update) (?:\w+ )?tests?\b|` +
		`(?:update|add|edit) (?:the |to )?` +
		`(?:change ?log|readme|dependenc|deps|version|copyright|licen|authors|translations|docs?\b))|` +
		`\btypos?\b|\bwhitespace\b|\breview (?:comment|feedback)`)
	// numbered is a version.
	numbered = regexp.MustCompile(`\bv?\d+\.\d+(?:\.\d+)+\b|^v?\d+\.\d+\S*$`)
)

// subjectOf is what a subject says of code, "" where it says nothing.
func subjectOf(subject string) string {
	subject = strings.TrimSpace(subject)
	for before := ""; before != subject; {
		before = subject
		subject = trailing.ReplaceAllString(leading.ReplaceAllString(subject, ""), "")
	}
	if chore.MatchString(subject) || numbered.MatchString(subject) {
		return ""
	}
	return says(subject)
}

// changes finds the definitions of a file that hold lines which commits wrote: lines that stand in it once, in what is
// read of the definition.
func (m *miner) changes(f *file, code [][]count) {
	awaiting := m.awaiting[f.name]
	if len(awaiting) == 0 {
		return
	}
	places := map[string]int{} // offset and 1, -1 where there are several, 0 where none was found yet
	for _, c := range awaiting {
		places[c.line] = 0
	}
	for at := 0; at < len(f.text); {
		end := lineEnd(f.text, at)
		line := strings.TrimSpace(f.text[at:end])
		if before, ok := places[line]; ok {
			places[line] = at + 1
			if before != 0 {
				places[line] = -1
			}
		}
		at = end + 1
	}
	for _, c := range awaiting {
		at := places[c.line] - 1
		if at < 0 {
			continue
		}
		s, ok := f.SymbolAt(at)
		if ok && s.DocStart <= at && at < s.Start+maxCode {
			m.commits[c.commit].touch(f.name, s.Start, code[slices.IndexFunc(f.Symbols, func(x chunk.Symbol) bool { return x == s })])
		}
	}
}

// touch counts a line of a definition.
func (c *commit) touch(file string, start int, code []count) {
	for i := range c.codes {
		if x := &c.codes[i]; x.file == file && x.start == start {
			x.lines++
			return
		}
	}
	c.codes = append(c.codes, changedCode{file, start, code, 1})
}

// mostChanged are the definitions of which most was written, of several the ones that come first.
func (c *commit) mostChanged() (list [][]count) {
	slices.SortStableFunc(c.codes, func(a, b changedCode) int { return b.lines - a.lines })
	for _, x := range c.codes[:min(len(c.codes), maxChangedCodes)] {
		list = append(list, x.code)
	}
	return list
}
