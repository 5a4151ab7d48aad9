package settings

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestManifest compares what the extension for VS Code says about the settings with the table: default, scope,
// limits, values, and the sentences that are the same in every editor.
func TestManifest(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "editors", "vscode", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Contributes struct {
			Configuration struct {
				Properties map[string]struct {
					Scope, MarkdownDescription string
					Default                    any
					Enum                       []string
					Minimum, Maximum           int64
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	for _, row := range Table() {
		p, ok := manifest.Contributes.Configuration.Properties["semantic-ls."+row.Key]
		if ok == row.Secret {
			t.Errorf("%s: in package.json: %v", row.Key, ok)
		}
		if !ok {
			continue
		}
		if (p.Scope == "machine") != row.Machine {
			t.Errorf("%s: scope %s", row.Key, p.Scope)
		}
		value := fmt.Sprint(p.Default)
		if number, ok := p.Default.(float64); ok {
			value = fmt.Sprint(int64(number))
		}
		if value != row.Default {
			t.Errorf("%s: default %s, want %s", row.Key, value, row.Default)
		}
		if !slices.Equal(p.Enum, row.Values) {
			t.Errorf("%s: values %v, want %v", row.Key, p.Enum, row.Values)
		}
		if row.Type == Integer && (p.Minimum != row.Min || p.Maximum != row.Max) {
			t.Errorf("%s: from %d to %d, want %d to %d", row.Key, p.Minimum, p.Maximum, row.Min, row.Max)
		}
		// VS Code has its own way to say that nothing is set, and which values there are.
		for sentence := range strings.SplitSeq(strings.TrimSuffix(row.Doc, "."), ". ") {
			if !strings.ContainsRune(sentence, '`') && !strings.HasPrefix(sentence, "Not set") && !strings.Contains(p.MarkdownDescription, sentence) {
				t.Errorf("%s: package.json does not say: %s", row.Key, sentence)
			}
		}
	}
}
