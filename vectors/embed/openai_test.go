package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secretKey must turn up in no error: every error of these tests is checked.
const secretKey = "test-key-9f86d081884c7d65"

// provider is an embeddings server. It answers each text with a row that tells
// which text it was: {length, 1, 0}, by default after a random moment.
type provider struct {
	*httptest.Server
	t        *testing.T
	calls    atomic.Int64
	inFlight atomic.Int64
	peak     atomic.Int64
	mu       sync.Mutex
	texts    []string                                                    // guarded by mu: all that came in
	answer   func(w http.ResponseWriter, r *http.Request, in input) bool // false: answer by default
}

type input struct {
	Input      []string `json:"input"`
	Model      string   `json:"model"`
	Dimensions int      `json:"dimensions"`
	call       int64    // counted from 1
}

func newProvider(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, in input) bool) *provider {
	p := &provider{t: t, answer: answer}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Server.Close)
	return p
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := p.inFlight.Add(1)
	defer p.inFlight.Add(-1)
	for old := p.peak.Load(); now > old && !p.peak.CompareAndSwap(old, now); old = p.peak.Load() {
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	in := input{call: p.calls.Add(1)}
	if err := json.Unmarshal(body, &in); err != nil {
		p.t.Errorf("request: %v", err)
	}
	if r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+secretKey || in.Model != "m" {
		p.t.Errorf("request to %s with %q for model %q", r.URL.Path, r.Header.Get("Authorization"), in.Model)
	}
	p.mu.Lock()
	p.texts = append(p.texts, in.Input...)
	p.mu.Unlock()
	if p.answer != nil && p.answer(w, r, in) {
		return
	}
	var rows []map[string]any
	for i, text := range in.Input {
		rows = append(rows, row(i, float64(len(text)), 1, 0))
	}
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	reply(w, rows...)
}

func row(index int, v ...float64) map[string]any {
	return map[string]any{"index": index, "embedding": v}
}

func reply(w http.ResponseWriter, rows ...map[string]any) bool {
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
	return true
}

func fail(w http.ResponseWriter, status int, message string) bool {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": "t", "code": "c"}})
	return true
}

// waits records what a client would have slept.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func newClient(t *testing.T, url string, c Config) (*OpenAI, *waits) {
	t.Helper()
	c.BaseURL, c.Key, c.Model = url+"/v1/", secretKey, "m"
	o, err := NewOpenAI(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	w := &waits{}
	o.jitter = func() float64 { return 0.5 }
	o.sleep = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.list = append(w.list, d)
		return ctx.Err()
	}
	return o, w
}

// wantError checks that err is one of kind, says each of the words and not the key.
func wantError(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if s := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(s, secretKey) {
			t.Errorf("the key stands in %s", s)
		}
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

func texts(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("x", i+1)
	}
	return list
}

func TestOrderIsKeptAndConcurrencyBounded(t *testing.T) {
	const concurrency = 4
	full := make(chan struct{})
	p := newProvider(t, func(_ http.ResponseWriter, r *http.Request, in input) bool {
		if in.call == concurrency {
			close(full)
		}
		select {
		case <-full: // none is answered before as many as may are in flight
		case <-r.Context().Done():
		}
		<-time.After(rand.N(5 * time.Millisecond)) // the latency of a server, not a wait for something
		return false
	})
	o, _ := newClient(t, p.URL, Config{BatchSize: 3, Concurrency: concurrency})
	const n = 100
	rows, err := o.Embed(t.Context(), texts(n))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if got := float64(r[0]) / float64(r[1]); math.Abs(got-float64(i+1)) > 1e-3 {
			t.Fatalf("row %d belongs to text %v", i, got-1)
		}
		if l := math.Hypot(float64(r[0]), float64(r[1])); math.Abs(l-1) > 1e-6 {
			t.Fatalf("row %d has length %v", i, l)
		}
	}
	if got := p.calls.Load(); got != 34 {
		t.Errorf("%d requests for 100 texts in batches of 3", got)
	}
	if got := p.peak.Load(); got != concurrency {
		t.Errorf("%d requests in flight at most, want %d", got, concurrency)
	}
	if m := o.Model(); m != (Model{Name: "m", Provider: "openai", Dimensions: 3, Server: server(o.config.BaseURL)}) {
		t.Errorf("Model() = %+v", m)
	}
}

