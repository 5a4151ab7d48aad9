package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/search"
)

// offerMost is how many hits the user gets to choose from: a message with more buttons is not read, and Neovim numbers
// them with one digit.
const offerMost = 8

// offer is what was found for somebody whose editor has no list of its own for it: a message with a button for each.
type offer struct {
	title   string
	nothing string // what to say where nothing was found
	hits    []search.Hit
	shown   []hitPayload
}

// add adds hits, each as it is and as it is on the wire.
func (o *offer) add(hits []search.Hit, shown []hitPayload) {
	n := min(len(hits), offerMost-len(o.hits))
	o.hits, o.shown = append(o.hits, hits[:n]...), append(o.shown, shown[:n]...)
}

// messageActionPayload is a button of a message.
type messageActionPayload struct {
	Title string `json:"title"`
}

// showMessageRequestParams are those of window/showMessageRequest.
type showMessageRequestParams struct {
	Type    protocol.MessageType   `json:"type"`
	Message string                 `json:"message"`
	Actions []messageActionPayload `json:"actions"`
}

// showDocumentParams are those of window/showDocument.
type showDocumentParams struct {
	URI       string `json:"uri"`
	TakeFocus bool   `json:"takeFocus"`
	Selection span   `json:"selection"`
}

// offer lets the user choose, in the background, and opens what was chosen. A newer offer ends this one. A client that opens
// nothing gets the list as a message.
func (s *server) offer(o *offer) {
	if !s.gate.enter() {
		return
	}
	defer s.gate.leave()
	s.background("offer what was found", func(ctx context.Context) error {
		err := s.offers.Run(ctx, "", func(ctx context.Context) error { return s.choose(ctx, o) })
		if errors.Is(err, tasks.ErrSuperseded) {
			return nil
		}
		return err
	})
}

func (s *server) choose(ctx context.Context, o *offer) error {
	if len(o.hits) == 0 {
		s.say(ctx, o.title+": "+o.nothing)
		return nil
	}
	p := showMessageRequestParams{Type: protocol.MessageTypeInfo, Message: o.title}
	number := map[string]int{}
	for i, h := range o.hits {
		title := s.label(h, o.shown[i])
		for n := 2; ; n++ { // the answer is the title, and nothing else tells two apart
			if _, ok := number[title]; !ok {
				break
			}
			title = fmt.Sprintf("%s #%d", s.label(h, o.shown[i]), n)
		}
		number[title] = i
		p.Actions = append(p.Actions, messageActionPayload{title})
	}
	if !s.client.showsDocuments {
		var list []string
		for _, a := range p.Actions {
			list = append(list, a.Title)
		}
		s.say(ctx, o.title+":\n"+strings.Join(list, "\n"))
		return nil
	}
	raw, err := encode(p)
	if err != nil {
		return err
	}
	var chosen json.RawMessage
	if id, err := s.conn.Call(ctx, protocol.MethodWindowShowMessageRequest, raw, &chosen); err != nil {
		if ctx.Err() != nil && s.life.Err() == nil { // a client may take a message away that nobody waits for
			s.tell(s.life, protocol.MethodCancelRequest, map[string]any{"id": json.RawMessage(fmt.Sprint(id))})
		}
		return err
	}
	i, ok := number[lenient[messageActionPayload](chosen).Title]
	if !ok {
		return nil
	}
	hit := o.shown[i]
	raw, err = encode(showDocumentParams{URI: hit.URI, TakeFocus: true, Selection: hit.SelectionRange})
	if err != nil {
		return err
	}
	_, err = s.conn.Call(ctx, protocol.MethodWindowShowDocument, raw, nil)
	return err
}

// label is how a hit is offered: "ParseHeader - header/parse.go:12 (duplicate)".
func (s *server) label(h search.Hit, shown hitPayload) string {
	file := filepath.Base(h.Path)
	if _, rel, ok := s.folderOf(h.Path); ok {
		file = rel
	}
	label := fmt.Sprintf("%s - %s:%d", nameOf(h), file, shown.SelectionRange.Start.Line+1)
	if shown.Reason != "" {
		label += " (" + shown.Reason + ")"
	}
	return label
}

// say tells the user what they have asked for.
func (s *server) say(ctx context.Context, text string) {
	s.tell(ctx, protocol.MethodWindowShowMessage, map[string]any{"type": protocol.MessageTypeInfo, "message": text})
}
