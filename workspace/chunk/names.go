package chunk

import (
	"slices"
	"strings"
)

// LanguageInfo is a language that files are told to be in: what Language answers, and what files of it are called.
type LanguageInfo struct {
	Name       string
	Extensions []string // with their dot, lower case
	Files      []string // whole names, lower case
}

// noLanguage is the name of text that no one has a language for; what is not known to be in any is such text too.
const noLanguage = "plaintext"

// Languages are all that there are, by name.
func Languages() []LanguageInfo {
	var list []LanguageInfo
	at := map[string]int{}
	for i := range languages {
		l := &languages[i]
		k, known := at[l.name]
		if !known {
			k = len(list)
			at[l.name] = k
			list = append(list, LanguageInfo{Name: l.name})
		}
		list[k].Extensions = append(list[k].Extensions, strings.Fields(l.exts)...)
		list[k].Files = append(list[k].Files, strings.Fields(l.files)...)
	}
	slices.SortFunc(list, func(a, b LanguageInfo) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// LanguagesNamed are what Language answers for files of the language that a person or an editor calls name: by its own name, by
// one that editors have for it ("shellscript", "c++") or by an extension ("py"); nil where there is none. Plain text is also
// text of no known language, which is "".
func LanguagesNamed(name string) []string {
	switch name = strings.ToLower(name); name {
	case "":
		return nil
	case noLanguage, "text", "txt":
		return []string{noLanguage, ""}
	case "shellscript":
		name = "bash"
	case "objective-cpp", "objectivec", "objectivecpp":
		name = "objective-c"
	case "cuda", "cuda-cpp":
		name = "cpp"
	case "golang":
		name = "go"
	}
	if l := named(name); l != nil {
		return []string{l.name}
	}
	return nil
}

// Kinds are all that there are, as the protocol numbers them, Text first.
func Kinds() []Kind {
	list := make([]Kind, TypeParameter+1)
	for i := range list {
		list[i] = Kind(i)
	}
	return list
}

// KindNamed is the kind that is one word, as String gives it, or several as editors show them: "EnumMember", "enum-member".
func KindNamed(name string) (Kind, bool) {
	word := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, k := range Kinds() {
		if k.String() == word {
			return k, true
		}
	}
	return Text, false
}
