package semanticls_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// loose are the ways around package tasks: what starts a goroutine that no
// scope waits for, or a context that no scope can cancel. sync.WaitGroup
// stands for its method Go, which the syntax alone cannot tell from a
// tasks.Group's; without `go` statements nobody needs one.
var loose = map[string][]string{
	"context": {"AfterFunc", "Background", "TODO", "WithoutCancel"},
	"sync":    {"WaitGroup"},
	"time":    {"AfterFunc"},
}

// looseImports are packages that are a way around package tasks as a whole.
var looseImports = []string{"golang.org/x/sync/errgroup"}

// concurrencyFaults walks the syntax trees of everything but package tasks, main
// packages and tests. The answer has one line a fault, in the order of files and
// lines.
func (h *house) concurrencyFaults() ([]string, error) {
	var names []string
	for dir, files := range h.files {
		if within(dir, "tasks") || covers(beside, dir) {
			continue
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	var faults []string
	for _, name := range names {
		src, err := fs.ReadFile(h.fsys, name)
		if err != nil {
			return nil, err
		}
		found, err := looseIn(name, src)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func looseIn(name string, src []byte) ([]string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if file.Name.Name == "main" {
		return nil, nil
	}
	var faults []string
	add := func(pos token.Pos, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%s:%d: %s", name, fset.Position(pos).Line, fmt.Sprintf(format, args...)))
	}
	packages := map[string]string{} // the file's name for it -> import path
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		if slices.Contains(looseImports, imported) {
			add(spec.Pos(), "imports %s: use package tasks", imported)
		}
		local := path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == "." && loose[imported] != nil {
			add(spec.Pos(), "a dot import of %s hides what is used of it", imported)
		}
		packages[local] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n.Pos(), "a go statement: use package tasks")
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			if imported := packages[x.Name]; slices.Contains(loose[imported], n.Sel.Name) {
				add(n.Pos(), "%s.%s: use package tasks", imported, n.Sel.Name)
			}
		}
		return true
	})
	return faults, nil
}
