package settings

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the documents that follow from the table")

// TestDocument compares docs/settings.md with the table; go generate writes it.
func TestDocument(t *testing.T) {
	current(t, document(), "docs", "settings.md")
}

// read is a file of the repository.
func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		t.Fatalf("%v: run go generate ./workspace/settings", err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// current fails unless a file of the repository is what the table makes of it; with -update it writes that.
func current(t *testing.T, want string, path ...string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join(append([]string{"..", ".."}, path...)...), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, path...) != want {
		t.Errorf("%s does not follow from the table any more: run go generate ./workspace/settings", filepath.Join(path...))
	}
}

func document() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from the table in workspace/settings by go generate. Do not edit. -->

# Settings

Nothing has to be set. What is set is looked for in these places, and the first that has it counts:

1. flags on the command line;
2. environment variables, of which an empty one counts as not set;
3. the editor's settings: what the editor sends when it starts the server (` + "`initializationOptions`" + `), or says when
   it is asked or when they change (` + "`workspace/configuration`, `workspace/didChangeConfiguration`, section `semantic-ls`" + `).
   Changes are applied at once;
4. your own file: ` + "`semantic-ls/settings.json`" + ` in your configuration directory (` + "`$XDG_CONFIG_HOME` or `~/.config`" + `,
   ` + "`~/Library/Application Support`, `%AppData%`" + `);
5. the default.

The editor's settings and your file are JSON objects, with keys nested or dotted, as you like:

    {
      "embedding": { "provider": "openai", "model": "text-embedding-3-small" },
      "log.level": "debug"
    }

A key that is not a setting is a warning, a value that is not accepted is an error: it names the place and what
would be accepted. The extension for VS Code completes and checks your file as you write it; so do other editors of
JSON if the file has

    "$schema": "` + schemaURL + `"

No file inside a workspace is ever read for settings. Those marked *machine* decide where the text of a workspace is
sent or which files are written: editors take them from your own settings only, not from a workspace's.

| setting | type | default |
|---|---|---|
`)
	for _, r := range Table() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", r.Key, strings.ToLower(strings.ReplaceAll(r.Key, ".", "")), r.Type, orNone(r.Default))
	}
	for _, r := range Table() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", r.Key, r.Doc)
		for i, meaning := range r.Meaning {
			fmt.Fprintf(&b, "- `%s`: %s\n", r.Values[i], meaning)
		}
		fmt.Fprintf(&b, "- Accepts %s.\n", r.Accepts)
		fmt.Fprintf(&b, "- Default: %s.\n", orNone(r.Default))
		fmt.Fprintf(&b, "- Environment: `%s`.\n", strings.Join(r.Env, "`, else `"))
		switch {
		case r.Secret:
			b.WriteString("- From the environment only.\n")
		case r.Machine:
			b.WriteString("- *machine*: not from a workspace.\n")
		}
	}
	return b.String()
}

func orNone(value string) string {
	if value == "" {
		return "not set"
	}
	return "`" + value + "`"
}
