package index

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What a pattern finds among names, best first.
func TestPatterns(t *testing.T) {
	names := []string{
		"retryUpload", "RetryUploader", "retry_upload_now", "Upload", "uploadRetries", "HttpConnectionReader", "HTTPServer2",
		"getaddrinfo",
		"readFile", "ReadFileAt", "thread", "run", "__visitor", "Visitor", "größe", "parseJSON5", "validate?", "validate!",
	}
	for _, test := range []struct{ pattern, want string }{
		{"retryUpload", "retryUpload retry_upload_now RetryUploader"},
		{"RETRY_UPLOAD", "retryUpload retry_upload_now RetryUploader"},
		{"retup", "retryUpload RetryUploader retry_upload_now"},
		{"rU", "retryUpload RetryUploader retry_upload_now"},
		{"RuN", "run retry_upload_now"},
		{"hcr", "HttpConnectionReader"},
		{"httpConR", "HttpConnectionReader"},
		{"upload", "Upload uploadRetries retryUpload retry_upload_now RetryUploader"},
		{"uploadnow", "retry_upload_now"},
		{"retryUplaod", "retryUpload"},
		{"retryUpoad", "retryUpload"},
		{"retryUplloads", ""},
		{"retyup", "retryUpload RetryUploader retry_upload_now"},
		{"thraed", "thread"},
		{"rnu", ""},
		{"hs2", "HTTPServer2"},
		{"server", "HTTPServer2"},
		{"addrinfo", "getaddrinfo"},
		{"visitor", "Visitor __visitor"},
		{"__visitor", "__visitor Visitor"},
		{"GRÖSSE", ""},
		{"GRÖßE", "größe"},
		{"json5", "parseJSON5"},
		{"validate!", "validate! validate?"},
		{"readFile", "readFile ReadFileAt"},
		{"RF", "readFile ReadFileAt"},
		{"_", ""},
		{"", ""},
	} {
		if got := strings.Join(ranked(test.pattern, names, false), " "); got != test.want {
			t.Errorf("%q finds %s, want %s", test.pattern, got, test.want)
		}
	}
	for _, test := range []struct{ pattern, want string }{
		{"retryUpload", "retryUpload retry_upload_now"},
		{"uploadNow", "retry_upload_now"},
		{"retryUplaod", "retryUpload"},
		{"retryUp", ""},
		{"connectionReader", "HttpConnectionReader"},
		{"addrinfo", ""},
	} {
		if got := strings.Join(ranked(test.pattern, names, true), " "); got != test.want {
			t.Errorf("%q in a sentence finds %s, want %s", test.pattern, got, test.want)
		}
	}
}

// ranked returns the names that a pattern matches, best first; what is only near the
// beginning of one where nothing else does.
func ranked(pattern string, names []string, few bool) []string {
	type graded struct {
		name  string
		grade float32
	}
	var list []graded
	p := newPattern(pattern, few)
	for p.round = range rounds {
		for _, n := range names {
			if g := p.match([]byte(n)); g > 0 {
				list = append(list, graded{n, g})
			}
		}
		if len(list) > 0 || few {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b graded) int {
		if a.grade != b.grade {
			return int(1e6 * (b.grade - a.grade))
		}
		return 0
	})
	var found []string
	for _, g := range list {
		found = append(found, g.name)
	}
	return found
}

// plainKey is key.read, one rule after the other.
func plainKey(name string) (text string, humps map[int]bool) {
	humps = map[int]bool{}
	class := func(r rune) string {
		switch {
		case r < 0x80 && byteFold[r] == 0:
			return "separator"
		case r >= '0' && r <= '9':
			return "digit"
		case strings.ToLower(string(r)) != string(r):
			return "upper"
		}
		return "lower"
	}
	runes := []rune(name)
	for i, r := range runes {
		before, after := "separator", "separator"
		if i > 0 {
			before = class(runes[i-1])
		}
		if i+1 < len(runes) {
			after = class(runes[i+1])
		}
		switch c := class(r); {
		case c == "separator":
			continue
		case c == "lower" && before == "upper":
		case c != before, c == "upper" && after == "lower" && runes[i+1] < 0x80:
			humps[len(text)] = true
		}
		text += strings.ToLower(string(r))
	}
	return text, humps
}

// plainAligned reports whether each letter of a pattern stands in a name right behind the one
// before, or begins a part further on.
func plainAligned(pattern, name string, humps map[int]bool) bool {
	var from func(i, at int) bool
	from = func(i, at int) bool { // letter i stands at
		if name[at] != pattern[i] {
			return false
		}
		if i+1 == len(pattern) {
			return true
		}
		for next := at + 1; next < len(name); next++ {
			if (next == at+1 || humps[next]) && from(i+1, next) {
				return true
			}
		}
		return false
	}
	for at := range humps {
		if from(0, at) {
			return true
		}
	}
	return false
}

