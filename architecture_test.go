// Package semanticls_test holds the rules of ARCHITECTURE.md as tests: which
// package may import which, and where goroutines may start.
package semanticls_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestArchitectureImports(t *testing.T) {
	h, err := readHouse(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	faults, err := h.importFaults()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

func TestArchitectureGoroutinesStartInTasks(t *testing.T) {
	h, err := readHouse(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	faults, err := h.concurrencyFaults()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// tree is a small house in which every rule is kept; a case adds or replaces
// one file of it.
func tree(name, text string) fstest.MapFS {
	files := map[string]string{
		"go.mod": "module example.org/house\n\ngo 1.26\n",
		"ARCHITECTURE.md": "# House\n\n| floor | package | its one job |\n|---|---|---|\n" +
			"| 0 | tasks | waits |\n| 0 | `text` | counts |\n| 1 | workspace | finds |\n| 1 | workspace/chunk | cuts |\n" +
			"| 1 | vectors/embed, vectors/embed/static | embeds |\n| 4 | workspace/indexing | joins |\n" +
			"| 5 | lsp | talks |\n| 5 | lsp/lsptest | plays |\n| 6 | cmd/house | starts |\n\n| a | b |\n|---|---|\n| not | ours |\n",
		"tasks/tasks.go":                      source("tasks", "context", "sync") + "\nfunc run(f func()) { go f(); _ = context.Background(); var w sync.WaitGroup; w.Go(f) }\n",
		"text/text.go":                        source("text"),
		"text/text_test.go":                   source("text_test", "testing", "example.org/house/text", "example.org/house/lsp/lsptest"),
		"workspace/workspace.go":              source("workspace", "example.org/house/text", "example.org/house/workspace/chunk"),
		"workspace/chunk/chunk.go":            source("chunk", "example.org/house/text"),
		"vectors/embed/openai.go":             source("embed", "github.com/sashabaranov/go-openai"),
		"vectors/embed/static/static.go":      source("static", "example.org/house/vectors/embed"),
		"vectors/embed/static/train/train.go": source("main", "example.org/house/vectors/embed/static", "go.uber.org/zap"),
		"workspace/indexing/indexing.go":      source("indexing", "example.org/house/workspace", "example.org/house/vectors/embed", "go.uber.org/zap"),
		"lsp/server.go":                       source("lsp", "go.lsp.dev/protocol", "go.uber.org/zap/zapcore", "example.org/house/workspace/indexing"),
		"lsp/lsptest/editor.go":               source("lsptest", "go.lsp.dev/jsonrpc2"),
		"cmd/house/main.go":                   source("main", "context", "go.uber.org/zap", "example.org/house/lsp") + "\nfunc main() { go func() { _ = context.Background() }() }\n",
		"bench/speed/main.go":                 source("main", "go.lsp.dev/protocol", "example.org/house/lsp"),
		"house_test.go":                       source("house_test", "testing", "example.org/house/lsp"),
		"testdata/bad/bad.go":                 "not Go at all",
		"editors/node_modules/x/x.go":         "not Go at all",
		"lsp/client/go.mod":                   "module example.org/client\n",
		"lsp/client/client.go":                "not Go at all",
	}
	if name != "" {
		files[name] = text
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// source is a Go file of the package with the imports.
func source(pkg string, imports ...string) string {
	var b strings.Builder
	b.WriteString("package " + pkg + "\n")
	for _, imported := range imports {
		b.WriteString("import \"" + imported + "\"\n")
	}
	return b.String()
}

func TestRulesHoldInASoundHouse(t *testing.T) {
	h, err := readHouse(tree("", ""))
	if err != nil {
		t.Fatal(err)
	}
	imports, err := h.importFaults()
	if err != nil {
		t.Fatal(err)
	}
	loose, err := h.concurrencyFaults()
	if err != nil {
		t.Fatal(err)
	}
	if faults := slices.Concat(imports, loose); len(faults) != 0 {
		t.Errorf("a sound house has faults:\n%s", strings.Join(faults, "\n"))
	}
}

func TestRulesFindEachFault(t *testing.T) {
	const our = "example.org/house/"
	cases := []struct {
		name, file, text string
		want             string // the only fault
	}{
		{"goes up", "text/up.go", source("text", our+"workspace"), "text/up.go: floor 0 imports workspace of floor 1"},
		{"goes up on another system", "text/up_windows.go", "//go:build windows\n\n" + source("text", our+"workspace"), "text/up_windows.go: floor 0 imports workspace of floor 1"},
		{"same floor", "workspace/e.go", source("workspace", our+"vectors/embed"), "workspace/e.go: imports vectors/embed of its own floor 1"},
		{"same floor, sisters", "workspace/chunk/e.go", source("chunk", our+"vectors/embed/static"), "workspace/chunk/e.go: imports vectors/embed/static of its own floor 1"},
		{"own sub-package above", "workspace/i.go", source("workspace", our+"workspace/indexing"), "workspace/i.go: floor 1 imports workspace/indexing of floor 4"},
		{"unlisted package", "workspace/watch/watch.go", source("watch"), "workspace/watch has no row in ARCHITECTURE.md"},
		{"unlisted package at the top", "top.go", source("house"), ". has no row in ARCHITECTURE.md"},
		{"import of nothing listed", "workspace/w.go", source("workspace", our+"workspace/watch"), "workspace/w.go: imports workspace/watch, which has no row in ARCHITECTURE.md"},
		{"ghost row", "text/text.go", "", "ARCHITECTURE.md lists text, which has no Go files"},
		{"imports a bench", "lsp/b.go", source("lsp", our+"bench/speed"), "lsp/b.go: imports bench/speed, a program beside the floors"},
		{"test imports a bench", "lsp/b_test.go", source("lsp", our+"bench/speed"), "lsp/b_test.go: imports bench/speed, a program beside the floors"},
		{"imports the trainer", "vectors/embed/static/t.go", source("static", our+"vectors/embed/static/train"), "vectors/embed/static/t.go: imports vectors/embed/static/train, a program beside the floors"},
		{"test goes up", "text/up_test.go", source("text", our+"workspace"), "text/up_test.go: floor 0 imports workspace of floor 1"},
		{"test kit outside tests", "text/kit.go", source("text", our+"lsp/lsptest"), "text/kit.go: floor 0 imports lsp/lsptest of floor 5"},
		{"protocol outside lsp", "workspace/p.go", source("workspace", "go.lsp.dev/protocol"), "workspace/p.go: imports go.lsp.dev/protocol, which only lsp/** may"},
		{"protocol in a test outside lsp", "cmd/house/p_test.go", source("main", "go.lsp.dev/uri"), "cmd/house/p_test.go: imports go.lsp.dev/uri, which only lsp/** may"},
		{"openai outside embed", "vectors/embed/static/o.go", source("static", "github.com/sashabaranov/go-openai"), "vectors/embed/static/o.go: imports github.com/sashabaranov/go-openai, which only vectors/embed may"},
		{"zap below indexing", "workspace/z.go", source("workspace", "go.uber.org/zap"), "workspace/z.go: imports go.uber.org/zap, which only cmd/**, lsp/**, workspace/indexing may"},
		{"zap's parts", "text/z.go", source("text", "go.uber.org/zap/zapcore"), "text/z.go: imports go.uber.org/zap/zapcore, which only cmd/**, lsp/**, workspace/indexing may"},
		{"top test with the protocol", "more_test.go", source("house_test", "go.lsp.dev/uri"), "more_test.go: imports go.lsp.dev/uri, which only lsp/** may"},

		{"go statement", "text/g.go", "package text\n\nfunc f(g func()) {\n\tgo g()\n}\n", "text/g.go:4: a go statement: use package tasks"},
		{"wait group", "text/g.go", source("text", "sync") + "var group sync.WaitGroup\n", "text/g.go:3: sync.WaitGroup: use package tasks"},
		{"timer", "text/g.go", source("text", "time") + "func f() { time.AfterFunc(1, f) }\n", "text/g.go:3: time.AfterFunc: use package tasks"},
		{"renamed import", "text/g.go", "package text\nimport clock \"time\"\nfunc f() { clock.AfterFunc(1, f) }\n", "text/g.go:3: time.AfterFunc: use package tasks"},
		{"dot import", "text/g.go", "package text\nimport . \"time\"\nfunc f() { AfterFunc(1, f) }\n", "text/g.go:2: a dot import of time hides what is used of it"},
		{"errgroup", "lsp/g.go", source("lsp", "golang.org/x/sync/errgroup"), "lsp/g.go:2: imports golang.org/x/sync/errgroup: use package tasks"},
		{"background", "text/g.go", source("text", "context") + "var c = context.Background()\n", "text/g.go:3: context.Background: use package tasks"},
		{"todo", "text/g.go", source("text", "context") + "var c = context.TODO()\n", "text/g.go:3: context.TODO: use package tasks"},
		{"without cancel", "lsp/g.go", source("lsp", "context") + "func f(c context.Context) { context.WithoutCancel(c) }\n", "lsp/g.go:3: context.WithoutCancel: use package tasks"},
		{"after func", "lsp/g.go", source("lsp", "context") + "func f(c context.Context) { context.AfterFunc(c, nil) }\n", "lsp/g.go:3: context.AfterFunc: use package tasks"},
		{"go statement in the test kit", "lsp/lsptest/g.go", "package lsptest\n\nfunc f(g func()) {\n\tgo g()\n}\n", "lsp/lsptest/g.go:4: a go statement: use package tasks"},
		{"go statement for another system", "text/g_windows.go", "//go:build windows\n\npackage text\n\nfunc f(g func()) {\n\tgo g()\n}\n", "text/g_windows.go:6: a go statement: use package tasks"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fsys := tree(c.file, c.text)
			if c.text == "" {
				delete(fsys, c.file)
				delete(fsys, strings.TrimSuffix(c.file, ".go")+"_test.go")
				fsys["workspace/workspace.go"].Data = []byte(source("workspace"))
				fsys["workspace/chunk/chunk.go"].Data = []byte(source("chunk"))
			}
			h, err := readHouse(fsys)
			if err != nil {
				t.Fatal(err)
			}
			imports, err := h.importFaults()
			if err != nil {
				t.Fatal(err)
			}
			loose, err := h.concurrencyFaults()
			if err != nil {
				t.Fatal(err)
			}
			if faults := slices.Concat(imports, loose); !slices.Equal(faults, []string{c.want}) {
				t.Errorf("faults:\n%s\nwant:\n%s", strings.Join(faults, "\n"), c.want)
			}
		})
	}
}

func TestRulesRefuseATableThatSaysNothing(t *testing.T) {
	cases := []struct{ name, file, text, want string }{
		{"no table", "ARCHITECTURE.md", "# House\n", "has no row"},
		{"twice", "ARCHITECTURE.md", "| 0 | text | a |\n| 1 | text | b |\n", "lists text twice"},
		{"no name", "ARCHITECTURE.md", "| 0 | | a |\n", "without a package"},
		{"no module", "go.mod", "go 1.26\n", "names no module"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := readHouse(tree(c.file, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}
