package chunk

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestOutlineOfDataAndMarkupSurvivesDamage takes one mark away, or puts one in, at the end of many lines: what is half typed in
// one place must not hide the rest.
func TestOutlineOfDataAndMarkupSurvivesDamage(t *testing.T) {
	damages := map[string]func(text string, at int) string{}
	for _, mark := range []string{"}", "{", "]", "[", ")", "\"", "<", ">"} {
		damages["without "+mark] = without(mark)
		damages["more "+mark] = func(text string, at int) string { return text[:at] + mark + text[at:] }
	}
	for _, name := range strings.Fields("yaml toml ini json xml maven html vue astro svelte dockerfile makefile cmake latex markdown rst asciidoc") {
		path, text, _ := readCase(t, filepath.Join("testdata", "outline", name+".txt"))
		clean := names(Cut(path, text))
		for damage, change := range damages {
			found, all := 0, 0
			for i := range 12 {
				at := len(text) * (i + 1) / 14
				at += max(0, strings.IndexByte(text[at:], '\n'))
				damaged := names(Cut(path, change(text, at)))
				for key, n := range clean {
					all += n
					found += min(n, damaged[key])
				}
			}
			if got := ratio(found, all); got < .7 {
				t.Errorf("%s %s: %.3f of the outline is left", name, damage, got)
			}
		}
	}
}

// TestJSONKeepsKeysBehindAnOpenBracket: a root's key is known by its column when a bracket before it has no partner.
func TestJSONKeepsKeysBehindAnOpenBracket(t *testing.T) {
	text := "{\n  \"a\": {\n    \"b\": [1,\n  \"c\": 2,\n  \"d\": 3\n}\n"
	var found []string
	for _, s := range Cut("x.json", text).Symbols {
		found = append(found, s.Name)
	}
	if got := strings.Join(found, " "); got != "a c d" {
		t.Errorf("keys are %s", got)
	}
}
