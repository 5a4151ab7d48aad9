package clones

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// retry is the original that the copies of many tests are made of.
const retry = `// Retry calls f again with growing pauses.
func Retry(attempts int, f func() error) error {
	var err error
	for i := 0; i < attempts; i++ {
		if err = f(); err == nil {
			return nil
		}
		log.Printf("attempt %d of %d: %v", i+1, attempts, err)
		time.Sleep(pause(i) * 250)
	}
	return fmt.Errorf("after %d attempts: %w", attempts, err)
}
`

// parse is of about the same length and says something else.
const parse = `func Parse(line string) (Header, bool) {
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" {
		return Header{}, false
	}
	h := Header{Name: strings.ToLower(name)}
	switch value = strings.TrimSpace(value); {
	case strings.HasPrefix(value, "W/"):
		h.Weak, h.Value = true, value[2:]
	default:
		h.Value = value
	}
	return h, true
}
`

// renamed is retry with other names, literals and comments, and laid out differently.
const renamed = `func insist(n int, call func() error) error {
	var last error // of the last call

	for round := 1; round < n; round++ {
		if last = call(); last == nil { return nil }
		logger.Infof("%v: round %d of %d", round+2, n, last)
		clock.Wait(delay(round) * 1_000)
	}
	/* nothing
	   helped */
	return errors.Wrap("gave up: %d, %w", n, last)
}
`

func all(text string) []Span { return []Span{{0, len(text)}} }

// whole is files of one definition each.
func whole(language string, texts ...string) (files []File) {
	var r Reader
	for _, text := range texts {
		files = append(files, r.Read(text, language, all(text), nil, 6))
	}
	return files
}