// While an index takes every token that it may, a question goes through.
func TestQueryDoesNotWaitForIndexing(t *testing.T) {
	release, full := make(chan struct{}), make(chan struct{})
	p := newProvider(t, func(_ http.ResponseWriter, r *http.Request, in input) bool {
		if in.Input[0] != "question" {
			if in.call == 1 {
				close(full)
			}
			<-release
		}
		return false
	})
	o, _ := newClient(t, p.URL, Config{BatchSize: 1, Concurrency: 1})
	done := make(chan error)
	go func() {
		_, err := o.Embed(t.Context(), texts(5))
		done <- err
	}()
	<-full
	if _, err := o.EmbedQuery(t.Context(), "question"); err != nil {
		t.Error(err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestBatchesAreBoundedByBytes(t *testing.T) {
	list := make([]string, 40)
	for i := range list {
		list[i] = strings.Repeat("a", maxText)
	}
	batches, err := batch(t.Context(), list, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		n := 0
		for _, text := range b.texts {
			n += len(text)
		}
		if n > maxBatchBytes || n == 0 {
			t.Errorf("batch of %d bytes", n)
		}
	}
	for _, times := range []int{1, 3, 10} {
		if got := []rune(ready(strings.Repeat("ö", times*maxText))); len(got) != maxText {
			t.Errorf("a text of %d characters is cut to %d", times*maxText, len(got))
		}
	}
}

// What is cut off is not read, and no cut lets a part of a secret through: not
// even where so much is masked before it that it comes to the front.
func TestLongTextsAreCutBeforeAndAfterRedaction(t *testing.T) {
	const secret = "aQ3kZ9xW" // and so on
	for _, c := range []struct{ what, before, after string }{
		{"URL", "mysql://root:", "@db"},
		{"URL with a long password", "mysql://root:" + strings.Repeat(secret, 100), "@db"},
		{"token", "token = ", ""},
		{"header", "Authorization: Bearer ", ""},
		{"line of a key", "", strings.Repeat(secret, 8) + "\n" + strings.Repeat(secret, 8)},
	} {
		for shift := range 2 * len(secret) {
			masked := strings.Repeat(`password = "`+strings.Repeat("x", 3000)+"\"\n", 11)
			padded := masked[:maxRead-len(c.before)-shift-1] + "\n" + c.before
			if got := ready(padded + secret + secret + c.after + strings.Repeat(" ", maxText)); strings.Contains(got, secret[:4]) || !strings.Contains(got, mask) {
				t.Errorf("%s, %d of it left by the cut: %q", c.what, shift, got)
			}
		}
	}
	took := func(text string) time.Duration {
		start := time.Now()
		ready(text)
		return time.Since(start)
	}
	short, long := took(strings.Repeat("key:", 16<<10)), took(strings.Repeat("key:", 16<<20))
	if long > 100*short {
		t.Errorf("64 MiB took %v, 64 KiB %v", long, short)
	}
}

// Making texts ready takes time of its own, before any request.
func TestCancelBetweenTexts(t *testing.T) {
	p := newProvider(t, nil)
	o, _ := newClient(t, p.URL, Config{})
	cause := errors.New("superseded")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	batches, err := batch(ctx, texts(3), 1)
	wantError(t, err, cause)
	wantError(t, err, context.Canceled)
	if batches != nil {
		t.Errorf("batches %v beside the error", batches)
	}
	_, err = o.Embed(ctx, []string{""}) // nothing to send
	wantError(t, err, cause)
	if got := p.calls.Load(); got != 0 {
		t.Errorf("%d requests", got)
	}
}

func TestDefaultBatchIsThatOfTheSettings(t *testing.T) {
	p := newProvider(t, nil)
	o, _ := newClient(t, p.URL, Config{})
	if _, err := o.Embed(t.Context(), texts(65)); err != nil {
		t.Fatal(err)
	}
	if got := p.calls.Load(); got != 2 { // 64, as docs/settings.md says, and one
		t.Errorf("%d requests for 65 texts", got)
	}
}

func TestBlankTextsAreZeroRowsAndNotSent(t *testing.T) {
	p := newProvider(t, nil)
	o, _ := newClient(t, p.URL, Config{})
	rows, err := o.Embed(t.Context(), []string{"", "word", " \n\t"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.texts) != 1 || p.texts[0] != "word" {
		t.Errorf("sent %q", p.texts)
	}
	for _, i := range []int{0, 2} {
		if len(rows[i]) != 3 || rows[i][0] != 0 || rows[i][1] != 0 {
			t.Errorf("row %d is %v", i, rows[i])
		}
	}
	o, _ = newClient(t, p.URL, Config{})
	if rows, err := o.Embed(t.Context(), []string{""}); err != nil || len(rows[0]) != 3 {
		t.Errorf("only a blank text: %v, %v", rows, err)
	}
	if rows, err := o.Embed(t.Context(), nil); err != nil || len(rows) != 0 {
		t.Errorf("no text: %v, %v", rows, err)
	}
}

func TestNothingLeavesUnredacted(t *testing.T) {
	p := newProvider(t, nil)
	o, _ := newClient(t, p.URL, Config{})
	const secret = `const password = "correct horse"`
	if _, err := o.Embed(t.Context(), []string{"x", secret}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.EmbedQuery(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	for _, text := range p.texts {
		if strings.Contains(text, "horse") {
			t.Errorf("sent %q", text)
		}
	}
}

// When Embed returns from a cancellation no request is under way; TestMain sees
// that no goroutine is.
func TestCancelMidFlight(t *testing.T) {
	started := make(chan struct{}, 100)
	p := newProvider(t, func(_ http.ResponseWriter, r *http.Request, _ input) bool {
		started <- struct{}{}
		<-r.Context().Done() // until the client is gone
		return true
	})
	o, _ := newClient(t, p.URL, Config{BatchSize: 1, Concurrency: 3})
	cause := errors.New("superseded")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for range 3 {
			<-started
		}
		cancel(cause)
	}()
	rows, err := o.Embed(ctx, texts(20))
	wantError(t, err, cause)
	wantError(t, err, context.Canceled)
	if rows != nil {
		t.Errorf("rows %v beside the error", rows)
	}
	if got := p.calls.Load(); got != 3 {
		t.Errorf("%d requests", got)
	}
}

func TestProbe(t *testing.T) {
	p := newProvider(t, nil)
	o, _ := newClient(t, p.URL, Config{})
	if got := o.Model().Dimensions; got != 0 {
		t.Errorf("%d dimensions before any answer", got)
	}
	if m, err := o.Probe(t.Context()); err != nil || m.Dimensions != 3 {
		t.Errorf("Probe() = %+v, %v", m, err)
	}
}

func TestNewOpenAIRefuses(t *testing.T) {
	for _, c := range []struct {
		config Config
		say    string
	}{
		{Config{BaseURL: "http://localhost/v1"}, "embedding.model"},
		{Config{Model: "m"}, "embedding.baseURL"},
		{Config{Model: "m", BaseURL: "http://local host"}, "cannot be parsed"},
		{Config{Model: "m", BaseURL: "localhost:11434"}, "not with http"},
		{Config{Model: "m", BaseURL: "ftp://localhost/v1"}, "not with http"},
		{Config{Model: "m", BaseURL: "http:///v1"}, "no host"},
		{Config{Model: "m", BaseURL: "http://me:" + secretKey + "@host/v1"}, "SEMANTIC_LS_EMBEDDING_KEY"},
		{Config{Model: "m", BaseURL: "http://host/v1?key=" + secretKey}, "query"},
		{Config{Model: "m", BaseURL: "http://me:" + secretKey + "@ho st/v1"}, "cannot be parsed"},
		{Config{Model: "m", BaseURL: "me:" + secretKey + "@host/v1"}, "not with http"},
		{Config{Model: "m", BaseURL: "http://host", Key: secretKey + "\nx"}, "not shown"},
		{Config{Model: "m", BaseURL: "http://host", Dimensions: -1}, "negative"},
	} {
		_, err := NewOpenAI(c.config)
		wantError(t, err, ErrConfig, c.say)
	}
	o, err := NewOpenAI(Config{Model: "m", BaseURL: "http://host/v1/embeddings"})
	if err != nil || o.config.BaseURL != "http://host/v1" {
		t.Errorf("URL with /embeddings: %v", err)
	}
}
