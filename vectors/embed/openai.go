package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/sashabaranov/go-openai"

	"github.com/semantic-ls/semantic-ls/tasks"
)

const (
	// maxText bounds a text in characters; what is longer is cut. Models read 512
	// to 8,192 tokens of three to four characters, and servers refuse or cut the
	// rest; chunks are a few thousand characters.
	maxText = 8000
	// maxRead bounds what is read of a text, in characters: room for what masks
	// take out before the first maxText that are left.
	maxRead = 4 * maxText
	// maxBatchBytes bounds the texts of one request. Hosted servers take 300,000
	// tokens; 128 KiB are about 40,000, a second or so of a local server.
	maxBatchBytes = 128 << 10

	// What a zero in Config stands for. 64 chunks, of 1,500 characters as a rule,
	// just fit into maxBatchBytes, so that a larger number would change little; it
	// is the default of `embedding.batchSize`, too. More in flight than 4 only
	// lengthens the queue of a local server. A first request may load the model
	// into memory.
	defaultBatchSize   = 64
	defaultConcurrency = 4
	defaultTimeout     = 30 * time.Second
)

// Config says how to reach a provider. BaseURL and Model are needed.
type Config struct {
	BaseURL string // "http://localhost:11434/v1"; "/embeddings" is put behind it
	Key     string // sent as a bearer token; never part of an error
	Model   string

	// Dimensions is what a row must have. It is also asked for in each request,
	// which models that can shorten their rows heed and some servers refuse. 0:
	// not asked for, and known from the first answer on.
	Dimensions int
	// Expected is what a row is known to have from an earlier time, 0: nothing. It
	// is not asked for; a row that has something else is ErrDimensions.
	Expected    int
	BatchSize   int           // most texts in a request; 0: 64
	Concurrency int           // most requests in flight; 0: 4
	Timeout     time.Duration // for one request; 0: 30 s

	// Limiter bounds the requests in flight together with whatever else uses it.
	// Nil: one of Concurrency for Embed, and one more that only EmbedQuery uses,
	// so that a question never waits for an index. Embed and EmbedQuery must not
	// be called by work that already holds a token of it.
	Limiter *tasks.Limiter
}

// OpenAI embeds through a server with OpenAI's embeddings API. It is safe for
// concurrent use; Close it when done.
type OpenAI struct {
	config     Config
	server     string // as in Model
	http       *http.Client
	limiter    *tasks.Limiter
	dimensions atomic.Int64 // 0: no answer yet

	// For tests.
	sleep  func(ctx context.Context, d time.Duration) error
	jitter func() float64 // in [0, 1)
	now    func() time.Time
}