func find(t *testing.T, files []File, similarity float64) []Group {
	t.Helper()
	groups, err := Find(t.Context(), files, Options{Similarity: similarity})
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

// said is groups as text: the similarity and the files of each.
func said(groups []Group) string {
	var list []string
	for _, g := range groups {
		s := fmt.Sprintf("%.2f:", g.Similarity)
		for _, c := range g.Copies {
			s += fmt.Sprintf(" %d", c.File)
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

func TestGroups(t *testing.T) {
	added := strings.Replace(retry, "\t\ttime.Sleep", "\t\tmetrics.Failed.Add(1)\n\t\ttime.Sleep", 1)
	removed := strings.Replace(retry, "\t\tlog.Printf(\"attempt %d of %d: %v\", i+1, attempts, err)\n", "", 1)
	changed := strings.Replace(retry, "time.Sleep(pause(i) * 250)", "<-time.After(backoff.Next())", 1)
	other := strings.Replace(retry, "err == nil", "err != nil", 1)
	cases := []struct {
		name  string
		texts []string
		want  string
	}{
		{"nothing", nil, ""},
		{"one", []string{retry}, ""},
		{"strangers", []string{retry, parse}, ""},
		{"the same", []string{retry, parse, retry}, "1.00: 0 2"},
		{"renamed, other literals, comments and layout", []string{retry, parse, renamed}, "1.00: 0 2"},
		{"a statement added", []string{retry, parse, added}, "0.95: 0 2"},
		{"a statement removed", []string{retry, parse, removed}, "0.91: 0 2"},
		{"a statement changed", []string{retry, parse, changed}, "0.94: 0 2"},
		{"an operator changed", []string{retry, parse, other}, "0.99: 0 2"},
		{"three, and the similarity of the least similar two", []string{retry, renamed, added, parse}, "0.95: 0 1 2"},
		{"two groups, the one that says more first", []string{parse, retry, parse, added, renamed}, "0.95: 1 3 4; 1.00: 0 2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := said(find(t, whole("go", c.texts...), 0.8)); got != c.want {
				t.Errorf("groups %q, want %q", got, c.want)
			}
		})
	}
}

func TestCopiesSayHowSimilarTheyAreToTheFirst(t *testing.T) {
	added := strings.Replace(retry, "\t\ttime.Sleep", "\t\tmetrics.Failed.Add(1)\n\t\ttime.Sleep", 1)
	groups := find(t, whole("go", retry, renamed, added), 0.8)
	if len(groups) != 1 || len(groups[0].Copies) != 3 {
		t.Fatalf("groups %v", said(groups))
	}
	c := groups[0].Copies
	if c[0].Like != 1 || c[1].Like != 1 || c[2].Like != groups[0].Similarity || c[2].Like >= 1 {
		t.Errorf("copies %+v of a group of %v", c, groups[0].Similarity)
	}
}

func TestSimilarityIsHeldTo(t *testing.T) {
	added := strings.Replace(retry, "\t\ttime.Sleep", "\t\tmetrics.Failed.Add(1)\n\t\ttime.Sleep", 1)
	files := whole("go", retry, renamed, added)
	for similarity, want := range map[float64]string{0.5: "0.95: 0 1 2", 0.94: "0.95: 0 1 2", 0.96: "1.00: 0 1", 1: "1.00: 0 1"} {
		if got := said(find(t, files, similarity)); got != want {
			t.Errorf("at %v %q, want %q", similarity, got, want)
		}
	}
}

// lines is a function of the statements with these numbers, each of which has a shape of its own.
func lines(numbers ...int) string {
	var b strings.Builder
	b.WriteString("func f(a, b int) int {\n")
	for _, n := range numbers {
		switch n % 5 {
		case 0:
			fmt.Fprintf(&b, "\tif a%sb { b = b%s1 }\n", operators[n%7], operators[n%6])
		case 1:
			fmt.Fprintf(&b, "\tfor a%sb { call(a%sb, 1) }\n", operators[n%7], operators[n%11])
		case 2:
			fmt.Fprintf(&b, "\ta.field%s[]int{a%sb}\n", operators[n%3], operators[n%11])
		case 3:
			fmt.Fprintf(&b, "\tdefer a.b.c(func() { b%sa }, a%s2)\n", operators[n%7], operators[n%10])
		case 4:
			fmt.Fprintf(&b, "\tswitch a%sb { case 1: return b%sa }\n", operators[n%7], operators[n%11])
		}
	}
	return b.String() + "}\n"
}

var operators = []string{"<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "=="}

// Each of a chain is similar to the next, and the last is a stranger to the first.
func TestAChainIsNotOneGroup(t *testing.T) {
	var chain []string
	numbers := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for n := range 30 {
		chain = append(chain, lines(numbers...))
		numbers = append(numbers[1:], 10+n)
	}
	files := whole("go", chain...)
	groups := find(t, files, 0.8)
	if len(groups) < 5 {
		t.Errorf("groups %v, want many small ones", said(groups))
	}
	var c comparison
	for _, g := range groups {
		for i, a := range g.Copies {
			c.with(files[a.File].symbols)
			for _, b := range g.Copies[i+1:] {
				if like := c.like(files[b.File].symbols, 0); like < g.Similarity || like < 0.8 {
					t.Errorf("%d and %d have %.2f in common, in a group of %.2f", a.File, b.File, like, g.Similarity)
				}
			}
		}
	}
}

func TestLanguages(t *testing.T) {
	const script = `function total(list) {
  let sum = 0;
  for (const item of list) {
    if (item.price > 10) {
      sum += item.price * item.count;
    }
  }
  return sum;
}
`
	var r Reader
	read := func(language, text string) File { return r.Read(text, language, all(text), nil, 6) }
	files := []File{
		read("javascript", script), read("go", retry), read("typescript", script), read("markdown", script), read("", script),
		read("markdown", script), read("go", renamed),
	}
	if got, want := said(find(t, files, 0.8)), "1.00: 1 6; 1.00: 0 2"; got != want {
		t.Errorf("groups %q, want %q", got, want)
	}
	if Code("markdown") || Code("json") || Code("") || !Code("go") {
		t.Error("code is what people write for machines, and prose and data are not")
	}
}

func TestWhatIsShortOrTheSameAllOverIsLeftOut(t *testing.T) {
	table := "var table = []int{\n" + strings.Repeat("\t1, 2, 3, 4, 5, 6, 7, 8,\n", 40) + "}\n"
	fields := "type T struct {\n\tA int\n\tB int\n\tC int\n\tD int\n\tE int\n}\n"
	imports := "import (\n\t\"a\"\n\t\"b\"\n\t\"c\"\n\t\"d\"\n\t\"e\"\n)\n"
	short := "func (r *Reader) Name() string {\n\t// of the reader\n\n\tif r == nil {\n\t\treturn r.file.name\n\t}\n}\n"
	for name, text := range map[string]string{"a table": table, "fields": fields, "imports": imports, "a getter": short} {
		if got := said(find(t, whole("go", text, text), 0.8)); got != "" {
			t.Errorf("%s: groups %q", name, got)
		}
	}
	var r Reader
	files := []File{r.Read(short, "go", all(short), nil, 5), r.Read(short, "go", all(short), nil, 5)}
	if got, want := said(find(t, files, 0.8)), "1.00: 0 1"; got != want {
		t.Errorf("with fewer lines asked for %q, want %q", got, want)
	}
}

// A class and its copy are one group, not one of classes and one of each method; and what is inside is no copy of it.
func TestWhatIsInsideIsNoCopy(t *testing.T) {
	method := func(name string) string {
		return "\tpublic int " + name + "(int a) {\n\t\tint b = a * 2;\n" +
			"\t\tif (b > this.limit) {\n\t\t\tthrow new Error(\"too many\" + b);\n\t\t}\n" +
			"\t\tthis.count += b;\n\t\treturn this.count;\n\t}\n"
	}
	text := "class Outer {\n" + method("one") + "}\n"
	at := strings.Index(text, "\tpublic")
	var r Reader
	read := func(text string) File {
		return r.Read(text, "java", []Span{{0, len(text)}, {at, len(text) - 2}}, []Span{{0, len(text)}}, 6)
	}
	if got := said(find(t, []File{read(text)}, 0.5)); got != "" {
		t.Errorf("a class and its only method: %q", got)
	}
	groups := find(t, []File{read(text), read(text)}, 0.8)
	if got, want := said(groups), "1.00: 0 1"; got != want || groups[0].Copies[0].Number != 0 {
		t.Errorf("two classes: %q %+v, want %q of the classes", got, groups, want)
	}
	// But two methods of one class that are alike are.
	two := "class Outer {\n" + method("one") + method("two") + "}\n"
	middle := strings.LastIndex(two, "\tpublic")
	file := r.Read(two, "java", []Span{{0, len(two)}, {at, middle}, {middle, len(two) - 2}}, nil, 6)
	if got, want := said(find(t, []File{file, file}, 0.8)), "1.00: 0 0 1 1"; !strings.Contains(got, want) {
		t.Errorf("methods of one class that are alike: %q, want %q among them", got, want)
	}
}

// A piece of a large function is found, and so are several small functions that stand together.
func TestChunksAreCompared(t *testing.T) {
	body := retry[strings.Index(retry, "\tvar err"):strings.LastIndex(retry, "}")]
	one := "func One() {\n" + strings.Repeat("\tprepare(1, 2)\n", 3) + body + "}\n"
	two := parse + "func Two() {\n" + body + strings.Repeat("\ttidy.up[3]++\n", 30) + "}\n"
	var r Reader
	read := func(text string) File {
		at := strings.Index(text, body)
		return r.Read(text, "go", all(text), []Span{{0, at}, {at, at + len(body)}, {at + len(body), len(text)}}, 6)
	}
	groups := find(t, []File{read(one), read(two)}, 0.9)
	if got, want := said(groups), "1.00: 0 1"; got != want || groups[0].Copies[0].Number != 2 || groups[0].Copies[1].Number != 2 {
		t.Errorf("groups %q %+v, want %q of the second chunks", got, groups, want)
	}
}

func TestTheOrderIsStable(t *testing.T) {
	files, _ := random(300)
	want := find(t, files, 0.7)
	for n := range 4 {
		got, err := Find(t.Context(), files, Options{Similarity: 0.7, Tasks: n})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, func(a, b Group) bool { return slices.Equal(a.Copies, b.Copies) }) {
			t.Fatalf("another order: %v, then %v", said(want), said(got))
		}
	}
	for i := 1; i < len(want); i++ {
		if want[i].weight > want[i-1].weight {
			t.Errorf("group %d weighs more than the one before", i)
		}
	}
}

// random is functions of random statements, each third of which is one before, with changes.
func random(n int) (files []File, texts []string) {
	source := rand.New(rand.NewPCG(7, 7))
	var bodies [][]int
	for i := range n {
		var numbers []int
		if i%3 == 2 {
			numbers = slices.Clone(bodies[source.IntN(i)])
			for range source.IntN(4) {
				at := source.IntN(len(numbers))
				numbers = slices.Insert(numbers, at, source.IntN(1000))
			}
		} else {
			for range 6 + source.IntN(20) {
				numbers = append(numbers, source.IntN(1000))
			}
		}
		bodies = append(bodies, numbers)
		texts = append(texts, lines(numbers...))
	}
	return whole("go", texts...), texts
}

// What is compared is chosen by rare runs. Beside comparing everything with everything, that misses little.
func TestFewPairsAreMissed(t *testing.T) {
	files, _ := random(600)
	f := &finder{files: files, options: Options{Similarity: 0.8, Tasks: 3, Unit: atOnce}}
	if err := errors.Join(f.gather(t.Context()), f.compare(t.Context())); err != nil {
		t.Fatal(err)
	}
	found := map[[2]int32]bool{}
	for _, e := range f.edges {
		found[[2]int32{e.a, e.b}] = true
	}
	var c comparison
	pairs, missed := 0, 0
	for i := range f.nodes {
		c.with(f.nodes[i].symbols)
		for k := range i {
			if c.like(f.nodes[k].symbols, 0.8) >= 0.8 {
				pairs++
				if !found[[2]int32{int32(k), int32(i)}] {
					missed++
				}
			}
		}
	}
	if pairs < 100 || missed*20 > pairs {
		t.Errorf("of %d pairs %d are missed", pairs, missed)
	}
}

type work = func(ctx context.Context) error

func atOnce(ctx context.Context, work work) error { return work(ctx) }

func TestHostileTexts(t *testing.T) {
	cases := map[string]string{
		"one line of a megabyte":  strings.Repeat("a=b+1;", 1<<20/6),
		"one word":                strings.Repeat("x", 1<<20),
		"one number":              strings.Repeat("1", 1<<20),
		"quotes":                  strings.Repeat("\"", 1<<20),
		"triple quotes":           strings.Repeat("\"\"\"'''`", 1<<17),
		"open comments":           strings.Repeat("/* ", 1<<18),
		"open patterns":           strings.Repeat("=/a[", 1<<18),
		"backslashes":             strings.Repeat("\"\\", 1<<19),
		"deep nesting":            strings.Repeat("if (a) {\n", 1<<16) + strings.Repeat("}\n", 1<<16),
		"no text":                 strings.Repeat("\x00\xff\x80\u2028", 1<<17),
		"lines of one thing each": strings.Repeat("a\n", 1<<19),
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			var r Reader
			var files []File
			for _, language := range []string{"go", "javascript", "python", "ocaml", "clojure", "bash"} {
				// Each line begins a definition that lasts to the end of the text, up to some hundreds.
				var definitions []Span
				for at := 0; at < len(text) && len(definitions) < 300; at++ {
					definitions = append(definitions, Span{at, len(text)})
				}
				files = append(files, r.Read(text, language, definitions, all(text), 1))
			}
			find(t, files, 0.8)
		})
	}
}

