// Package synthetic makes collections of chunks as large as a benchmark needs, with the statistics of real code. Only
// tests and benchmarks use it.
//
// A collection is a sequence of documents, the same for the same seed: text that looks like a program, its chunks and
// symbols, and the built-in model's rows of them, so that index.Build makes of it what it makes of a real tree. What
// the cost of an index or a query hangs on is as in real code: how long chunks and files are, how many identifiers a
// chunk has and how many of them it repeats, how the vocabulary grows with the collection, how many chunks have a
// common word, and that files and directories have words of their own.
//
// An identifier comes, in this order of chances, from what the chunk, the file or the directory has said already, or
// anew (source.go):
//
//	a word       from the list of real words with their frequencies in real code (words.tsv), or an invented one whose
//	             rank is drawn from a power law
//	a compound   in more than half of the cases one that nobody has used yet, made of parts that come from the chunk,
//	             the file or the directory themselves, else one whose rank is drawn from a Zipf-Mandelbrot
//	             distribution
//
// So queries of real words (queries.txt) find what they would in real code: common words in every second or third chunk,
// rare ones seldom or never. What is not imitated: that words which belong together stand together, beyond one
// directory. Ranking is therefore not measured on such a collection, only its cost.
//
// The figures in figures.go were counted by `go run ./bench/statistics`; TestLikeRealCode compares what is made with
// what was counted. A million chunks have 3.3 million different terms and 69 a chunk, Linux's 960,000 have 4.0 million
// and 68; the 4,096th and the 65,536th term stand in 0.13 and 0.0049 % of the chunks here, in 0.12 and 0.0040 % there.
// The one that differs most is the commonest, in 86 % instead of 67.
package synthetic
