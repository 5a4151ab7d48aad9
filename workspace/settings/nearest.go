package settings

import "strings"

// Nearest returns the name that was probably meant by word, or "". It looks past upper and lower case, and
// takes the last part of a dotted name for the whole.
func Nearest(word string, names []string) string {
	best, least := "", 2+len(word)/6 // a typing mistake or two, and one more in a long name
	fold := strings.ToLower(word)
	for _, name := range names {
		lower := strings.ToLower(name)
		d := distance(fold, lower)
		if last := lower[strings.LastIndexByte(lower, '.')+1:]; last != lower {
			d = min(d, 1+distance(fold[strings.LastIndexByte(fold, '.')+1:], last))
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many bytes have to be put in, left out or replaced to turn a into b (Levenshtein), two
// neighbours that changed places counting once (optimal string alignment).
func distance(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