func TestATextOfTinyFunctions(t *testing.T) {
	var b strings.Builder
	var definitions []Span
	for i := range 100_000 {
		at := b.Len()
		fmt.Fprintf(&b, "func f%d(a, b int) int {\n\tif a %s b {\n\t\treturn a %s %d\n\t}\n\treturn b\n}\n",
			i, operators[i%11], operators[i/11%11], i)
		definitions = append(definitions, Span{at, b.Len()})
	}
	var r Reader
	groups := find(t, []File{r.Read(b.String(), "go", definitions, nil, 6)}, 0.8)
	copies := 0
	for _, g := range groups {
		copies += len(g.Copies)
	}
	if copies != len(definitions) {
		t.Errorf("%d functions are in %d groups, want all %d", copies, len(groups), len(definitions))
	}
}

// It ends wherever it is cancelled, with the reason.
func TestCancelling(t *testing.T) {
	files, _ := random(200)
	reason := errors.New("enough")
	units := 0
	_, err := Find(t.Context(), files, Options{Similarity: 0.8, Unit: func(ctx context.Context, work work) error {
		units++
		return work(ctx)
	}})
	if err != nil || units < 8 {
		t.Fatalf("%d units, %v", units, err)
	}
	for n := range units {
		ctx, cancel := context.WithCancelCause(t.Context())
		left := n
		groups, err := Find(ctx, files, Options{Similarity: 0.8, Unit: func(ctx context.Context, work work) error {
			if left--; left < 0 {
				cancel(reason)
			}
			return work(ctx)
		}})
		if !errors.Is(err, reason) || groups != nil {
			t.Errorf("cancelled in unit %d: %d groups, %v", n, len(groups), err)
		}
		cancel(nil)
	}
}

