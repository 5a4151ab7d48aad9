package search

import (
	"cmp"
	"context"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// What a test tests is a file, and the test says a little of all of it: no line of the one is like a line of the other,
// but of the words that are rare elsewhere they share most. So files are compared, twice. The first comparison is that of
// the index, BM25 of files and chunks with the square of each word's IDF, and vectors; the second reads the best files and
// looks at what the first cannot: what of a file the test says nothing of, and whether another test is more like it, see
// rivals.go.
//
// The numbers here were chosen on fifteen repositories in eleven languages, with the measure of bench/related. There the mean
// reciprocal rank of the file that the whole of a test is about was 0.62 with the ranking of questions, 0.70 with the first
// comparison, and 0.75 with both; five settings with some weights doubled or halved were within 0.008. bench/RESULTS.md has
// what came since, and what was tried and left out.

// What is said of a file that may be what a test tests.
const (
	byFirst     = iota // its best chunk in the first comparison
	byMeaning          // its nearest chunk's vector
	byWords            // the cosine of its words and those of the test
	byShare            // how much of it the test says
	byRare             // the cosine again, where a word counts less that many of the files read have
	byNames            // names that the test says and it defines
	byKin              // one language
	byNearest          // of the other tests, how many are less like it
	byUnclaimed        // that no other test is very like it
	byTitles           // the cosine with the words of the names of the cases
	byPackage          // what package or module both say they are in
	testedSignals
)

// testedWeights are of those signals, each of which is a share of what the best of the files read has. They are those of a
// logistic regression (the file that is meant against the other files read) on the nine repositories that bench/related
// tunes on, where leaving one repository out gives 0.80 in the file and 0.82 for the whole test, without the last four
// signals 0.73 and 0.77, and without any one of them 0.78 to 0.79 and 0.81.
var testedWeights = [testedSignals]float64{
	byFirst: 1, byMeaning: 0.75, byWords: 1, byShare: 0.8, byRare: 0.6, byNames: 0.5, byKin: 0.6,
	byNearest: 1.2, byUnclaimed: 0.6, byTitles: 1.2, byPackage: 0.9,
}

var (
	// testedFirst are the weights of the first comparison.
	testedFirst = index.Weights{File: 2, Chunk: 0.5, Dense: 0.7}
	// testedFileBM25 hardly saturates: with the square of the IDF alone it gives 0.69, a K1 of 3 0.68, the cosine 0.70.
	testedFileBM25 = lexical.BM25{K1: 8, B: 0.75}
)

const (
	// testedTerms is how many words of a test look for files: the rarest. 64 and all of them are within 0.01.
	testedTerms = 128
	// aroundTerms is how many more are of the document that the test stands in, and aroundWeight what they count.
	aroundTerms  = 64
	aroundWeight = 0.3
	// testedNames is how many of its identifiers are looked up as names of definitions.
	testedNames = 256
	// testedLooked is how many files are read. Nine of ten of those that are looked for are among them.
	testedLooked = 50
	// testedTests is how many other tests are read, and are among the answers: with 10 of them the mean reciprocal rank of what
	// one function tests, in its file, is 0.775 where it is 0.791. testedMost is how many files are looked at whatever they are.
	testedTests, testedMost = 25, 400
	// testedChunks is how many chunks the files are taken from: tests, which are like a test, have most of the first ones.
	testedChunks = 4000
	// testedRead is how much of a file is read: what comes after is more of the same.
	testedRead = 64 << 10
	// signsRead is how much of a text is looked at for what tests have.
	signsRead = 8 << 10
	// testAside is what is left of the score of another test: it is like this one, but not what it tests.
	testAside = 0.4
	// prior is what the words of a file weigh at least, so that one of three words is not said in full by everything.
	prior = 50
)

// Read returns what the file of a chunk says now; false where it cannot be read.
type Read func(of index.Found) (text string, ok bool)

// fileLooked is a file that may be what a test tests.
type fileLooked struct {
	chunks []index.Candidate // best first
	text   string            // as much of it as is looked at
	class  index.Class
	test   bool
	says   [testedSignals]float64
	score  float64
}

// rankTested ranks what a test may test, by files.
func (c *Comparison) rankTested(ctx context.Context, s *index.Snapshot, scope index.Scope, q Query, read Read) (Result, error) {
	idf := idfOf(s)
	terms, err := rarest(ctx, c.count, idf, testedTerms, 1)
	if err != nil {
		return Result{}, err
	}
	if c.around != nil {
		rest := map[string]int{}
		for w, n := range c.around {
			if c.count[w] == 0 {
				rest[w] = n
			}
		}
		more, err := rarest(ctx, rest, idf, aroundTerms, aroundWeight)
		if err != nil {
			return Result{}, err
		}
		terms = append(terms, more...)
	}
	q.Limit = max(0, min(q.Limit, MaxLimit))
	first, err := s.Retrieve(ctx, scope, index.Query{
		Terms: terms, Chunks: chunkBM25, Files: testedFileBM25, Probe: q.Vector, Weights: testedFirst,
		NearEnough: aloneCosine, Confident: confidentCosine, Most: max(testedChunks, q.Limit+certainty),
	})
	if err != nil {
		return Result{}, err
	}
	files, err := c.looked(ctx, s, first.Candidates, read)
	if err != nil {
		return Result{}, err
	}
	if err := c.weigh(ctx, s, files, idf); err != nil {
		return Result{}, err
	}
	result := Result{Ranked: ofFiles(files, q.Limit), Rescored: first.Rescored}
	for i, t := range terms {
		result.Terms = append(result.Terms, index.Term{Words: t.Words, Weight: t.Weight * first.IDF[i]})
	}
	return result, nil
}

// idfOf remembers how rare words are.
func idfOf(s *index.Snapshot) func(word string) float64 {
	known := map[string]float64{}
	return func(word string) float64 {
		idf, ok := known[word]
		if !ok {
			idf = s.IDF(word)
			known[word] = idf
		}
		return idf
	}
}

// rarest are the n words that count most, with the weights that Lexical, which multiplies by the IDF, makes its square of.
func rarest(
	ctx context.Context, count map[string]int, idf func(string) float64, n int, weight float64,
) ([]index.Term, error) {
	terms := make([]index.Term, 0, len(count))
	for w, times := range count {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx) // each word is looked up in every segment, and there may be thousands
		}
		if rare := idf(w); rare > 0 {
			terms = append(terms, index.Single(w, weight*damped(times)*rare))
		}
	}
	slices.SortFunc(terms, func(a, b index.Term) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Words[0].Text, b.Words[0].Text))
	})
	return terms[:min(n, len(terms))], nil
}

