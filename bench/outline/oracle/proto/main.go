// Proto is the oracle of Protocol Buffers: what protocompile, the parser of Buf's compiler, finds in files.
//
//	go run -C bench/outline/oracle/proto . FOLDER < paths-relative-to-FOLDER
//
// It answers as oracle.mjs beside it does.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
)

type record struct {
	Version   string `json:"version,omitempty"`
	Path      string `json:"path,omitempty"`
	Name      string `json:"name,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Container string `json:"container"`
	NameLine  int    `json:"nameLine"`
	StartLine int    `json:"startLine"`
	EndLine   int    `json:"endLine"`
	Level     string `json:"level,omitempty"`
	Skip      []int  `json:"skip,omitempty"`
}

const (
	everything = 1 << 30
	unknown    = "?"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "proto:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: proto FOLDER < PATHS")
	}
	out := bufio.NewWriter(os.Stdout)
	w := &walk{out: json.NewEncoder(out)}
	w.write(record{Version: version()})
	paths := bufio.NewScanner(os.Stdin)
	for paths.Scan() {
		text, err := os.ReadFile(filepath.Join(os.Args[1], filepath.FromSlash(paths.Text())))
		if err != nil {
			return err
		}
		w.file(paths.Text(), string(text))
	}
	return errors.Join(paths.Err(), w.err, out.Flush())
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if strings.HasSuffix(m.Path, "/protocompile") {
				return "protocompile " + strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return "protocompile"
}

// walk writes what is declared in one file after the other.
type walk struct {
	out  *json.Encoder
	err  error
	path string
	tree *ast.FileNode
}

func (w *walk) write(r record) {
	if w.err == nil {
		w.err = w.out.Encode(r)
	}
}

func (w *walk) file(path, text string) {
	tree, err := parser.Parse(path, strings.NewReader(text), reporter.NewHandler(nil))
	if err != nil {
		w.write(record{Path: path, Skip: []int{1, everything}})
		return
	}
	w.path, w.tree = path, tree
	for _, d := range tree.Decls {
		w.declaration(d, "")
	}
}

// add writes one declaration, and returns the container of what is in it.
func (w *walk) add(name *ast.IdentNode, node ast.Node, kind, level, container string) string {
	at, all := w.tree.NodeInfo(name), w.tree.NodeInfo(node)
	if strings.HasPrefix(container, unknown) {
		container = unknown
	}
	w.write(record{
		Path: w.path, Name: name.Val, Kind: kind, Container: container, Level: level,
		NameLine: at.Start().Line, StartLine: all.Start().Line, EndLine: all.End().Line,
	})
	if container == "" {
		return name.Val
	}
	return container + "." + name.Val
}

// declaration writes a declaration of a file or message. Fields and the constants of enums count as values. What is in a oneof
// is in its message, as a oneof has no scope. A group is a field and a message at once: its kind is left open.
func (w *walk) declaration(node ast.Node, container string) {
	switch d := node.(type) {
	case *ast.MessageNode:
		inside := w.add(d.Name, d, "struct", "", container)
		for _, e := range d.Decls {
			w.declaration(e, inside)
		}
	case *ast.GroupNode:
		inside := w.add(d.Name, d, unknown, "", container)
		for _, e := range d.Decls {
			w.declaration(e, inside)
		}
	case *ast.OneofNode:
		w.add(d.Name, d, unknown, "loose", container)
		for _, e := range d.Decls {
			w.declaration(e, container)
		}
	case *ast.ExtendNode:
		for _, e := range d.Decls {
			w.declaration(e, unknown) // of what is extended, or of where that is done
		}
	case *ast.FieldNode:
		w.add(d.Name, d, "field", "value", container)
	case *ast.MapFieldNode:
		w.add(d.Name, d, "field", "value", container)
	case *ast.EnumNode:
		inside := w.add(d.Name, d, "enum", "", container)
		for _, e := range d.Decls {
			if v, ok := e.(*ast.EnumValueNode); ok {
				w.add(v.Name, v, "enummember", "value", inside)
			}
		}
	case *ast.ServiceNode:
		inside := w.add(d.Name, d, "interface", "", container)
		for _, e := range d.Decls {
			if m, ok := e.(*ast.RPCNode); ok {
				w.add(m.Name, m, "method", "", inside)
			}
		}
	}
}
