package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sashabaranov/go-openai"
)

func TestDown(t *testing.T) {
	p := httptest.NewServer(nil)
	url := p.URL
	p.Close()
	o, w := newClient(t, url, Config{})
	_, err := o.Embed(t.Context(), []string{"x"})
	wantError(t, err, ErrUnavailable, url+"/v1", "refused", "start it, or unset `embedding.provider`")
	if len(w.list) != 0 {
		t.Errorf("waited %v for a server that is down", w.list)
	}
}

func TestSlow(t *testing.T) {
	for _, headers := range []bool{false, true} {
		p := newProvider(t, func(w http.ResponseWriter, r *http.Request, _ input) bool {
			if headers { // and then nothing
				w.WriteHeader(http.StatusOK)
				_, _ = w.Write([]byte(`{"data":[`))
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
			return true
		})
		o, _ := newClient(t, p.URL, Config{Timeout: 20 * time.Millisecond})
		_, err := o.Embed(t.Context(), []string{"x"})
		wantError(t, err, ErrUnavailable, "20ms", "embedding.timeout")
		wantError(t, err, context.DeadlineExceeded)
		if got := p.calls.Load(); got > 1 {
			t.Errorf("%d requests", got)
		}
	}
}

func TestBusyThenOK(t *testing.T) {
	for _, c := range []struct {
		what  string
		busy  func(w http.ResponseWriter) bool
		times int64
		want  []time.Duration
	}{
		{"429", func(w http.ResponseWriter) bool { return fail(w, 429, "slow down") }, 2, []time.Duration{375 * time.Millisecond, 750 * time.Millisecond}},
		{"503, asks for 7 s", func(w http.ResponseWriter) bool {
			w.Header().Set("Retry-After", "7")
			return fail(w, 503, "loading")
		}, 1, []time.Duration{7 * time.Second}},
		{"500, no JSON", func(w http.ResponseWriter) bool {
			http.Error(w, "<html>oops", http.StatusInternalServerError)
			return true
		}, 4, []time.Duration{375 * time.Millisecond, 750 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second}},
		{"reset", func(http.ResponseWriter) bool { panic(http.ErrAbortHandler) }, 1, []time.Duration{375 * time.Millisecond}},
		{"reset amid the answer", func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"data":[`))
			panic(http.ErrAbortHandler)
		}, 1, []time.Duration{375 * time.Millisecond}},
	} {
		p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, in input) bool {
			return in.call <= c.times && c.busy(w)
		})
		o, w := newClient(t, p.URL, Config{})
		if _, err := o.Embed(t.Context(), []string{"x"}); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if !slices.Equal(w.list, c.want) {
			t.Errorf("%s: waited %v, want %v", c.what, w.list, c.want)
		}
	}
}

func TestBusyForever(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ input) bool { return fail(w, 503, "overloaded") })
	o, w := newClient(t, p.URL, Config{})
	_, err := o.Embed(t.Context(), []string{"x"})
	wantError(t, err, ErrUnavailable, "503", "overloaded", "5 times", p.URL)
	if len(w.list) != 4 || p.calls.Load() != 5 {
		t.Errorf("%d requests, waits %v", p.calls.Load(), w.list)
	}
	_, err = o.EmbedQuery(t.Context(), "x")
	wantError(t, err, ErrUnavailable, "2 times")
}

func TestTooLongAWaitIsAnError(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ input) bool {
		w.Header().Set("Retry-After", "3600")
		return fail(w, 429, "tomorrow")
	})
	o, w := newClient(t, p.URL, Config{})
	_, err := o.Embed(t.Context(), []string{"x"})
	wantError(t, err, ErrUnavailable, "1h0m0s")
	if len(w.list) != 0 {
		t.Errorf("waited %v", w.list)
	}
}

func TestCancelWhileWaitingToTryAgain(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ input) bool { return fail(w, 429, "slow down") })
	o, _ := newClient(t, p.URL, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	o.sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	_, err := o.Embed(ctx, []string{"x"})
	wantError(t, err, context.Canceled)
	if p.calls.Load() != 1 {
		t.Errorf("%d requests", p.calls.Load())
	}
}

// Answers that another try would not change: one request, one clear error.
func TestAnswersThatAreErrors(t *testing.T) {
	for _, c := range []struct {
		what   string
		config Config
		answer func(w http.ResponseWriter, r *http.Request) bool
		kind   error
		say    []string
	}{
		{"401 that repeats the key", Config{}, func(w http.ResponseWriter, r *http.Request) bool {
			return fail(w, 401, "bad key "+r.Header.Get("Authorization"))
		}, ErrRefused, []string{"401", "SEMANTIC_LS_EMBEDDING_KEY"}},
		{"403 that repeats the key, no JSON", Config{}, func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, r.Header.Get("Authorization"), http.StatusForbidden)
			return true
		}, ErrRefused, []string{"403"}},
		{"404", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return fail(w, 404, `model "m" not found`) }, ErrRefused, []string{"404", "not found", "embedding.baseURL"}},
		{"400", Config{Dimensions: 3}, func(w http.ResponseWriter, _ *http.Request) bool { return fail(w, 400, "no dimensions here") }, ErrRefused, []string{"embedding.dimensions"}},
		{"413 of many lines", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			return fail(w, 413, strings.Repeat("too\nlarge\x1b ", 1000))
		}, ErrRefused, []string{"too large"}},
		{"quota", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(429)
			_, _ = w.Write([]byte(`{"error":{"message":"pay","code":"insufficient_quota"}}`))
			return true
		}, ErrRefused, []string{"quota"}},
		{"redirect", Config{}, func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://elsewhere.invalid/v1", http.StatusTemporaryRedirect)
			return true
		}, ErrRefused, []string{"elsewhere.invalid", "not followed"}},
		{"garbage", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("<html>welcome"))
			return true
		}, ErrAnswer, []string{"JSON", "embedding.baseURL"}},
		{"empty body", Config{}, func(http.ResponseWriter, *http.Request) bool { return true }, ErrAnswer, nil},
		{"number too large", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(`{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}]}`))
			return true
		}, ErrAnswer, nil},
		{"NaN", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(`{"data":[{"index":0,"embedding":[NaN]},{"index":1,"embedding":[1]}]}`))
			return true
		}, ErrAnswer, nil},
		{"too few rows", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0, 1)) }, ErrAnswer, []string{"1 rows for 2 texts"}},
		{"too many rows", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0, 1), row(1, 1), row(2, 1)) }, ErrAnswer, []string{"3 rows for 2 texts"}},
		{"index out of range", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0, 1), row(2, 1)) }, ErrAnswer, []string{"index 2"}},
		{"index below zero", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0, 1), row(-1, 1)) }, ErrAnswer, []string{"index -1"}},
		{"index twice", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(1, 1), row(1, 1)) }, ErrAnswer, []string{"two rows"}},
		{"no numbers", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0), row(1)) }, ErrAnswer, []string{"no numbers"}},
		{"not the dimensions asked for", Config{Dimensions: 2}, func(w http.ResponseWriter, _ *http.Request) bool {
			return reply(w, row(0, 1, 2, 3), row(1, 1, 2, 3))
		}, ErrDimensions, []string{"model m answered 3 numbers where `embedding.dimensions` says 2: unset it, or set it to 3"}},
		{"rows of two lengths", Config{}, func(w http.ResponseWriter, _ *http.Request) bool { return reply(w, row(0, 1, 2), row(1, 1, 2, 3)) }, ErrDimensions, []string{"3 numbers where it answered 2 before"}},
		{"huge", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte(`{"object":"`))
			for range 100 {
				if _, err := w.Write([]byte(strings.Repeat("x", 1<<20))); err != nil {
					return true
				}
			}
			return true
		}, ErrAnswer, []string{"more than"}},
		{"huge error", Config{}, func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(400)
			_, _ = w.Write([]byte(strings.Repeat("x", 10<<20)))
			return true
		}, ErrRefused, []string{"400", "xxx"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			p := newProvider(t, func(w http.ResponseWriter, r *http.Request, _ input) bool { return c.answer(w, r) })
			o, w := newClient(t, p.URL, c.config)
			rows, err := o.Embed(t.Context(), []string{"one", "two"})
			wantError(t, err, c.kind, c.say...)
			calls := int64(1)
			if errors.As(err, new(refusal)) {
				calls = 2 // and the probe
			}
			if rows != nil || len(w.list) != 0 || p.calls.Load() != calls {
				t.Errorf("rows %v, waits %v, %d requests", rows, w.list, p.calls.Load())
			}
			if len(err.Error()) > 700 || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("unfit for a message: %q", err)
			}
		})
	}
}

