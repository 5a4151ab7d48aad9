package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
	"github.com/semantic-ls/semantic-ls/workspace/text"
)

func (p *process) outlineCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "outline [flags] FILE...",
		Short: "List the definitions in files",
		Long: `Lists what each FILE defines, as search sees it: functions, methods, types and
constants of code, headings of prose, keys of data. The files need not be in a
folder that is indexed. Exit code 0: something is defined, 1: nothing is, 2: a
file could not be read, and the others are listed all the same.`,
		Example: `  semantic-ls outline lsp/server.go
  semantic-ls outline --json *.py`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return hinted("semantic-ls outline lsp/server.go", "no FILE was given")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.outline(cmd.Context(), args, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line: path, kind, name, container, startLine, endLine, nameLine, docLine, signature")
	p.addColor(cmd)
	return cmd
}

func (p *process) outline(ctx context.Context, files []string, asJSON bool) error {
	s, err := p.settings()
	if err != nil {
		return err
	}
	out := output{json: asJSON}
	if out.paint, err = p.painting(); err != nil {
		return err
	}
	out.terminal = out.paint.on || isTerminal(p.stdout)
	w := bufio.NewWriter(p.stdout)
	found := false
	var unread failures
	for _, file := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		content, err := readFile(file, s.Index.MaxFileSize)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		symbols := chunk.Outline(file, content).Symbols
		found = found || len(symbols) > 0
		if err := out.writeSymbols(w, filepath.ToSlash(file), content, symbols); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(unread) > 0 {
		return unread
	}
	if !found {
		return exitCode(exitNone)
	}
	return nil
}

// readFile reads a file as indexing would, whatever folder it is in.
func readFile(file string, most int64) (string, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", noSuch("file", file)
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("%s: a directory, not a file", file)
	}
	// The user named the file: where links lead is theirs to say.
	real, err := filepath.EvalSymlinks(file)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return "", err
	}
	content, _, skip, err := workspace.Read(filepath.Dir(real), filepath.Base(real), most)
	switch {
	case err != nil:
		return "", err
	case skip.Skipped():
		return "", fmt.Errorf("%s is not read: %s", file, skip)
	}
	return content, nil
}

// definition is a symbol for programs. Lines count from 1, both ends included.
type definition struct {
	Path      string `json:"path"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Container string `json:"container"`
	StartLine int    `json:"startLine"`
	EndLine   int    `json:"endLine"`
	NameLine  int    `json:"nameLine"`
	DocLine   int    `json:"docLine,omitempty"` // where its doc comment starts, if it has one
	Signature string `json:"signature"`
}

// writeSymbols writes an object, or `path:line: kind name  signature`, a symbol.
func (o *output) writeSymbols(w io.Writer, path, content string, symbols []chunk.Symbol) error {
	lines := text.NewLines(content)
	line := func(offset int) int { return lines.Line(offset) + 1 }
	for _, s := range symbols {
		d := definition{
			Path: path, Kind: s.Kind.String(), Name: s.Name, Container: s.Container, Signature: s.Signature,
			StartLine: line(s.Start), EndLine: line(max(s.Start, s.End-1)), NameLine: line(s.NameStart),
		}
		if s.DocStart < s.Start {
			d.DocLine = line(s.DocStart)
		}
		var err error
		if o.json {
			err = writeJSON(w, d)
		} else {
			err = o.writeSymbol(w, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *output) writeSymbol(w io.Writer, d definition) error {
	name := d.Name
	if d.Container != "" {
		name = d.Container + "." + name
	}
	what := []string{d.Kind + " " + o.paint.symbol(o.safe(name))}
	if d.Signature != "" {
		what = append(what, o.safe(d.Signature))
	}
	_, err := fmt.Fprintln(w, o.paint.path(o.safe(d.Path))+":"+o.paint.line(strconv.Itoa(d.NameLine))+":", strings.Join(what, "  "))
	return err
}
