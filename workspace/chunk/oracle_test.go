package chunk

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutlineGoLikeParser compares functions, methods and types of part of the Go tree, with the lines they start and end on,
// with go/parser's.
func TestOutlineGoLikeParser(t *testing.T) {
	var want, got, both, ends, bytes int
	var misses []string
	for _, dir := range []string{"net/http", "go/types", "encoding/json", "runtime", "reflect", "cmd/compile/internal/ssa"} {
		files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no Go files in %s of the Go tree: %v", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(text) > 1<<20 {
				continue // generated tables of rewrite rules
			}
			bytes += len(text)
			expected := parsed(t, file, text)
			want += len(expected)
			lines := lineStarts(string(text))
			for _, s := range Cut(file, string(text)).Symbols {
				if s.Kind == Constant || s.Kind == Variable {
					continue
				}
				got++
				key := fmt.Sprintf("%s.%s:%d", s.Container, s.Name, lineOf(lines, s.NameStart))
				end, ok := expected[key]
				if !ok {
					misses = append(misses, fmt.Sprintf("%s: invented %s %s", file, s.Kind, key))
					continue
				}
				both++
				if end == lineOf(lines, s.End) {
					ends++
				}
				delete(expected, key)
			}
			for key := range expected {
				misses = append(misses, fmt.Sprintf("%s: missed %s", file, key))
			}
		}
	}
	recall, precision, end := ratio(both, want), ratio(both, got), ratio(ends, both)
	t.Logf("%d KB, %d definitions: recall %.4f, precision %.4f, end line %.4f", bytes>>10, want, recall, precision, end)
	if recall < .999 || precision < .999 || end < .999 {
		t.Errorf("recall %.4f, precision %.4f, end line %.4f; want .999 of each\n%s", recall, precision, end, strings.Join(misses[:min(len(misses), 20)], "\n"))
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

// parsed is what go/parser finds: "Receiver.Name:line" to the line it ends on.
func parsed(t *testing.T, file string, text []byte) map[string]int {
	t.Helper()
	fset := gotoken.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	found := map[string]int{}
	note := func(owner string, name *ast.Ident, end gotoken.Pos) {
		found[fmt.Sprintf("%s.%s:%d", owner, name.Name, fset.PositionFor(name.Pos(), false).Line)] = fset.PositionFor(end, false).Line
	}
	for _, d := range f.Decls {
		within := ""
		if d, ok := d.(*ast.FuncDecl); ok {
			owner := ""
			within = d.Name.Name
			if d.Recv != nil && len(d.Recv.List) > 0 {
				owner = typeName(d.Recv.List[0].Type)
				within = owner + "." + within
			}
			note(owner, d.Name, d.End())
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok {
				note(within, s.Name, s.End())
			}
			return true
		})
	}
	return found
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ParenExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}

// lineStarts are the offsets at which lines start.
func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineOf is the one-based line of an offset.
func lineOf(starts []int, offset int) int {
	low, high := 0, len(starts)
	for high-low > 1 {
		if mid := (low + high) / 2; starts[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	return low + 1
}
