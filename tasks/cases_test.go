package tasks_test

import (
	"encoding/csv"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestCasesCovered reads the table of AnyIO's behaviour and wants a subtest named by the id of every case
// that has a meaning in Go, and no subtest for one that has none.
func TestCasesCovered(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "cases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table := csv.NewReader(file)
	table.Comma, table.LazyQuotes, table.FieldsPerRecord = '\t', true, 5
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	written := subtests(t)
	cases := 0
	for _, row := range rows[1:] {
		id, verdict, what := row[0], row[3], row[2]
		switch verdict {
		case "direct", "adapt":
			cases++
			if written[id] == 0 {
				t.Errorf("no subtest %s: %s", id, what)
			}
		case "none":
			if written[id] > 0 {
				t.Errorf("%s has a subtest and no meaning in Go: %s", id, what)
			}
		default:
			t.Errorf("%s: verdict %q", id, verdict)
		}
		if written[id] > 1 {
			t.Errorf("%s is the name of %d subtests", id, written[id])
		}
	}
	if cases != 75 {
		t.Errorf("the table has %d cases for Go, want 75", cases)
	}
}

// subtests counts the names of t.Run("...") in this package's tests.
func subtests(t *testing.T) map[string]int {
	names := map[string]int{}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if method, ok := call.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != "Run" {
				return true
			}
			if literal, ok := call.Args[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				subtest, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				names[subtest]++
			}
			return true
		})
	}
	return names
}