// NewOpenAI checks c; it does not connect. The error is ErrConfig.
func NewOpenAI(c Config) (*OpenAI, error) {
	if strings.TrimSpace(c.Model) == "" {
		return nil, fmt.Errorf("%w: no model: set `embedding.model` to one that the server has", ErrConfig)
	}
	base, err := baseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	c.BaseURL = base
	c.Key = strings.TrimSpace(c.Key)
	if strings.ContainsFunc(c.Key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("%w: the key holds characters that no key has (it is not shown here): copy it anew", ErrConfig)
	}
	if c.Dimensions < 0 || c.Expected < 0 || c.BatchSize < 0 || c.Concurrency < 0 || c.Timeout < 0 {
		return nil, fmt.Errorf("%w: `embedding.dimensions`, `batchSize`, `concurrency` and `timeout` must not be negative", ErrConfig)
	}
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatchSize
	}
	if c.Concurrency == 0 {
		c.Concurrency = defaultConcurrency
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	o := &OpenAI{config: c, server: server(c.BaseURL), limiter: c.Limiter, sleep: tasks.Sleep, jitter: rand.Float64, now: time.Now}
	if o.limiter == nil {
		o.limiter = tasks.NewLimiter(c.Concurrency+1, c.Concurrency)
	}
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // a program may have replaced it
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	transport = transport.Clone()
	transport.MaxIdleConnsPerHost = c.Concurrency + 1
	o.http = &http.Client{
		Transport: transport,
		// A redirect would carry source text to a server that nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	o.dimensions.Store(int64(cmp.Or(c.Dimensions, c.Expected)))
	return o, nil
}

// baseURL checks what stands before "/embeddings" and returns it without a
// trailing slash. Its errors show no credentials.
func baseURL(s string) (string, error) {
	const way = "set `embedding.baseURL` to something like http://localhost:11434/v1"
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fmt.Errorf("%w: no URL: %s", ErrConfig, way)
	}
	u, err := url.Parse(s)
	if err != nil {
		// url.Error repeats the URL, and with it a password that stands in it.
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "", fmt.Errorf("%w: the URL cannot be parsed (%v): %s", ErrConfig, err, way)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%w: the URL begins with %q, not with http or https: %s", ErrConfig, u.Scheme, way)
	case u.Host == "":
		return "", fmt.Errorf("%w: the URL names no host: %s", ErrConfig, way)
	case u.User != nil:
		return "", fmt.Errorf("%w: the URL of %s holds a user or password: leave it out and set the environment's SEMANTIC_LS_EMBEDDING_KEY", ErrConfig, u.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("%w: the URL of %s has a query or fragment, behind which no path can be put: %s", ErrConfig, u.Host, way)
	}
	return strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/embeddings"), nil
}

// DefaultBaseURL is the address of the provider's own server.
const DefaultBaseURL = "https://api.openai.com/v1"

// server is what a base URL that baseURL has checked is in a Model: the same for all
// spellings of one address.
func server(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // it was parsed before
	}
	u.Host = strings.ToLower(u.Host)
	u.Host = strings.TrimSuffix(u.Host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	u.User = nil
	if s := strings.TrimRight(u.String(), "/"); s != DefaultBaseURL {
		return s
	}
	return ""
}

// Model names the model. Dimensions is 0 until it is configured or an answer has
// come; see Probe.
func (o *OpenAI) Model() Model {
	return Model{Name: o.config.Model, Provider: "openai", Dimensions: int(o.dimensions.Load()), Server: o.server}
}

// Probe embeds one word to see whether the provider works, and returns Model
// with its dimensions. Errors are those of Embed.
func (o *OpenAI) Probe(ctx context.Context) (Model, error) {
	if _, err := o.EmbedQuery(ctx, probe); err != nil {
		return Model{}, err
	}
	return o.Model(), nil
}

// Close drops idle connections. Calls under way are not disturbed.
func (o *OpenAI) Close() { o.http.CloseIdleConnections() }

// Embed returns one row of Model().Dimensions numbers for each text, in order:
// of unit length, or all zero for a blank text, which is not sent, for one to
// which the provider gives zeros, and for one that it refuses. Texts are redacted,
// cut to 8,000 characters and sent in batches, several at a time, as Background
// work of the limiter.
//
// A batch that is refused with 400, 413 or 422 is sent again in halves, down to
// single texts, if the provider takes the word "probe": otherwise it is the
// provider and not the texts, and ErrRefused. For n texts that makes 2n requests
// at most. Every other refusal is ErrRefused at once.
//
// Busy answers (408, 429, 5xx) and broken connections are tried again four times, after
// 0.5 to 8 seconds or as long as the provider says, up to a minute.
//
// Errors are ErrUnavailable, ErrRefused, ErrAnswer and ErrDimensions, with the
// way out in their text, or match ctx's error and cause. The first one cancels
// the other batches; when Embed returns no request of it is under way.
func (o *OpenAI) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return o.embed(ctx, texts, tasks.Background, func(ctx context.Context, texts []string) ([][]float32, error) {
		return o.sendHalves(ctx, texts, backgroundTries)
	})
}

// EmbedQuery is Embed for one question that somebody waits for: Interactive
// work of the limiter, and tried again only once. A question that is refused is
// ErrRefused: whoever asked it can ask another.
func (o *OpenAI) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	rows, err := o.embed(ctx, []string{text}, tasks.Interactive, func(ctx context.Context, texts []string) ([][]float32, error) {
		return o.send(ctx, texts, interactiveTries)
	})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

