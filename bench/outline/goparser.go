package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"runtime"
)

// parseGo is what go/parser finds.
func parseGo(files []source) *answer {
	a := newAnswer(runtime.Version() + " go/parser")
	for _, f := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, f.path, f.text, parser.SkipObjectResolution)
		if err != nil {
			a.skip(f.path, 1, everything)
			continue
		}
		line := func(p token.Pos) int { return set.PositionFor(p, false).Line }
		add := func(name *ast.Ident, kind, container string, node ast.Node, l level) {
			if name.Name == "_" {
				l = loose
			}
			a.add(symbol{
				Path: f.path, Name: name.Name, Kind: kind, Container: container, Level: l,
				NameLine: line(name.Pos()), StartLine: line(node.Pos()), EndLine: line(node.End()),
			})
		}
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && len(d.Recv.List) > 0 {
					add(d.Name, "method", receiver(d.Recv.List[0].Type), d, must)
				} else {
					add(d.Name, "function", "", d, must)
				}
			case *ast.GenDecl:
				goSpecs(d, add)
			}
		}
		for _, d := range tree.Decls {
			within := ""
			if f, ok := d.(*ast.FuncDecl); ok {
				within = f.Name.Name
				if f.Recv != nil && len(f.Recv.List) > 0 {
					within = receiver(f.Recv.List[0].Type) + "." + within
				}
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if s, ok := n.(*ast.DeclStmt); ok {
					goSpecs(s.Decl.(*ast.GenDecl), func(name *ast.Ident, kind, container string, node ast.Node, l level) {
						if l == must {
							add(name, kind, within, node, inner)
						}
					})
				}
				return true
			})
		}
	}
	return a
}

// adder takes a definition: node is the whole of it.
type adder func(name *ast.Ident, kind, container string, node ast.Node, l level)

func goSpecs(d *ast.GenDecl, add adder) {
	for _, spec := range d.Specs {
		var node ast.Node = spec
		if !d.Lparen.IsValid() {
			node = d
		}
		switch s := spec.(type) {
		case *ast.TypeSpec:
			kind := "class"
			switch t := s.Type.(type) {
			case *ast.StructType:
				kind = "struct"
				goFields(t.Fields, "field", s.Name.Name, add)
			case *ast.InterfaceType:
				kind = "interface"
				goFields(t.Methods, "method", s.Name.Name, add)
			}
			add(s.Name, kind, "", node, must)
		case *ast.ValueSpec:
			kind := "variable"
			if d.Tok == token.CONST {
				kind = "constant"
			}
			for _, name := range s.Names {
				add(name, kind, "", node, value)
			}
		}
	}
}

func goFields(list *ast.FieldList, kind, container string, add adder) {
	for _, f := range list.List {
		for _, name := range f.Names {
			add(name, kind, container, f, loose)
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}
