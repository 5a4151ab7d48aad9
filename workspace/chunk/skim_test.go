package chunk

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// sameThorough says whether a text's outline is that of a scanner that looks at every token. Where brackets do not pair up the
// two may see it differently: what is skimmed is not counted.
func sameThorough(path, text string) error {
	l := detect(path, text)
	if l == nil || l.grammar == nil || l.grammar.outline == nil || l.grammar.receivers || !utf8.ValidString(text) { // Go's local types stand first on a line
		return nil
	}
	s := newScanner(text, l.grammar)
	s.grammars, s.thorough = grammarNamed, true
	l.grammar.outline(s)
	s.order()
	got := outline(text, l.grammar)
	if s.repair || got.repair || slices.Equal(got.defs, s.defs) {
		return nil
	}
	if l.grammar.rootOnly { // local types are found where they stand first on a line
		for _, d := range s.defs {
			if line := text[strings.LastIndexByte(text[:d.start], '\n')+1 : d.start]; strings.Trim(line, " \t\r") != "" {
				return nil
			}
		}
	}
	for i := range min(len(got.defs), len(s.defs)) {
		if got.defs[i] != s.defs[i] {
			return fmt.Errorf("definition %d is %+v when statements are skimmed, %+v when not", i, got.defs[i], s.defs[i])
		}
	}
	return fmt.Errorf("%d definitions when statements are skimmed, %d when not", len(got.defs), len(s.defs))
}
