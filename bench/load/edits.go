package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/semantic-ls/semantic-ls/bench/internal/client"
	"github.com/semantic-ls/semantic-ls/tasks"
)

// place is as much of a hit or a symbol as is looked at.
type place struct {
	URI            string `json:"uri"`
	SelectionRange span   `json:"selectionRange"`
	Symbol         string `json:"symbol"`
	Snippet        string `json:"snippet"`
}

type span struct {
	Start struct {
		Line int `json:"line"`
	} `json:"start"`
}

// hits are the places of an answer to semantic/search.
func hits(a client.Answer) ([]place, error) {
	var found struct {
		Hits []place `json:"hits"`
	}
	return found.Hits, a.Into(&found)
}

// symbols are the places of an answer to workspace/symbol.
func symbols(a client.Answer) ([]place, error) {
	var found []struct {
		Name     string `json:"name"`
		Location struct {
			URI   string `json:"uri"`
			Range span   `json:"range"`
		} `json:"location"`
	}
	err := a.Into(&found)
	places := make([]place, len(found))
	for i, s := range found {
		places[i] = place{URI: s.Location.URI, SelectionRange: s.Location.Range, Symbol: s.Name}
	}
	return places, err
}

// first reports whether the first of some places is the function.
func (d *document) first(found []place, name string) bool {
	return len(found) > 0 && found[0].URI == d.uri && found[0].Symbol == name && found[0].SelectionRange.Start.Line == d.at
}

// document is one that is open and edited.
type document struct {
	uri     string
	text    string
	tops    []int
	version int
	at      int // the line of the function that was brought; -1: none
}

// open opens the large file.
func (b *bench) open(c *client.Client) (*document, error) {
	f := b.tree.files[b.tree.large]
	d := &document{uri: client.URI(f.path), text: f.text, tops: f.tops(), at: -1}
	item := map[string]any{"uri": d.uri, "languageId": "go", "version": 0, "text": d.text}
	return d, c.Notify("textDocument/didOpen", map[string]any{"textDocument": item})
}

// function is an edit that brings a function, in the place of the one before.
func (d *document) function(random *rand.Rand, name string) map[string]any {
	var edits []any
	if d.at >= 0 {
		edits = append(edits, edit(d.at, 0, d.at+3, 0, ""))
	}
	d.at = d.tops[random.IntN(len(d.tops))]
	return d.changed(append(edits, edit(d.at, 0, d.at, 0, declaration(name))))
}

// types is an edit that adds letters to the name of the function, which has so many by now.
func (d *document) types(letters int, more string) map[string]any {
	column := len("func ") + letters
	return d.changed([]any{edit(d.at, column, d.at, column, more)})
}

func (d *document) changed(edits []any) map[string]any {
	d.version++
	return map[string]any{"textDocument": map[string]any{"uri": d.uri, "version": d.version}, "contentChanges": edits}
}

func edit(line, column, endLine, endColumn int, text string) map[string]any {
	at := func(line, column int) map[string]any { return map[string]any{"line": line, "character": column} }
	return map[string]any{"range": map[string]any{"start": at(line, column), "end": at(endLine, endColumn)}, "text": text}
}

func search(query string, folders ...string) map[string]any {
	params := map[string]any{"query": query}
	if len(folders) > 0 {
		params["folders"] = folders
	}
	return params
}

// served starts a server of the tree and calls body when all of it is indexed.
func (b *bench) served(ctx context.Context, body func(ctx context.Context, s *client.Server) error) error {
	return client.Serve(ctx, b.program.Command(ctx, "serve"), func(ctx context.Context, s *client.Server) error {
		if err := s.Initialize(nil, b.tree.root); err != nil {
			return err
		}
		if _, err := s.Ready(ctx, 1); err != nil {
			return err
		}
		return body(ctx, s)
	})
}

// searchable is how long after an edit it must be found.
const searchable = 10 * time.Millisecond

// edits measures from an edit to an answer that has it.
func (b *bench) edits(ctx context.Context) error {
	return b.served(ctx, func(ctx context.Context, s *client.Server) error {
		status, err := s.Status()
		if err != nil {
			return err
		}
		d, err := b.open(s.Client)
		if err != nil {
			return err
		}
		b.out.say("a document", "of %d lines, among %d chunks", strings.Count(d.text, "\n"), status.Coverage.Chunks)
		for _, ways := range [][]way{{askingSearch}, {askingSymbols}, {askingSearch, askingSymbols}} {
			answers := len(ways) * b.rounds
			if err := b.accounted(s.Process(), answers, func() error { return b.brought(ctx, s.Client, d, ways...) }); err != nil {
				return err
			}
		}
		return b.accounted(s.Process(), b.rounds, func() error { return b.typed(ctx, s.Client, d) })
	})
}

