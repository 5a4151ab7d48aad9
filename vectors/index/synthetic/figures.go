package synthetic

// Counted by `go run ./bench/statistics` on Linux 6.1.192 (Debian's linux-source-6.1: 78,079 files, 944 MB, 960,459
// chunks) unless another tree is named. Go's library (1.26.8, 105,475 chunks) and a hundred projects in thirty
// languages (471,211 chunks) differ from it by less than a third in what is said of chunks.

// Quantiles at these shares; in between, values are interpolated.
var (
	at = []float64{0, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1}

	chunkBytes     = []float64{2, 36, 130, 243, 518, 933, 1447, 1555, 1704, 1934, 2576}
	fileChunks     = []float64{1, 1, 1, 1, 1, 4, 12, 30, 48, 114, 721}
	directoryFiles = []float64{1, 1, 1, 2, 3, 6, 15, 34, 55, 160, 2541}
	depths         = []float64{0, 1, 2, 2, 3, 3, 4, 5, 6, 7, 9}
)

// Shares of the kinds of identifiers; the rest, 0.59, are single words.
const (
	letterShare   = 0.035 // of one letter: no word of the index
	numberShare   = 0.067
	compoundShare = 0.312
)

// partsShare are the shares of compounds of two parts, three, and so on; those of more than six count as six.
var partsShare = []float64{0.545, 0.208, 0.116, 0.059, 0.072}

// repeats are the shares of identifiers that are taken from what the chunk has said, of the others those from what the
// file has said, and of these again the directory. Identifiers that are drawn anew may have been said as well, and
// some chunks, tables mostly, say the same all the time: the share of what is left to draw that monotony takes from
// the chunk besides is a random number in 0..1 to that power. All of them were tried until the places where
// identifiers stood before, and the different terms of a chunk, are those that are counted.
var repeats = [kinds][3]float64{
	word:     {0.45, 0.50, 0.40},
	compound: {0.18, 0.48, 0.36},
	number:   {0.40, 0.40, 0.30},
	part:     {0.62, 0.85, 0.30},
}

const monotony = 3

const (
	// symbolShare of the chunks define something; moreSymbols is how many more a chunk defines then, in the mean;
	// containerShare of the chunks stand in a container (in Go's library 0.16, in projects of all languages 0.54).
	symbolShare    = 0.842
	moreSymbols    = 3.8
	containerShare = 0.16

	// unusedShare of the compounds that are drawn are new to the tree. With those that are the first of their rank,
	// 0.54 of a million chunks' compounds that are new to their directory are, and 0.78 of 100,000 chunks'; 0.59 were
	// counted, 0.64 in Go's library.
	unusedShare = 0.58
	// The others follow Zipf and Mandelbrot: the share of rank r is about (r + q) ^ -s, of so many.
	compoundS, compoundQ, compoundRanks = 0.8, 30, 1 << 20

	// wordTail and partTail are the exponents of words that are not listed, alone and in compounds, from
	// tailRank on; the list has the first thousand words and 1,700 others.
	wordTail, partTail, tailRank = 1.7, 1.6, 1500
	// numberTail is that of numbers.
	numberTail = 1.5
)
