package indexing

import (
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// neighbours are the copies of a place among the definitions that share a chunk with it, as small ones do: what is retrieved
// is chunks, and never the place's own. A score of 1 says that nothing is more like it.
func (s *sources) neighbours(src *source, at spot, like *search.Comparison) (hits []search.Hit) {
	outline := src.outline()
	for _, c := range outline.Chunks {
		if c.Start >= at.end || at.start >= c.End {
			continue
		}
		for _, d := range outline.Symbols {
			beside := d.End <= at.start || at.end <= d.DocStart
			if !beside || d.DocStart < c.Start || c.End < d.End || !s.kinds.Has(d.Kind) || !s.texts.Match(src.text[d.DocStart:d.End]) {
				continue
			}
			h := neighbour(src, d, outline.Language)
			if like.Reason(placeOf(h)) == search.ReasonDuplicate {
				h.Snippet, h.SnippetStart = search.LineAt(src.text, h.Start, h.End, h.NameStart)
				hits = append(hits, h)
			}
		}
	}
	return hits
}

func neighbour(src *source, d chunk.Symbol, language string) search.Hit {
	return named(of(search.Hit{Path: src.path, Language: language, Score: 1, Text: src.text}, d))
}

// placeOf is what is compared of a hit.
func placeOf(h search.Hit) search.Place {
	return search.Place{
		Path: h.Path, Text: h.Text[h.Start:h.End], Symbol: h.Symbol, Container: h.Container, Kind: h.Kind, Language: h.Language,
	}
}
