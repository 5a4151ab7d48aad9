package lsp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// slowAfter is from when on the log says where a request's time went: up to a tenth of a second an answer seems to come
// at once, and at 100,000 chunks one takes a fifth of that at most.
const slowAfter = 100 * time.Millisecond

// asked is a request while it is being answered.
type asked struct {
	id     string
	method string
	start  time.Time
	work   indexing.Request
}

// ask begins a request's account.
func (s *server) ask(req *jsonrpc2.Request) *asked {
	a := &asked{id: inPart(fmt.Sprint(req.ID())), method: inPart(req.Method()), start: time.Now()}
	a.work.Log = func() *zap.Logger { return s.log.With(a.fields(time.Since(a.start))...) }
	a.work.Timed = s.log.Core().Enabled(zap.InfoLevel) || s.trace.Load() == traceVerbose
	return a
}

// mostNamed is how much of a method or an id is told, in bytes: twice what the longest of the protocol has. A client may send
// megabytes, which neither the log nor an error should repeat.
const mostNamed = 100

// inPart is a copy of a method or an id, as it is told.
func inPart(s string) string {
	if len(s) <= mostNamed {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:mostNamed], "") + "..."
}

// within is the context of the work: what is logged there says which request it was for.
func (a *asked) within(ctx context.Context) context.Context { return a.work.Within(ctx) }

func (a *asked) fields(took time.Duration) []zap.Field {
	return []zap.Field{zap.String("id", a.id), zap.String("method", a.method), zap.Duration("took", took)}
}

// stages are where the time went, and what is left of it.
func (a *asked) stages(took time.Duration) (names []string, times []time.Duration) {
	rest := took
	for stage, spent := range a.work.Spent() {
		names, times = append(names, indexing.Stage(stage).String()), append(times, spent)
		rest -= spent
	}
	return append(names, "rest"), append(times, max(0, rest))
}

// account tells the log, and a client that wants it, what came of a request.
func (s *server) account(a *asked, err error) {
	took := time.Since(a.start)
	level, what := zap.DebugLevel, "request"
	if took >= s.cfg.SlowAfter {
		level, what = zap.InfoLevel, "slow request"
	}
	if entry := s.log.Check(level, what); entry != nil {
		fields := append(a.fields(took), zap.Error(err))
		if level == zap.InfoLevel {
			names, times := a.stages(took)
			for i, name := range names {
				fields = append(fields, zap.Duration(name, times[i]))
			}
		}
		entry.Write(fields...)
	}
	if trace := s.trace.Load(); trace != traceOff {
		s.tell(s.life, protocol.MethodLogTrace, a.summary(took, err, trace == traceVerbose))
	}
}

// logTraceParams are those of $/logTrace.
type logTraceParams struct {
	Message string `json:"message"`
	Verbose string `json:"verbose,omitempty"`
}

func (a *asked) summary(took time.Duration, err error, verbose bool) logTraceParams {
	const digits = 10 * time.Microsecond
	p := logTraceParams{Message: fmt.Sprintf("%s (id %s) took %v", a.method, a.id, took.Round(digits))}
	var wire *jsonrpc2.Error
	if errors.As(err, &wire) {
		p.Message += fmt.Sprintf(", error %d", wire.Code)
	}
	if verbose {
		var parts []string
		names, times := a.stages(took)
		for i, name := range names {
			parts = append(parts, fmt.Sprintf("%s %v", name, times[i].Round(digits)))
		}
		p.Verbose = strings.Join(parts, ", ")
		if err != nil {
			p.Verbose += "\n" + err.Error()
		}
	}
	return p
}
