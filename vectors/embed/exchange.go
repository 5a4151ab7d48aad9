package embed

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/sashabaranov/go-openai"
)

const (
	// maxRow bounds the JSON of a row: 8,192 numbers, twice what the largest
	// models give, of up to 32 bytes.
	maxRow = 8192 * 32
	// maxEnvelope bounds what stands around the rows, and an error's page.
	maxEnvelope = 64 << 10
)

// answerLimit bounds the body that answers n texts.
func answerLimit(n int) int64 { return maxEnvelope + int64(n)*maxRow }

// exchange is one request and what go-openai does not tell of its answer. It is
// the HTTP client that go-openai sees.
type exchange struct {
	http       *http.Client
	limit      int64
	retryAfter string // the header, of an answer that is an error
	broken     error  // why the connection gave no answer, or not the whole of it
	tooLarge   bool
	redirected string // where an answer wanted the request to go
}

var errRedirected = errors.New("redirected")

// Do implements go-openai's HTTPDoer.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	res, err := x.http.Do(req)
	if err != nil {
		x.broken = err
		return nil, err
	}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		x.redirected = "elsewhere"
		if to, err := res.Location(); err == nil {
			x.redirected = to.Redacted()
		}
		_ = res.Body.Close()
		return nil, errRedirected
	case res.StatusCode >= 400:
		x.retryAfter = res.Header.Get("Retry-After")
		// Only its beginning is quoted, so the rest need not be an error of its own.
		res.Body = &body{Reader: io.LimitReader(res.Body, maxEnvelope), Closer: res.Body, x: x}
	default:
		limited := http.MaxBytesReader(nil, res.Body, x.limit)
		res.Body = &body{Reader: limited, Closer: limited, x: x}
	}
	return res, nil
}

// body notes why reading an answer failed, which a decoder's error hides.
type body struct {
	io.Reader
	io.Closer
	x *exchange
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			b.x.tooLarge = true
		} else {
			b.x.broken = err
		}
	}
	return n, err
}

// status is the HTTP status of go-openai's error, its text and the provider's
// code for it; 0 if err is not about a status.
func status(err error) (status int, text, code string) {
	var api *openai.APIError
	if errors.As(err, &api) {
		if api.Code != nil {
			code = fmt.Sprint(api.Code)
		}
		return api.HTTPStatusCode, api.Message, code
	}
	var req *openai.RequestError
	if errors.As(err, &req) {
		return req.HTTPStatusCode, string(req.Body), ""
	}
	return 0, "", ""
}
