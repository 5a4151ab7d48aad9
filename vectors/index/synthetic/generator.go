package synthetic

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// Generator makes the documents of one collection, a directory after the other. Not safe for concurrent use.
type Generator struct {
	r     *rand.Rand
	model *static.Model
	words *vocabulary
	tree  [][]string // directories by depth, "" first

	directory string
	left      int // files that the directory still gets
	file      int
	said      said    // in the directory
	monotony  float64 // of the chunk
}

// New returns a Generator whose documents depend on the seed alone.
func New(seed uint64) *Generator {
	return &Generator{r: rand.New(rand.NewPCG(seed, 0)), model: static.New(), words: newVocabulary(), tree: [][]string{{""}}}
}

// said are identifiers, as often as they were said, by kind.
type said [kinds][]string

type kind int

const (
	word kind = iota
	compound
	number
	part // of compounds
	kinds
)

// remembered is how many identifiers of a kind a directory draws from: those of some twenty files.
const remembered = 1 << 15

// Next makes a document of at most that many chunks.
func (g *Generator) Next(most int) index.Document {
	if g.left == 0 {
		g.enter()
	}
	g.left--
	g.file++
	path := fmt.Sprintf("%s%s_%d.go", g.directory, g.words.draw(compound, g.r), g.file)
	d := index.Document{File: index.File{
		Path: path, Language: "go", ModTime: 1 + int64(g.file), Inode: uint64(g.file), // any that differ
	}}
	var text strings.Builder
	var file said
	n := min(most, int(g.quantile(fileChunks)))
	for range n {
		g.chunk(&d, &text, &file)
	}
	d.Text = text.String()
	d.File.Size, d.File.Hash = int64(len(d.Text)), index.HashText(d.Text)
	g.embed(&d)
	g.said.add(file)
	return d
}

// enter begins another directory.
func (g *Generator) enter() {
	depth := int(g.quantile(depths))
	depth = min(depth, len(g.tree))
	if depth == 0 {
		g.directory = ""
	} else {
		above := g.tree[depth-1]
		g.directory = above[g.r.IntN(len(above))] + g.words.draw(word, g.r) + fmt.Sprintf("%d/", len(g.tree[min(depth, len(g.tree)-1)]))
		if depth == len(g.tree) {
			g.tree = append(g.tree, nil)
		}
		g.tree[depth] = append(g.tree[depth], g.directory)
	}
	g.left = int(g.quantile(directoryFiles))
	g.said = said{}
}

func (s *said) add(more said) {
	for k := range s {
		s[k] = append(s[k], more[k]...)
		s[k] = s[k][max(0, len(s[k])-remembered):]
	}
}

// chunk writes a definition of a length drawn, and describes it. It looks like Go, so that cutting the text gives about
// the same chunks.
func (g *Generator) chunk(d *index.Document, text *strings.Builder, file *said) {
	start, length := text.Len(), int(g.quantile(chunkBytes))
	g.monotony = math.Pow(g.r.Float64(), monotony)
	var own said
	c := chunk.Chunk{Start: start, Kind: chunk.Text}
	named := g.r.Float64() < symbolShare
	if named {
		text.WriteString("func ")
		c.Symbol = g.draw(compound, &own, file)
		c.Kind, c.NameStart = chunk.Function, text.Len()
		text.WriteString(c.Symbol)
		c.NameEnd = text.Len()
		text.WriteString("() {\n\t")
		if g.r.Float64() < containerShare {
			c.Container = g.draw(word, &own, file)
		}
		d.Symbols = append(d.Symbols, symbol(c))
	}
	more := 0
	if named {
		more = int(g.r.ExpFloat64() * moreSymbols)
	}
	for column := 0; text.Len() < start+length; {
		from := text.Len()
		kind := g.r.Float64()
		switch {
		case kind < letterShare:
			text.WriteByte(byte('a' + g.r.IntN(26)))
		case kind < letterShare+numberShare:
			text.WriteString(g.draw(number, &own, file))
		case kind < letterShare+numberShare+compoundShare:
			name := g.draw(compound, &own, file)
			text.WriteString(name)
			if more > 0 && column == 0 {
				more--
				s := c
				s.Symbol, s.NameStart, s.NameEnd = name, from, text.Len()
				d.Symbols = append(d.Symbols, symbol(s))
			}
		default:
			text.WriteString(g.draw(word, &own, file))
		}
		column += text.Len() - from
		column = g.separate(text, column)
	}
	if named {
		text.WriteString("\n}\n\n")
	} else {
		text.WriteString("\n\n")
	}
	c.End = text.Len()
	if named {
		c.Signature = "func " + c.Symbol + "()"
	}
	d.Chunks = append(d.Chunks, c)
	file.add(own)
}