func (o *OpenAI) embed(ctx context.Context, texts []string, p tasks.Priority, send func(ctx context.Context, texts []string) ([][]float32, error)) ([][]float32, error) {
	batches, err := batch(ctx, texts, o.config.BatchSize)
	if err != nil {
		return nil, err
	}
	rows := make([][]float32, len(texts))
	outer := ctx
	_, err = tasks.Map(ctx, o.limiter, p, batches, func(ctx context.Context, b request) (struct{}, error) {
		// A cancellation reaches the batches one after the other: without this look
		// at where it comes from, one that waits could still take the token that the
		// first to end gives back.
		if outer.Err() != nil {
			return struct{}{}, tasks.Sleep(outer, 0)
		}
		got, err := send(ctx, b.texts)
		for i, row := range got { // batches share no index
			rows[b.indexes[i]] = row
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	if o.dimensions.Load() == 0 && len(texts) > 0 { // all blank, and nothing was ever asked
		if _, err := o.Probe(ctx); err != nil {
			return nil, err
		}
	}
	for i := range rows {
		if rows[i] == nil {
			rows[i] = make([]float32, o.dimensions.Load())
		}
	}
	return rows, nil
}

// Sent is what Embed sends of a text, and so all that its row can depend on.
func (o *OpenAI) Sent(text string) string { return ready(text) }

// request is one batch of texts, ready to be sent, and where their rows belong.
type request struct {
	texts   []string
	indexes []int
}

// batch makes texts ready to be sent and splits them by count and by bytes. It
// is the only place where texts enter a request, and so where they are redacted.
// The error is that of a ctx that has ended.
func batch(ctx context.Context, texts []string, size int) ([]request, error) {
	var batches []request
	var b request
	bytes := 0
	for i, text := range texts {
		if ctx.Err() != nil {
			return nil, tasks.Sleep(ctx, 0) // ctx's error and cause
		}
		text = ready(text)
		if strings.TrimSpace(text) == "" {
			continue
		}
		if len(b.texts) > 0 && (len(b.texts) >= size || bytes+len(text) > maxBatchBytes) {
			batches = append(batches, b)
			b, bytes = request{}, 0
		}
		b.texts = append(b.texts, text)
		b.indexes = append(b.indexes, i)
		bytes += len(text)
	}
	if len(b.texts) > 0 {
		batches = append(batches, b)
	}
	return batches, nil
}

// ready returns what is sent of a text: valid, redacted, and of maxText characters
// at most.
func ready(text string) string {
	read := cut(text, maxRead)
	redacted := redact(strings.ToValidUTF8(read, "\uFFFD"))
	if len(read) < len(text) {
		// The cut may have left the first part of a secret that only the whole would
		// have shown to be one, and where much has been masked before it, it could be
		// among the first maxText characters. So what stands at the end as it was read
		// is dropped, as far as a value reaches.
		n := 0
		for n < min(maxValue, len(redacted), len(read)) && redacted[len(redacted)-1-n] == read[len(read)-1-n] {
			n++
		}
		redacted = strings.ToValidUTF8(redacted[:len(redacted)-n], "")
	}
	return cut(redacted, maxText)
}

// cut returns the first n characters of text.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	i := 0
	for ; n > 0 && i < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return text[:i]
}

// ask sends one request, once.
func (o *OpenAI) ask(ctx context.Context, texts []string) (openai.EmbeddingResponse, *exchange, error) {
	x := &exchange{http: o.http, limit: answerLimit(len(texts))}
	c := openai.DefaultConfig(o.config.Key)
	c.BaseURL = o.config.BaseURL
	c.HTTPClient = x
	client := openai.NewClientWithConfig(c) // a struct, no connection: those are o.http's
	var answer openai.EmbeddingResponse
	err := tasks.FailAfter(ctx, o.config.Timeout, func(ctx context.Context, _ *tasks.Group) error {
		var err error
		answer, err = client.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{
			Input:      texts,
			Model:      openai.EmbeddingModel(o.config.Model),
			Dimensions: o.config.Dimensions,
		})
		return err
	})
	return answer, x, err
}
