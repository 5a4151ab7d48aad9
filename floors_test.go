package semanticls_test

import (
	"bufio"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// house is the project as the architecture rules see it: the table of floors
// and the Go files of every directory. It is read from any fs.FS, so that the
// rules can be shown to fail on small trees made for it.
type house struct {
	module string              // the module's path, from go.mod
	floors map[string]int      // package directory -> floor
	rows   []string            // listed packages, in the order of the table
	files  map[string][]string // directory -> its Go files, "." for the top
	fsys   fs.FS
}

// libraries are the dependencies that only some rooms may know.
var libraries = []struct {
	prefix  string   // import path
	allowed []string // directories; a "/**" at the end takes what is below too
}{
	{"go.lsp.dev", []string{"lsp/**"}},
	{"github.com/sashabaranov/go-openai", []string{"vectors/embed"}},
	{"go.uber.org/zap", []string{"cmd/**", "lsp/**", "workspace/indexing"}},
}

// beside are the programs that stand beside the floors: they may import
// anything, and nothing imports them.
var beside = []string{"bench/**", "vectors/embed/static/train/**"}

// testKit is what the tests of every floor may use.
const testKit = "lsp/lsptest"

// readHouse reads the floor table of ARCHITECTURE.md and finds the Go files.
// It fails on a table that says nothing or says one package twice.
func readHouse(fsys fs.FS) (*house, error) {
	h := &house{floors: map[string]int{}, files: map[string][]string{}, fsys: fsys}
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(mod)) {
		if rest, ok := strings.CutPrefix(line, "module "); ok {
			h.module = strings.TrimSpace(rest)
		}
	}
	if h.module == "" {
		return nil, fmt.Errorf("go.mod names no module")
	}
	table, err := fsys.Open("ARCHITECTURE.md")
	if err != nil {
		return nil, err
	}
	defer table.Close()
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		if err := h.addRow(lines.Text()); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("ARCHITECTURE.md: %w", err)
	}
	if len(h.rows) == 0 {
		return nil, fmt.Errorf("ARCHITECTURE.md has no row `| floor | package | ... |`")
	}
	return h, h.findFiles()
}

// addRow takes one line of ARCHITECTURE.md: a row of the table starts with a
// number, its second cell names one package or several with commas between.
func (h *house) addRow(line string) error {
	cells := strings.Split(line, "|")
	if len(cells) < 4 || strings.TrimSpace(cells[0]) != "" {
		return nil
	}
	floor, err := strconv.Atoi(strings.TrimSpace(cells[1]))
	if err != nil {
		return nil // the head of the table, its rule, or another table
	}
	for name := range strings.SplitSeq(cells[2], ",") {
		name = strings.Trim(strings.TrimSpace(name), "`")
		if name == "" {
			return fmt.Errorf("ARCHITECTURE.md: a row of floor %d without a package: %q", floor, line)
		}
		if _, twice := h.floors[name]; twice {
			return fmt.Errorf("ARCHITECTURE.md lists %s twice", name)
		}
		h.floors[name] = floor
		h.rows = append(h.rows, name)
	}
	return nil
}

// findFiles collects the Go files that the go command would see in `./...`,
// whatever their build tags.
func (h *house) findFiles() error {
	return fs.WalkDir(h.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if d.IsDir() {
			if name == "." {
				return nil
			}
			if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" || base == "vendor" {
				return fs.SkipDir
			}
			if _, err := fs.Stat(h.fsys, path.Join(name, "go.mod")); err == nil {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		if strings.HasSuffix(base, ".go") && !strings.HasPrefix(base, ".") && !strings.HasPrefix(base, "_") {
			dir := path.Dir(name)
			h.files[dir] = append(h.files[dir], name)
		}
		return nil
	})
}

// importFaults checks every import of every file and the table itself. The
// answer has one line a fault, sorted.
func (h *house) importFaults() ([]string, error) {
	var faults []string
	for _, name := range h.rows {
		if !h.isPackage(name) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md lists %s, which has no Go files", name))
		}
		if covers(beside, name) {
			faults = append(faults, fmt.Sprintf("ARCHITECTURE.md lists %s, which stands beside the floors", name))
		}
	}
	for dir, files := range h.files {
		if covers(beside, dir) {
			continue
		}
		if _, listed := h.floors[dir]; !listed && h.isPackage(dir) {
			faults = append(faults, fmt.Sprintf("%s has no row in ARCHITECTURE.md", dir))
			continue
		}
		for _, name := range files {
			imports, err := h.imports(name)
			if err != nil {
				return nil, err
			}
			for _, imported := range imports {
				if fault := h.importFault(dir, strings.HasSuffix(name, "_test.go"), imported); fault != "" {
					faults = append(faults, name+": "+fault)
				}
			}
		}
	}
	slices.Sort(faults)
	return faults, nil
}

// importFault says what is wrong with a file of dir importing the path, or "".
func (h *house) importFault(dir string, test bool, imported string) string {
	for _, library := range libraries {
		if within(imported, library.prefix) && !covers(library.allowed, dir) {
			return fmt.Sprintf("imports %s, which only %s may", imported, strings.Join(library.allowed, ", "))
		}
	}
	if !within(imported, h.module) {
		return ""
	}
	target := strings.TrimPrefix(strings.TrimPrefix(imported, h.module), "/")
	if covers(beside, target) {
		return fmt.Sprintf("imports %s, a program beside the floors", target)
	}
	floor, listed := h.floors[target]
	if !listed {
		return fmt.Sprintf("imports %s, which has no row in ARCHITECTURE.md", target)
	}
	own, housed := h.floors[dir]
	switch {
	case !housed: // a directory of tests alone, at the top
	case floor < own:
	case test && (target == dir || target == testKit):
	case floor > own:
		return fmt.Sprintf("floor %d imports %s of floor %d", own, target, floor)
	case !within(target, dir) && !within(dir, target):
		return fmt.Sprintf("imports %s of its own floor %d", target, floor)
	}
	return ""
}

// isPackage reports whether dir holds Go files that are not tests.
func (h *house) isPackage(dir string) bool {
	return slices.ContainsFunc(h.files[dir], func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
}

func (h *house) imports(name string) ([]string, error) {
	src, err := fs.ReadFile(h.fsys, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		paths = append(paths, imported)
	}
	return paths, nil
}

// covers reports whether dir is one of the directories or lies below one that
// ends in "/**".
func covers(dirs []string, dir string) bool {
	return slices.ContainsFunc(dirs, func(d string) bool {
		if tree, ok := strings.CutSuffix(d, "/**"); ok {
			return within(dir, tree)
		}
		return d == dir
	})
}

// within reports whether p is root or lies below it.
func within(p, root string) bool {
	return p == root || strings.HasPrefix(p, root+"/")
}
