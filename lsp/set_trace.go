package lsp

import (
	"encoding/json"
	"fmt"

	"go.lsp.dev/protocol"
)

// What a client wants to be told of each request, as $/logTrace.
const (
	traceOff      int32 = iota
	traceMessages       // which it was, how long it took, and the code of its error
	traceVerbose        // and where the time went, and the error's text
)

// traceValueCompact is Microsoft's client's own: VS Code sends it for `"trace.server": "compact"`. It is for shorter
// lines in the editor's log, and there is no shorter one of ours.
const traceValueCompact protocol.TraceValue = "compact"

// traceOf is a value by its name in the protocol.
func traceOf(name string) (trace int32, ok bool) {
	switch protocol.TraceValue(name) {
	case protocol.TraceValueOff:
		return traceOff, true
	case protocol.TraceValueMessages, traceValueCompact:
		return traceMessages, true
	case protocol.TraceValueVerbose:
		return traceVerbose, true
	}
	return traceOff, false
}

// setTrace changes what is told from now on.
func (s *server) setTrace(params json.RawMessage) error {
	var p struct {
		Value string `json:"value"`
	}
	if err := decode(params, &p); err != nil {
		return err
	}
	trace, ok := traceOf(p.Value)
	if !ok {
		return fmt.Errorf("the trace is %.40q; it is off, messages, compact or verbose", p.Value)
	}
	s.trace.Store(trace)
	return nil
}
