package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestManifest compares what the extension for VS Code says about the settings with the table; go generate writes it: in
// package.json the settings, their scopes, and that a workspace which is not trusted has none; in src/keys.ts their keys.
// Settings of the extension alone stand in package.json and are left as they are.
func TestManifest(t *testing.T) {
	text := read(t, "editors", "vscode", "package.json")
	own := ownProperties(t, text)
	names, properties := []string{}, object{}
	for _, m := range own {
		names, properties = append(names, m.key), append(properties, m)
	}
	group, of, groups := "", 0, 0
	for _, r := range Table() {
		if r.Secret {
			continue
		}
		if name, _, _ := strings.Cut(r.Key, "."); name != group {
			group, of, groups = name, 0, groups+1
		}
		names = append(names, manifestPrefix+r.Key)
		properties = append(properties, member{manifestPrefix + r.Key, r.contribution(groups*100 + of)})
		of++
	}
	text = withValue(t, text, properties, "contributes", "configuration", "properties")
	text = withValue(t, text, names, "capabilities", "untrustedWorkspaces", "restrictedConfigurations")
	current(t, text, "editors", "vscode", "package.json")

	keys := "// Generated from the table in workspace/settings by go generate. Do not edit.\n\n" +
		"/** The server's settings, see docs/settings.md. There is none for a provider's key: that comes from the environment. */\n" +
		"export const keys = [\n"
	for _, name := range names[len(own):] {
		keys += fmt.Sprintf("  %q,\n", strings.TrimPrefix(name, manifestPrefix))
	}
	current(t, keys+"] as const;\n", "editors", "vscode", "src", "keys.ts")
}

// manifestPrefix stands before the names of our settings in VS Code.
const manifestPrefix = "semantic-ls."

// contribution is the setting as VS Code shows it, where an empty text is one that is not set.
func (r *Setting) contribution(order int) object {
	scope := "window"
	if r.Machine {
		scope = "machine"
	}
	p := r.property(strings.ReplaceAll(r.Doc, "Not set:", "Empty:"))
	return slices.Insert(p, 1, member{"scope", scope}, member{"order", order})
}

// ownProperties are the settings of the extension alone.
func ownProperties(t *testing.T, manifest string) (own object) {
	t.Helper()
	start, end := valueAt(t, manifest, "contributes", "configuration", "properties")
	d := json.NewDecoder(strings.NewReader(manifest[start:end]))
	_, _ = d.Token() // the brace
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if key := name.(string); isEditors(strings.TrimPrefix(key, manifestPrefix)) {
			own = append(own, member{key, value})
		}
	}
	return own
}

// withValue is JSON text with another value at the path, indented as what is around it.
func withValue(t *testing.T, text string, value any, path ...string) string {
	t.Helper()
	start, end := valueAt(t, text, path...)
	return text[:start] + pretty(t, value, strings.Repeat("  ", len(path))) + text[end:]
}

// valueAt is where the value at the path stands in JSON text.
func valueAt(t *testing.T, text string, path ...string) (start, end int) {
	t.Helper()
	end = len(text)
	for _, want := range path {
		d := json.NewDecoder(strings.NewReader(text[start:end]))
		_, _ = d.Token() // the brace
		for found := false; !found; {
			name, err := d.Token()
			if err != nil || !d.More() {
				t.Fatalf("no %s: %v", strings.Join(path, "."), err)
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				t.Fatal(err)
			}
			if found = name == want; found {
				end = start + int(d.InputOffset())
				start = end - len(value)
			}
		}
	}
	return start, end
}