func symbol(c chunk.Chunk) chunk.Symbol {
	return chunk.Symbol{
		Name: c.Symbol, Container: c.Container, Kind: c.Kind,
		DocStart: max(c.Start, c.NameStart-5), Start: max(c.Start, c.NameStart-5),
		NameStart: c.NameStart, NameEnd: c.NameEnd, End: c.NameEnd,
	}
}

// lineBytes is from where on a line may end.
const lineBytes = 40

// separate writes what stands between two identifiers, three bytes in the mean, and returns the column.
func (g *Generator) separate(text *strings.Builder, column int) int {
	if column > lineBytes && g.r.IntN(2) == 0 {
		text.WriteString("\n\t\t")
		return 0
	}
	s := between[g.r.IntN(len(between))]
	text.WriteString(s)
	return column + len(s)
}

var between = []string{" ", ".", ", ", " = ", " + ", " - ", " && ", " != ", " < ", " -> ", " /* ", " ||  ", " */ "}

// draw chooses an identifier, and remembers it: one of those that were said, each as often as it was, or another.
// Where nothing was said yet, the next wider place is asked: the first words of a chunk are those of its file.
func (g *Generator) draw(k kind, own, file *said) string {
	x, w := g.r.Float64(), ""
	from := k
	if k == part && g.r.IntN(2) == 0 {
		from = word // what is a part here is a word there
	}
	shares := repeats[k]
	shares[0] += (1 - shares[0]) * g.monotony
	for i, list := range [...][]string{own[from], file[from], g.said[from]} {
		if len(list) == 0 {
			continue
		}
		if x < shares[i] {
			w = list[g.r.IntN(len(list))]
			break
		}
		x = (x - shares[i]) / (1 - shares[i])
	}
	switch {
	case w != "":
	case k == compound && g.r.Float64() < unusedShare:
		w = g.words.compose(g.r, func() string { return g.draw(part, own, file) })
	default:
		w = g.words.draw(k, g.r)
	}
	own[k] = append(own[k], w)
	return w
}

// quantile draws from a table of figures.go.
func (g *Generator) quantile(table []float64) float64 {
	x := g.r.Float64()
	i, _ := slices.BinarySearch(at, x)
	i = max(1, i)
	low, high := table[i-1], table[i]
	x = (x - at[i-1]) / (at[i] - at[i-1])
	if low > 0 && high > 4*low { // the long end of a skewed one
		return math.Round(low * math.Pow(high/low, x))
	}
	return math.Round(low + (high-low)*x)
}

// embedded is up to which byte a chunk's text is embedded, for half of the work of making a large collection. By it, of
// 50,000 chunks the nearest to the queries have a cosine of 0.49 in the mean, the 10th 0.37, the 50th 0.29, the 400th
// 0.20, the middle one 0.02; in Go's library they have 0.54, 0.41, 0.32, 0.22 and 0.03, in Linux 0.45, 0.35, 0.28, 0.21
// and 0.03.
const embedded = 400

// embed gives every chunk its row, as the product does: the path's last parts and the container stand before the text.
func (g *Generator) embed(d *index.Document) {
	d.Rows = make([]index.Row, len(d.Chunks))
	vector := make([]float32, static.Dimensions)
	var b strings.Builder
	for i, c := range d.Chunks {
		b.Reset()
		parts := strings.Split(strings.TrimSuffix(d.File.Path, ".go"), "/")
		b.WriteString(strings.Join(parts[max(0, len(parts)-2):], " "))
		b.WriteByte(' ')
		b.WriteString(c.Container)
		b.WriteByte('\n')
		b.WriteString(d.Text[c.Start:c.End])
		g.model.EmbedInto(vector, b.String()[:min(b.Len(), embedded)])
		d.Rows[i] = index.Quantise(vector)
	}
}
