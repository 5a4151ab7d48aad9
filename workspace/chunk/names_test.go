package chunk

import (
	"slices"
	"testing"
)

func TestEveryLanguageIsFoundByItsName(t *testing.T) {
	list := Languages()
	if len(list) < 60 {
		t.Fatalf("%d languages", len(list))
	}
	var names []string
	for _, l := range list {
		names = append(names, l.Name)
		if got := LanguagesNamed(l.Name); len(got) == 0 || got[0] != l.Name {
			t.Errorf("%s is called %v", l.Name, got)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%v", names)
	}
	if i := slices.Index(names, "haskell"); !slices.Equal(list[i].Extensions, []string{".hs", ".hsc", ".lhs"}) {
		t.Errorf("%v: one language of two rows", list[i])
	}
}

// What Language answers is a name of the list.
func TestEveryAnswerIsALanguage(t *testing.T) {
	names := map[string]bool{}
	for _, l := range Languages() {
		names[l.Name] = true
	}
	for _, l := range Languages() {
		for _, ext := range l.Extensions {
			if got := Language("x"+ext, ""); got != "" && !names[got] {
				t.Errorf("x%s is %q", ext, got)
			}
		}
		for _, file := range l.Files {
			if got := Language(file, ""); got != l.Name {
				t.Errorf("%s is %q, want %s", file, got, l.Name)
			}
		}
	}
}

func TestLanguagesNamed(t *testing.T) {
	for name, want := range map[string][]string{
		"Go": {"go"}, "golang": {"go"}, "py": {"python"}, "JS": {"javascript"}, "ts": {"typescript"}, "typescriptreact": {"typescript"},
		"c++": {"cpp"}, "sh": {"bash"}, "shellscript": {"bash"}, "md": {"markdown"}, "rs": {"rust"}, "jsonc": {"json"},
		"text": {"plaintext", ""}, "plaintext": {"plaintext", ""}, "klingon": nil, "": nil, ".": nil, "*.go": nil,
	} {
		if got := LanguagesNamed(name); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestKindNamed(t *testing.T) {
	kinds := Kinds()
	if len(kinds) != 27 || kinds[0] != Text || kinds[26] != TypeParameter {
		t.Fatal(kinds)
	}
	for _, k := range kinds {
		if got, ok := KindNamed(k.String()); !ok || got != k {
			t.Errorf("%s is %s", k, got)
		}
	}
	for _, name := range []string{"EnumMember", "enum-member", "enum_member"} {
		if got, ok := KindNamed(name); !ok || got != EnumMember {
			t.Errorf("%s is %s", name, got)
		}
	}
	for _, name := range []string{"", "func", "functions"} {
		if got, ok := KindNamed(name); ok {
			t.Errorf("%q is %s", name, got)
		}
	}
}
