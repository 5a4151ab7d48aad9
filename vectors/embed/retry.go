package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/semantic-ls/semantic-ls/tasks"
)

const (
	// How often a request is sent at most. Five tries with the waits below last
	// for about eight seconds, enough for a rate limit's window of a second and a server's restart;
	// somebody who waits for an answer gets a second try and then the error.
	backgroundTries  = 5
	interactiveTries = 2

	// The wait before the second try, doubled before each next one, less up to
	// half of it at random so that batches do not come back all at once.
	firstWait = 500 * time.Millisecond
	maxWait   = 8 * time.Second
	// maxRetryAfter is the longest wait a provider may ask for. Rate limits count
	// by the minute; more is a used-up quota, which is better said than waited for.
	maxRetryAfter = time.Minute
	// maxMessage bounds what is quoted of a provider, in characters.
	maxMessage = 300
)

// failure is why one try gave nothing.
type failure struct {
	err   error
	again bool          // another try may help
	after time.Duration // the provider's wish, 0: none
}

// send sends one batch, again where that may help, and returns its rows in the
// order of texts.
func (o *OpenAI) send(ctx context.Context, texts []string, tries int) ([][]float32, error) {
	for try := 1; ; try++ {
		answer, x, err := o.ask(ctx, texts)
		if err == nil {
			return o.accept(answer.Data, len(texts))
		}
		if ctx.Err() != nil {
			return nil, tasks.Sleep(ctx, 0) // ended by us: ctx's error and cause, nothing of the provider's
		}
		f := o.explain(err, x)
		if !f.again {
			return nil, f.err
		}
		if try == tries {
			return nil, fmt.Errorf("%w (tried %d times)", f.err, tries)
		}
		if f.after > maxRetryAfter {
			return nil, fmt.Errorf("%w (it asks to wait for %v)", f.err, f.after)
		}
		if err := o.sleep(ctx, o.wait(try, f.after)); err != nil {
			return nil, err
		}
	}
}

// wait is how long to wait after the given try, counted from 1.
func (o *OpenAI) wait(try int, after time.Duration) time.Duration {
	d := min(firstWait<<min(try-1, 10), maxWait)
	d -= time.Duration(o.jitter() * float64(d) / 2)
	return max(d, after)
}

// explain turns what ask returned into an error that says what happened and what
// to do. It wraps neither go-openai's nor net/http's errors: they may repeat the
// answer, and with it the key.
func (o *OpenAI) explain(err error, x *exchange) failure {
	at := o.at()
	fail := func(kind error, format string, args ...any) error {
		return fmt.Errorf("%w: %s", kind, o.clean(fmt.Sprintf(format, args...)))
	}
	broken := x.broken
	if e, ok := broken.(*url.Error); ok {
		broken = e.Err // without the method and the URL, which stand in the text anyway
	}
	code, text, reason := status(err)
	switch {
	case code != 0:
		return o.explainStatus(code, text, reason, x)
	case errors.Is(err, context.DeadlineExceeded):
		return failure{err: fmt.Errorf("%w: %w", context.DeadlineExceeded,
			fail(ErrUnavailable, "%s gave no answer within %v: raise `embedding.timeout`, lower `embedding.batchSize`, or unset `embedding.provider`", at, o.config.Timeout))}
	case x.redirected != "":
		return failure{err: fail(ErrRefused, "%s sends the request on to %s, which is not followed: set `embedding.baseURL` to where it should go", at, x.redirected)}
	case x.tooLarge:
		return failure{err: fail(ErrAnswer, "%s answered with more than %d bytes: is it an embeddings server?", at, x.limit)}
	case broken != nil && transient(broken):
		return failure{again: true, err: fail(ErrUnavailable, "%s broke the connection (%v): look into its log, or unset `embedding.provider`", at, broken)}
	case broken != nil:
		return failure{err: fail(ErrUnavailable, "%s cannot be reached (%v): start it, or unset `embedding.provider`", at, broken)}
	}
	return failure{err: fail(ErrAnswer, "%s did not answer in the JSON of embeddings (%v): is `embedding.baseURL` right, up to the \"/v1\"?", at, err)}
}

func (o *OpenAI) explainStatus(code int, text, reason string, x *exchange) failure {
	at, quoted := o.at(), text
	if quoted == "" {
		quoted = http.StatusText(code)
	}
	quoted = cut(o.clean(quoted), maxMessage)
	busy := code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500
	if busy && reason != "insufficient_quota" {
		return failure{
			again: true, after: retryAfter(x.retryAfter, o.now()),
			err: fmt.Errorf("%w: %s answered %d (%s): try later, lower `embedding.concurrency`, or unset `embedding.provider`", ErrUnavailable, at, code, quoted),
		}
	}
	way := "see what its documentation says"
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		way = "check the key in the environment's SEMANTIC_LS_EMBEDDING_KEY"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		way = fmt.Sprintf("check `embedding.baseURL`, and that it has the model %s", o.clean(o.config.Model))
	case http.StatusPaymentRequired, http.StatusTooManyRequests:
		way = "its quota is used up"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		way = fmt.Sprintf("check that %s is a model for embeddings, or see what its documentation says", o.clean(o.config.Model))
		if o.config.Dimensions != 0 {
			way = "it may not take `embedding.dimensions`: unset it"
		}
	}
	err := fmt.Errorf("%w: %s answered %d (%s): %s", ErrRefused, at, code, quoted, way)
	if aboutTexts(code) {
		err = refusal{err}
	}
	return failure{err: err}
}

// transient tells whether a connection broke in a way that the next may not:
// the server, or something before it, closed or reset it.
func transient(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// retryAfter reads the header of that name, seconds or a date, and is 0 for what
// it cannot read and for the past.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.ParseFloat(header, 64); err == nil {
		if !(n > 0) {
			return 0
		}
		return time.Duration(min(n, 1e6) * float64(time.Second)) // 1e6 s: eleven days, no overflow
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// clean makes foreign text fit for an error: one line, without the key, and
// without secrets that a provider repeats from what it was sent.
func (o *OpenAI) clean(s string) string {
	if key := o.config.Key; key != "" {
		s = strings.ReplaceAll(s, key, mask)
		if escaped, err := json.Marshal(key); err == nil { // as raw JSON repeats it
			s = strings.ReplaceAll(s, strings.Trim(string(escaped), `"`), mask)
		}
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return redact(strings.Join(strings.Fields(s), " "))
}

// at is where the provider is, for errors.
func (o *OpenAI) at() string { return o.clean(o.config.BaseURL) }
