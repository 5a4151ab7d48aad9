package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// command is a call of git in a clone. It fetches nothing that a partial clone lacks, and asks nobody for a password.
func command(ctx context.Context, dir string, arguments ...string) (c *exec.Cmd, stderr *bytes.Buffer) {
	c = exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + dir}, arguments...)...)
	c.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	stderr = new(bytes.Buffer)
	c.Stderr = stderr
	return c, stderr
}

// failed is err with what git was to do and what it said; the cause where it was interrupted.
func failed(ctx context.Context, err error, dir, what string, stderr *bytes.Buffer) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	said := stderr.String()
	return fmt.Errorf("git %s in %s: %w: %s", what, dir, err, strings.TrimSpace(said[:min(len(said), 500)]))
}

// git runs git in a clone and returns what it prints.
func git(ctx context.Context, dir string, arguments ...string) ([]byte, error) {
	c, stderr := command(ctx, dir, arguments...)
	out, err := c.Output()
	if err != nil {
		return nil, failed(ctx, err, dir, strings.Join(arguments, " "), stderr)
	}
	return out, nil
}

// streamed runs git in a clone and hands what it prints to read, which may stop early.
func streamed(ctx context.Context, dir, in string, read func(*bufio.Reader) error, arguments ...string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c, stderr := command(ctx, dir, arguments...)
	c.Stdin = strings.NewReader(in)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return failed(ctx, err, dir, strings.Join(arguments, " "), stderr)
	}
	if err := read(bufio.NewReaderSize(out, 1<<20)); err != nil {
		cause := ctx.Err()
		stop(nil)
		_ = c.Wait() // killed; its words are of interest all the same
		if cause == nil && errors.Is(err, io.ErrUnexpectedEOF) && stderr.Len() > 0 {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()))
		}
		return fmt.Errorf("git %s in %s: %w", strings.Join(arguments, " "), dir, err)
	}
	if err := c.Wait(); err != nil {
		return failed(ctx, err, dir, strings.Join(arguments, " "), stderr)
	}
	return nil
}

// blob is a file of a revision: its path, and the hash that git names its bytes by.
type blob struct{ path, hash string }

const (
	// maxBlob is the largest file that is read: what is larger is data.
	maxBlob = 400 << 10
	// minBlob is the smallest: nothing shorter has a comment and code under it.
	minBlob = 64
)

// tree lists the files of a revision, but for links, submodules and what is too large or too small.
func tree(ctx context.Context, dir, revision string) ([]blob, error) {
	out, err := git(ctx, dir, "ls-tree", "-r", "-l", "-z", revision)
	if err != nil {
		return nil, err
	}
	var list []blob
	for entry := range strings.SplitSeq(string(out), "\x00") {
		head, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(head) // mode, type, hash, size
		if !ok || len(fields) != 4 || fields[1] != "blob" || fields[0] == "120000" {
			continue
		}
		if size, err := strconv.Atoi(fields[3]); err != nil || size > maxBlob || size < minBlob {
			continue
		}
		list = append(list, blob{name, fields[2]})
	}
	return list, nil
}

// contents calls each with the text of every blob, in order. A blob that the clone lacks is passed over.
func contents(ctx context.Context, dir string, list []blob, each func(b blob, text string)) error {
	var hashes strings.Builder
	for _, b := range list {
		hashes.WriteString(b.hash)
		hashes.WriteByte('\n')
	}
	return streamed(ctx, dir, hashes.String(), func(r *bufio.Reader) error {
		for _, b := range list {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			head, err := r.ReadString('\n') // hash, type, size; or hash, "missing"
			if err != nil {
				return io.ErrUnexpectedEOF
			}
			fields := strings.Fields(head)
			if len(fields) != 3 {
				continue
			}
			size, err := strconv.Atoi(fields[2])
			if err != nil {
				return fmt.Errorf("%q is no size", head)
			}
			data := make([]byte, size+1)
			if _, err := io.ReadFull(r, data); err != nil {
				return io.ErrUnexpectedEOF
			}
			each(b, string(data[:size]))
		}
		return nil
	}, "cat-file", "--batch")
}