// damped is what it counts to be said so often.
func damped(times int) float64 { return 1 + math.Log(float64(times)) }

// looked reads the files of the best candidates: testedLooked that are no tests, and of tests some. What is behind is left
// out.
func (c *Comparison) looked(
	ctx context.Context, s *index.Snapshot, found []index.Candidate, read Read,
) (files []*fileLooked, err error) {
	of := map[uint32]*fileLooked{}
	subjects, tests := 0, 0
	for _, candidate := range found {
		if f, ok := of[candidate.File]; ok {
			if f != nil {
				f.chunks = append(f.chunks, candidate)
				f.says[byMeaning] = max(f.says[byMeaning], float64(candidate.Dense))
			}
			continue
		}
		of[candidate.File] = nil
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f := &fileLooked{chunks: []index.Candidate{candidate}}
		f.says[byFirst], f.says[byMeaning] = float64(candidate.Score), float64(candidate.Dense)
		f.class, _ = s.FileClass(candidate.File)
		f.test = f.class&index.ClassTest != 0
		if subjects >= testedLooked || f.test && tests >= testedTests || len(of) > testedMost {
			continue
		}
		at := s.Chunk(candidate.ID)
		if akin(at.Of.Language, c.asked.Language) {
			f.says[byKin] = 1
		}
		if text, ok := read(at); ok {
			f.text = withoutLicence(text[:min(len(text), testedRead)])
			f.test = f.test || saysTest(f.text)
		}
		if f.test {
			tests++
		} else {
			subjects++
		}
		if f.test && tests > testedTests {
			continue
		}
		of[candidate.File], files = f, append(files, f)
	}
	return files, nil
}

// weigh compares the files that were read with what is asked.
func (c *Comparison) weigh(ctx context.Context, s *index.Snapshot, files []*fileLooked, idf func(string) float64) error {
	text := c.document()
	known := newVocabulary(idf)
	asked, titles := known.count(text), known.count(titlesOf(text))
	home := packageOf(text)
	said := make([][]counted, len(files))
	for i, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		said[i] = known.count(f.text)
	}
	had := known.had(said) // of those that are read
	times := known.spread(asked)
	defines := c.defines(s, files)
	all := float64(len(files))
	for i, f := range files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var norm, localNorm, sum float64
		for _, w := range said[i] {
			rare, few := known.idf[w.word], math.Log(1+all/float64(had[w.word]))
			weight := damped(int(w.times)) * rare
			norm += weight * weight
			localNorm += few * weight * few * weight
			sum += rare
			if asked := times[w.word]; asked > 0 {
				f.says[byWords] += asked * weight
				f.says[byRare] += asked * few * few * weight
				f.says[byShare] += rare
			}
		}
		f.says[byWords] /= math.Sqrt(norm) + 10
		f.says[byRare] /= math.Sqrt(localNorm) + 10
		f.says[byShare] /= sum + prior
		f.says[byNames] = defines[i] / math.Sqrt(sum+prior)
		f.says[byPackage] = samePackage(home, packageOf(f.text))
	}
	if err := known.rivals(ctx, files, said, asked, titles); err != nil {
		return err
	}
	var best [testedSignals]float64
	for _, f := range files {
		for i, x := range f.says {
			best[i] = max(best[i], x)
		}
	}
	weights := 0.0
	for _, w := range testedWeights {
		weights += w
	}
	each := Factors{}.each()
	for _, f := range files {
		for i, x := range f.says {
			if best[i] > 0 {
				f.score += testedWeights[i] * x / best[i]
			}
		}
		f.score *= classFactor(f.class&^index.ClassTest, parsed{}, each) / weights
		if f.test {
			f.score *= testAside
		}
	}
	return nil
}