// A unit is about as much work as it says, whatever the pieces are.
func TestUnitsAreSmall(t *testing.T) {
	files, _ := random(200)
	f := &finder{files: files, options: Options{Similarity: 0.8, Tasks: 3, Unit: atOnce}}
	sizes := []int{}
	f.options.Unit = func(ctx context.Context, work work) error {
		sizes = append(sizes, 0)
		return work(ctx)
	}
	err := f.units(1000, func(int) int { return unitSymbols / 4 })(t.Context(), func(int) { sizes[len(sizes)-1]++ })
	if err != nil || slices.Max(sizes) > 4 || len(sizes) < 250 {
		t.Errorf("units of %v, %v; want four each", sizes, err)
	}
}

// What it takes to join two groups is bounded, however long their pieces are.
func TestFewPairsOfLongPiecesAreCompared(t *testing.T) {
	for _, c := range []struct{ all, symbols, want int }{
		{9, 10, 9}, {100, 10, 64}, {100, linkedSymbols, 64}, {100, 2 * linkedSymbols, 16}, {100, mostSymbols, fewestPairs}, {2, mostSymbols, 2},
	} {
		if got := pairs(c.all, c.symbols); got != c.want {
			t.Errorf("of %d pairs of %d symbols each %d are compared, want %d", c.all, c.symbols, got, c.want)
		}
	}
}