// distance is that of Damerau and Levenshtein, neighbours being exchanged at most once.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// plainMatch reports whether a pattern matches a name, without sketches, words of bits or
// shortcuts. Both are ASCII, and no longer than a key.
func plainMatch(pattern, name string) bool {
	p, _ := plainKey(pattern)
	n, humps := plainKey(name)
	switch {
	case p == "" || n == "":
		return false
	case p == n, plainAligned(p, n, humps):
		return true
	}
	return len(p) >= leastInside && strings.Contains(n, p) || len(p) >= leastTyped && distance(p, n) <= 1
}

// agree fails where the pattern and the plain one do not.
func agree(t *testing.T, text, name string) (matches bool) {
	t.Helper()
	p := newPattern(text, false)
	p.round = roundInside
	grade := p.match([]byte(name))
	if grade < 0 || grade > gradeExact || grade != grade {
		t.Fatalf("%q in %q: grade %v", text, name, grade)
	}
	if grade > 0 && !p.same && !p.may(sketchOf([]byte(name))) {
		t.Fatalf("%q matches %q, and its sketch says that it cannot", text, name)
	}
	few := newPattern(text, true)
	if g := few.match([]byte(name)); g > 0 && !few.same && (grade == 0 || !few.may(sketchOf([]byte(name)))) {
		t.Fatalf("%q matches %q in a sentence: %v, else %v", text, name, g, grade)
	}
	if grade > p.bound(int(sketchOf([]byte(name))>>sketchLength&sketchLongest)) && !p.same {
		t.Fatalf("%q in %q: grade %v is beyond the bound", text, name, grade)
	}
	p.round = roundParts
	if g := p.match([]byte(name)); g > grade || g > 0 && !p.same && !p.may(sketchOf([]byte(name))) {
		t.Fatalf("%q in %q: grade %v in the first round, %v in the second", text, name, g, grade)
	}
	p.round = roundAhead
	if p.match([]byte(name)) > 0 && !p.same && !p.may(sketchOf([]byte(name))) {
		t.Fatalf("%q is like the beginning of %q, and its sketch says that it cannot", text, name)
	}
	if p.n == 0 || p.cut || p.name.cut || !isASCII(text) || !isASCII(name) {
		return grade > 0
	}
	if key, humps := plainKey(name); key != string(p.name.text[:p.name.n]) || len(humps) != len(bitsOf(p.name.humps)) {
		t.Fatalf("the key of %q is %q with parts at %v, want %q and %v", name, p.name.text[:p.name.n], bitsOf(p.name.humps), key, humps)
	}
	if len(text) > mostJumps+1 || len(name) > 24 {
		return grade > 0 // the plain one takes too long, or may need more jumps
	}
	if want := plainMatch(text, name); want != (grade > 0) {
		t.Fatalf("%q in %q: grade %v, plainly %v", text, name, grade, want)
	}
	return grade > 0
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 }) }

func bitsOf(word uint64) (list []int) {
	for i := range 64 {
		if word>>i&1 != 0 {
			list = append(list, i)
		}
	}
	return list
}

func TestPatternsMatchWhatThePlainOneDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	letters := "aabbcABC_12"
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[rng.IntN(len(letters))]
		}
		return string(b)
	}
	matches := 0
	for range 200_000 {
		if agree(t, word(1+rng.IntN(7)), word(1+rng.IntN(14))) {
			matches++
		}
	}
	if matches < 20_000 || matches > 180_000 {
		t.Errorf("%d of 200,000 match", matches)
	}
}

func FuzzPatterns(f *testing.F) {
	f.Add("retup", "retryUpload")
	f.Add("größe", "GRÖSSE_2")
	f.Add(strings.Repeat("aB", 60), strings.Repeat("a_B", 70))
	f.Add("\xff\xfe", "K\xff")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		agree(t, pattern, name)
		before := firstOfKey([]byte(pattern)) < firstOfKey([]byte(name))
		if before && compareNames([]byte(pattern), []byte(name)) >= 0 {
			t.Fatalf("%q is before %q by its first letters", pattern, name)
		}
		if isASCII(pattern) || isASCII(name) {
			return
		}
		if c := compareNames([]byte(pattern), []byte(name)); c != -compareNames([]byte(name), []byte(pattern)) {
			t.Fatalf("%q and %q are in no order", pattern, name)
		}
	})
}