// accounted runs body, and says what an answer of the server has taken of the processor meanwhile, which other programs
// change less than they change times.
func (b *bench) accounted(server *os.Process, answers int, body func() error) error {
	before := processorTime(server)
	if err := body(); err != nil {
		return err
	}
	if took := processorTime(server) - before; took > 0 {
		b.out.say("  of the processor, all threads", "%.2f ms an answer", took.Seconds()*1000/float64(answers))
	}
	return nil
}

// way is a request for what an edit has brought, and how its answer is read.
type way struct {
	method string
	read   func(client.Answer) ([]place, error)
}

var (
	askingSearch  = way{"semantic/search", hits}
	askingSymbols = way{"workspace/symbol", symbols}
)

// brought brings one function after the other, and asks for each in the same write: in one way, or in several at once.
func (b *bench) brought(ctx context.Context, c *client.Client, d *document, ways ...way) error {
	took, good := make([][]time.Duration, len(ways)), make([]int, len(ways))
	for range b.rounds {
		name := b.word(16)
		batch := c.Batch()
		batch.Notify("textDocument/didChange", d.function(b.random, name))
		requests := make([]client.Request, len(ways))
		for i, asked := range ways {
			requests[i] = batch.Request(asked.method, search(name))
		}
		start := time.Now()
		if err := batch.Send(); err != nil {
			return err
		}
		for i, asked := range ways {
			a := requests[i].Answer()
			found, err := asked.read(a)
			if err != nil {
				return err
			}
			took[i] = append(took[i], a.At.Sub(start))
			good[i] += bit(d.first(found, name))
		}
		if err := b.pause(ctx, 30*time.Millisecond); err != nil {
			return err
		}
	}
	for i, asked := range ways {
		what := "didChange to " + asked.method
		if len(ways) > 1 {
			b.out.times(what+", both at once", took[i], .95, 0)
		} else {
			b.out.times(what, took[i], .95, searchable)
		}
		b.out.count("  the first is the function that was brought", good[i], b.rounds)
	}
	return nil
}

// typing is how fast letters come, two at a time: ten times what a person can.
const typing = 20 * time.Millisecond

// typed types names, and asks for what is there of them after every two letters.
func (b *bench) typed(ctx context.Context, c *client.Client, d *document) error {
	const begun, pairs = 8, 8
	type question struct {
		name    string
		at      int
		sent    time.Time
		request client.Request
	}
	var asked []question
	for range max(1, b.rounds/pairs) {
		name := b.word(begun + 2*pairs)
		if err := c.Notify("textDocument/didChange", d.function(b.random, name[:begun])); err != nil {
			return err
		}
		for letters := begun; letters < len(name); letters += 2 {
			if err := tasks.Sleep(ctx, typing); err != nil {
				return err
			}
			batch := c.Batch()
			batch.Notify("textDocument/didChange", d.types(letters, name[letters:letters+2]))
			q := question{name: name[:letters+2], at: d.at, sent: time.Now()}
			q.request = batch.Request("semantic/search", search(q.name))
			if err := batch.Send(); err != nil {
				return err
			}
			asked = append(asked, q)
		}
	}
	var took []time.Duration
	good := 0
	for _, q := range asked {
		a := q.request.Answer()
		found, err := hits(a)
		if err != nil {
			return err
		}
		took = append(took, a.At.Sub(q.sent))
		good += bit((&document{uri: d.uri, at: q.at}).first(found, q.name))
	}
	b.out.times("two letters typed every 20 ms, to semantic/search", took, .95, searchable)
	b.out.count("the first hit is the name as far as it is typed", good, len(asked))
	return nil
}

// interleaved sends pairs of an edit and a query in one write.
func (b *bench) interleaved(ctx context.Context) error {
	return b.served(ctx, func(_ context.Context, s *client.Server) error {
		d, err := b.open(s.Client)
		if err != nil {
			return err
		}
		names := make([]string, b.pairs+1)
		requests := make([]client.Request, b.pairs)
		batch := s.Batch()
		for i := range names {
			names[i] = b.word(16)
		}
		for i := range requests {
			batch.Notify("textDocument/didChange", d.function(b.random, names[i]))
			requests[i] = batch.Request("semantic/search", search(names[i]))
		}
		start := time.Now()
		if err := batch.Send(); err != nil {
			return err
		}
		good := 0
		var last time.Time
		for i, r := range requests {
			a := r.Answer()
			found, err := hits(a)
			if err != nil {
				return err
			}
			if last.Before(a.At) {
				last = a.At
			}
			says := func(word string) bool {
				for _, h := range found {
					if strings.Contains(h.Symbol+" "+h.Snippet, word) {
						return true
					}
				}
				return false
			}
			good += bit(says(names[i]) && !says(names[i+1]))
		}
		b.out.count("pairs of edit and query in one write, each its own", good, b.pairs)
		b.out.time("  all of them", last.Sub(start), 0, "")
		return nil
	})
}

func bit(set bool) int {
	if set {
		return 1
	}
	return 0
}

// pause waits for a moment of at most that.
func (b *bench) pause(ctx context.Context, most time.Duration) error {
	return tasks.Sleep(ctx, time.Duration(b.random.Int64N(int64(most))))
}