func TestDimensionsAreAskedForOnlyIfSet(t *testing.T) {
	for _, want := range []int{0, 3} {
		p := newProvider(t, func(_ http.ResponseWriter, _ *http.Request, in input) bool {
			if in.Dimensions != want {
				t.Errorf("asked for %d dimensions, want %d", in.Dimensions, want)
			}
			return false
		})
		o, _ := newClient(t, p.URL, Config{Dimensions: want})
		if _, err := o.Embed(t.Context(), []string{"x"}); err != nil {
			t.Error(err)
		}
	}
}

func TestUnit(t *testing.T) {
	o, _ := newClient(t, "http://host", Config{})
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := o.accept([]openai.Embedding{{Embedding: []float32{1, float32(bad)}}}, 1)
		wantError(t, err, ErrAnswer, "not finite")
	}
	for _, row := range [][]float32{{3, 4}, {math.MaxFloat32, math.MaxFloat32}, {math.SmallestNonzeroFloat32, 0}, {0, 0}} {
		zero := row[0] == 0
		if !unit(row) {
			t.Errorf("%v is not finite", row)
		}
		want := 1.0
		if zero {
			want = 0
		}
		if got := math.Hypot(float64(row[0]), float64(row[1])); math.Abs(got-want) > 1e-6 {
			t.Errorf("length %v, want %v", got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":      0,
		"3":     3 * time.Second,
		" 0.5 ": 500 * time.Millisecond,
		"-1":    0,
		"NaN":   0,
		"soon":  0,
		"1e300": 1e6 * time.Second,
		now.Add(9 * time.Second).Format(http.TimeFormat):  9 * time.Second,
		now.Add(-9 * time.Second).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestWaitGrowsAndIsBounded(t *testing.T) {
	o, _ := newClient(t, "http://host", Config{})
	for _, j := range []float64{0, 0.999} {
		o.jitter = func() float64 { return j }
		for try := 1; try < 40; try++ {
			if d := o.wait(try, 0); d < firstWait/2 || d > maxWait {
				t.Errorf("wait %d with jitter %v: %v", try, j, d)
			}
		}
	}
	o.jitter = func() float64 { return 0 }
	if got := fmt.Sprint(o.wait(1, 0), o.wait(2, 0), o.wait(5, 0), o.wait(9, 0), o.wait(1, time.Minute)); got != "500ms 1s 8s 8s 1m0s" {
		t.Errorf("waits %s", got)
	}
}
