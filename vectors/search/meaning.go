package search

import (
	"sync"

	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/index"
	"github.com/semantic-ls/semantic-ls/vectors/words"
)

// builtin is the model that names are compared by, whatever model embeds the chunks: they are few words, it knows
// them by heart, and no request is made for them.
var builtin = sync.OnceValue(static.New)

// meaning compares the names of candidates with a query. It is used by one task.
type meaning struct {
	model *static.Model
	asked *static.Question // to compare the names of definitions with
	where *static.Question // to compare paths with
	words words.Reader
	add   func(word []byte) // made once: making it allocates
	named []*static.Word    // of the name under way
}

// newMeaning is that of a query's text; nil where it is empty, or no name is to be compared.
func newMeaning(text string, w Weights) *meaning {
	if text == "" || w.Label == 0 && w.Place == 0 {
		return nil
	}
	m := &meaning{model: builtin(), named: make([]*static.Word, 0, static.MostNamed)}
	text = text[:min(len(text), MaxText)]
	m.asked = m.model.Ask(text)
	m.where = m.asked
	if first := firstHalf(text); first != "" {
		m.where = m.model.Ask(text + " " + first)
	}
	m.add = func(word []byte) { m.count(words.Hash(word)) }
	return m
}

// label is how near the name of a chunk's definition, and of what is around it, is to the query: 0..1.
func (m *meaning) label(s *index.Snapshot, id uint32) float64 {
	if m == nil {
		return 0
	}
	symbol, container := s.Label(id)
	if len(symbol) == 0 {
		return 0
	}
	m.words.Each(symbol, m.add)
	m.words.Each(container, m.add)
	return m.near(m.asked)
}

// place is how near the words of a path are to it.
func (m *meaning) place(path []uint64) float64 {
	if m == nil {
		return 0
	}
	for _, word := range path {
		m.count(word)
	}
	return m.near(m.where)
}

// count adds a word of the name under way. What has no row of its own, such as most whole names, has no meaning.
func (m *meaning) count(word uint64) {
	if len(m.named) < static.MostNamed {
		if w := m.model.Known(word); w != nil {
			m.named = append(m.named, w)
		}
	}
}

func (m *meaning) near(asked *static.Question) float64 {
	cosine := asked.Cosine(m.named)
	m.named = m.named[:0]
	return max(0, cosine)
}
