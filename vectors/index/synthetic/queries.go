package synthetic

import (
	_ "embed"
	"strings"
)

//go:embed queries.txt
var queriesText string

// Queries returns the mix that benchmarks ask: 200 questions, descriptions, names and
// keywords, of which the first CommonQueries are made of common words only.
func Queries() (list []string) {
	for line := range strings.Lines(queriesText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// CommonQueries is how many of Queries have common words only, a tenth.
const CommonQueries = 20
