package indexing

import (
	"context"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Stage is a part of the work on a query.
type Stage int

// The stages of a query, in their order. What is in none of them is decoding, waiting for a core, and encoding.
const (
	Documents Stage = iota // what is open and not indexed as it stands is cut and embedded
	Embedding              // the query is
	Retrieval              // chunks are found and ranked
	Reading                // the texts of what was found, or of all that may have what is asked for, are read
	stages
)

// String is the stage's name in the log.
func (s Stage) String() string {
	return [...]string{"documents", "embedding", "retrieval", "reading"}[s]
}

// Request is what somebody wants done, as the log knows it: what is logged during its work says for whom. Its
// work runs below Within. Safe for concurrent use, but Log and Timed are set before.
type Request struct {
	// Log returns the log with the request's id, method and how long it has taken so far.
	Log func() *zap.Logger
	// Timed says that somebody will ask where the time went; else no clock is read.
	Timed bool

	spent [stages]atomic.Int64 // nanoseconds
}

// requestKey is the key of a *Request in a context.
type requestKey struct{}

// Within returns the context of the request's work.
func (r *Request) Within(ctx context.Context) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// Spent returns how long the request was in each stage, by its number.
func (r *Request) Spent() [stages]time.Duration {
	var spent [stages]time.Duration
	for s := range spent {
		spent[s] = time.Duration(r.spent[s].Load())
	}
	return spent
}

// LogOf returns the log of the request that ctx is of; log where it is of none.
func LogOf(ctx context.Context, log *zap.Logger) *zap.Logger {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r.Log()
	}
	return log
}

// during notes that the request of ctx, if there is one, is in the stage until the function that it returns
// is called. Stages of one request do not overlap.
func during(ctx context.Context, s Stage) (done func()) {
	r, ok := ctx.Value(requestKey{}).(*Request)
	if !ok || !r.Timed {
		return untimed
	}
	start := time.Now()
	return func() { r.spent[s].Add(int64(time.Since(start))) }
}

func untimed() {}