// document is all that is known of the test.
func (c *Comparison) document() string { return cmp.Or(c.asked.Around, c.asked.Text) }

// defines says of each file how rare the names are that the test says and the file defines, squared.
func (c *Comparison) defines(s *index.Snapshot, files []*fileLooked) []float64 {
	number := map[uint32]int{}
	for i, f := range files {
		number[f.chunks[0].File] = i
	}
	sum, seen := make([]float64, len(files)), map[string]bool{}
	total := s.Counts("").Files
	words.Runs(c.document(), func(run string) {
		if len(run) < 3 || seen[run] || len(seen) == testedNames {
			return
		}
		seen[run] = true
		by := map[uint32]bool{}
		s.Defining(run, func(id uint32) { by[s.FileOf(id)] = true })
		if len(by) == 0 {
			return
		}
		rare := math.Log(1 + float64(total)/float64(len(by)))
		for file := range by {
			if i, ok := number[file]; ok {
				sum[i] += rare * rare
			}
		}
	})
	return sum
}

// ofFiles spreads hits over files: the best chunk of each counts as the file does, the others less.
func ofFiles(files []*fileLooked, limit int) []Ranked {
	var list []candidate
	for _, f := range files {
		top := float64(f.chunks[0].Score)
		for i, c := range f.chunks {
			score := f.score * furtherFactor(i)
			if top > 0 {
				score *= 0.5 + 0.5*float64(c.Score)/top
			}
			list = append(list, candidate{Ranked: Ranked{ID: c.ID, Score: score}})
		}
	}
	list = best(list, limit)
	ranked := make([]Ranked, len(list))
	for i := range ranked {
		ranked[i] = list[i].Ranked
	}
	return ranked
}

// withoutLicence is a text without the comment that it begins with, if that is about rights. The index does not have it, so
// that its words seem rare, and it would make small files that have it alike.
func withoutLicence(text string) string {
	end, block := 0, false
	for end < len(text) {
		line := strings.TrimSpace(text[end : end+restOfLine(text[end:])])
		switch {
		case block:
			block = !strings.Contains(line, "*/") && !strings.HasSuffix(line, "-}") && !strings.Contains(line, "-->")
		case strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "{-") || strings.HasPrefix(line, "<!--"):
			block = !strings.Contains(line, "*/") && !strings.HasSuffix(line, "-}") && !strings.Contains(line, "-->")
		case line == "" || line == "<?php" || strings.HasPrefix(line, "//") ||
			strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "#inc") ||
			strings.HasPrefix(line, "--") || strings.HasPrefix(line, "%") || strings.HasPrefix(line, ";"):
		default:
			if rights.MatchString(text[:end]) {
				return text[end:]
			}
			return text
		}
		end = min(len(text), end+restOfLine(text[end:])+1)
	}
	return text
}

var rights = regexp.MustCompile(`(?i)copyright|licen[sc]e|spdx`)

// akin reports whether a test in one language may be of code in the other: "" is not known.
func akin(language, of string) bool {
	if language == of || of == "" {
		return true
	}
	family := func(l string) string {
		switch l {
		case "javascript", "typescript", "javascriptreact", "typescriptreact", "vue", "svelte":
			return "javascript"
		case "c", "cpp", "objective-c", "objective-cpp":
			return "c"
		case "java", "kotlin", "groovy", "scala":
			return "java"
		}
		return l
	}
	return family(language) == family(of)
}

// saysTest reports whether a text has what tests have, in one of the languages of the world.
func saysTest(text string) bool {
	return testSigns.MatchString(text[:min(len(text), signsRead)])
}

var testSigns = regexp.MustCompile(`(?m)^[ \t]*(?:` +
	`func (?:\([^)]*\) )?(?:Test|Benchmark|Fuzz|Example)[A-Z_]\w*\(|` + // Go
	`(?:async )?def test_|class Test[A-Z]\w*|` + // Python
	`(?:final |open )*class \w+(?:Test|Tests|TestCase|Spec|Suite|_SUITE)\b|` + // Swift, PHP, Scala
	`@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|test)\b|` + // Java
	`\[(?:Fact|Theory|Test|TestCase|TestMethod|TestFixture)\b|` + // C#
	`#\[(?:\w+::)*test\b|TEST(?:_F|_P|_CASE)?\(|` + // Rust, C++
	`(?:describe|context|it|test|suite|specify)(?:\.\w+)?[ (]\(?["'` + "`" + `]|` + // JavaScript, Ruby, Elixir, Scala
	`func test[A-Z_]\w*\(|(?:public )?function test[A-Z_]\w*\(|fun ` + "`" + `)`) // Swift, PHP, Kotlin
