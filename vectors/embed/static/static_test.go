package static

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/semantic-ls/semantic-ls/vectors/words"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func embedOne(t testing.TB, m *Model, text string) []float32 {
	t.Helper()
	v, err := m.EmbedQuery(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func cosine(a, b []float32) float64 {
	var s float64
	for i := range a {
		s += float64(a[i]) * float64(b[i])
	}
	return s
}

// Pairs of what a developer asks and what code calls it. Each must be nearer than
// the first of it is to the second of every other pair.
func TestSynonymsAreNearerThanStrangers(t *testing.T) {
	m := New()
	pairs := [][2]string{
		{"delete", "evict"},
		{"guess", "sniff"},
		{"refuse", "deny"},
		{"retry", "reattempt"},
		{"park", "block"},
		{"fetch", "retrieve"},
		{"divide", "chunk"},
		{"concatenate", "join"},
		{"credential", "password"},
		{"shutdown", "terminate"},
		{"dial", "socket"},
		{"proxy", "relay"},
		{"deserialize", "unmarshal"},
		{"validate", "verify"},
		{"digest", "checksum"},
		{"deflate", "gzip"},
		{"encrypt", "cipher"},
		{"visitor", "guest"},
		{"goroutine", "thread"},
		{"mutex", "exclusive"},
		{"foreign", "international"},
		{"leading", "prefix"},
		{"maximum", "ceiling"},
		{"crash", "panic"},
		{"paint", "render"},
		{"picture", "image"},
		{"duplicate", "clone"},
		{"outdated", "stale"},
		{"settings", "preferences"},
		{"grammar", "syntax"},
	}
	const margin = 0.05
	for i, p := range pairs {
		a := embedOne(t, m, p[0])
		near := cosine(a, embedOne(t, m, p[1]))
		for j, q := range pairs {
			if i == j {
				continue
			}
			if far := cosine(a, embedOne(t, m, q[1])); far+margin > near {
				t.Errorf("%s: %s %.2f, but %s %.2f", p[0], p[1], near, q[1], far)
			}
		}
	}
}

func TestInflectionsAndSpellingsAreNear(t *testing.T) {
	m := New()
	for _, c := range []struct {
		a, b string
		min  float64
	}{
		{"retry", "retries", 0.99},
		{"compressing", "compressed", 0.99},
		{"tokenize", "tokenizer", 0.2},
		{"config", "configuration", 0.3},
		{"auth", "authentication", 0.3},
		{"normalise", "normalize", 0.3},
		{"frobnicate", "frobnicator", 0.2}, // in no concept: spelling alone
		{"queueForIdleConn", "queue for an idle connection", 0.5},
	} {
		if got := cosine(embedOne(t, m, c.a), embedOne(t, m, c.b)); got < c.min {
			t.Errorf("%s, %s: cosine %.2f, want at least %.2f", c.a, c.b, got, c.min)
		}
	}
}

// A question in plain words is nearer to the code that does it than to other code.
func TestQuestionsFindCode(t *testing.T) {
	m := New()
	code := []string{
		"func sniffContentType(data []byte) string {\n\tfor _, sig := range mimeSignatures {\n\t\tif sig.match(data) {\n\t\t\treturn sig.mime\n\t\t}\n\t}\n}",
		"def evict_lru(self):\n    while len(self.entries) > self.capacity:\n        self.entries.popitem(last=False)",
		"async function reconnectWithBackoff(dial) {\n  for (let attempt = 0; attempt < maxAttempts; attempt++) {\n    await sleep(base * 2 ** attempt + jitter())\n  }\n}",
		"bool checkPassword(const User& user, const std::string& password) {\n  return constantTimeCompare(digest(password, user.salt), user.passwordDigest);\n}",
	}
	for want, question := range []string{
		"where do we guess the kind of a file from its leading bytes",
		"make room when the cache is full",
		"how often and how long do we wait before trying to connect again",
		"verify a visitor's secret when they log in",
	} {
		q := embedOne(t, m, question)
		for i, c := range code {
			if i != want && cosine(q, embedOne(t, m, c)) >= cosine(q, embedOne(t, m, code[want])) {
				t.Errorf("%q is as near to code %d as to %d", question, i, want)
			}
		}
	}
}

// Vectors to the last bit, of texts that hold every listed word and some that are
// not listed. If this fails the model has changed: bump its name, so that no
// index mixes the two, and put the new sum here.
func TestGolden(t *testing.T) {
	m := New()
	var b []byte
	for _, text := range []string{sample, words.Thesaurus, gainsText, "größe 日本 sha256 frobnicate retry retry"} {
		for _, x := range embedOne(t, m, text) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	for key, list := range entries(words.Thesaurus) {
		for _, x := range embedOne(t, m, key+" "+list[0]) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(b)
	const want = "builtin-2 1508170e767303df54f3468645d5d797b0ad3db44a5fe00fe046ba3b9e039582"
	if got := name + " " + hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLengthIsOneOrZero(t *testing.T) {
	m := New()
	if got := m.Model(); got.Name != "builtin-2" || got.Provider != "builtin" || got.Dimensions != 256 {
		t.Errorf("Model() = %+v", got)
	}
	million := strings.Repeat("parse the incoming request and dispatch it; ", 1<<20/44)
	var distinct strings.Builder
	for i := range 3 * maxDistinct {
		fmt.Fprintf(&distinct, "%s ", word(i))
	}
	for _, c := range []struct {
		what, text string
		length     float64
	}{
		{"empty", "", 0},
		{"grammar only", "where is the", 0},
		{"keywords only", "func return nil", 0},
		{"punctuation", "{}();...", 0},
		{"control characters", "\x00\x01\x02\x7f\xff\xfe", 0},
		{"words between control characters", "parse\x00request\x01\xff", 1},
		{"one word", "parse", 1},
		{"one line of 1 MB", million, 1},
		{"one word of 1 MB", strings.Repeat("x", 1<<20), 0},
		{"more distinct words than are counted at once", distinct.String(), 1},
		{"a word more often than is counted", strings.Repeat("parse ", 100*maxCount), 1},
		{"Chinese", "解析请求", 1},
	} {
		v := embedOne(t, m, c.text)
		if len(v) != Dimensions {
			t.Fatalf("%s: %d numbers", c.what, len(v))
		}
		if got := math.Sqrt(cosine(v, v)); math.Abs(got-c.length) > 1e-6 {
			t.Errorf("%s: length %v, want %v", c.what, got, c.length)
		}
	}
}

// word spells i in letters that do not look like an inflection.
func word(i int) string {
	b := []byte("zk")
	for ; i > 0; i /= 20 {
		b = append(b, "bcdfghjklmnpqrtvwxza"[i%20])
	}
	return string(b) + "ko"
}

func TestOrderOfWordsDoesNotMatter(t *testing.T) {
	m := New()
	a := embedOne(t, m, "read socket buffer deadline expired")
	b := embedOne(t, m, "expired deadline socket read buffer")
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("dimension %d: %v and %v", i, a[i], b[i])
		}
	}
}

// What a text embeds to depends on nothing embedded before it: the scratch is
// clean, and rows forgotten by the cache are made again alike.
// Words written so that their hashes end alike do not crowd in one place of the table that
// counts them, where each would look at all others.
func TestWordsDoNotCrowd(t *testing.T) {
	const crowd = 1000
	m := New()
	s := newScratch(m)
	for i := 0; len(s.seen) < crowd; i++ {
		if w := []byte(word(i)); words.Hash(w)%slots == 0 {
			s.count(w)
		}
	}
	longest, run := 0, 0
	for _, at := range s.slot {
		if run++; at == 0 {
			run = 0
		}
		longest = max(longest, run)
	}
	if longest > crowd/4 {
		t.Errorf("%d of %d words stand side by side in %d places", longest, crowd, slots)
	}
}

func TestEarlierTextsLeaveNothing(t *testing.T) {
	const text = "func sniff(data []byte) string // retry retry evict"
	want := embedOne(t, New(), text)
	m := New()
	var flood strings.Builder
	for i := range 2 * maxDistinct {
		flood.WriteString(word(i) + " ")
	}
	for range 2 {
		embedOne(t, m, flood.String())
		embedOne(t, m, "sniff evict "+text)
		for i, x := range embedOne(t, m, text) {
			if x != want[i] {
				t.Fatalf("dimension %d: %v, in a fresh model %v", i, x, want[i])
			}
		}
		for i := range m.rows { // forgotten
			m.rows[i].Store(nil)
		}
	}
}

// In eight bits a text is what it is in floats.
func TestBytesAreTheUnitRounded(t *testing.T) {
	m := New()
	for i := range 200 {
		var a, b Sum
		for n := range 1 + i*7%90 {
			w := []byte(word(i * n))
			m.Add(&a, m.Word(w, words.Hash(w)), uint32(1+n%5))
			m.Add(&b, m.Word(w, words.Hash(w)), uint32(1+n%5))
		}
		var unit [Dimensions]float32
		var bytes [Dimensions]byte
		a.Unit(&unit)
		scale := b.Bytes(&bytes)
		for j, x := range unit {
			if got := float64(int8(bytes[j])) * float64(scale); math.Abs(got-float64(x)) > float64(scale)*0.5001 {
				t.Fatalf("text %d, dimension %d: %v, want %v, a step is %v", i, j, got, x, scale)
			}
		}
	}
	var s Sum
	bytes := [Dimensions]byte{1}
	if scale := s.Bytes(&bytes); scale != 0 || bytes != [Dimensions]byte{} {
		t.Errorf("of nothing: %v", scale)
	}
}

// The table of the words without concepts gives what the sum does.
func TestRowsFromTheTable(t *testing.T) {
	for i := range 3000 {
		w := []byte(word(i * i))
		switch i % 5 {
		case 0:
			w = []byte(strings.Repeat(string(rune('a'+i%26)), 1+i%100))
		case 1:
			w = []byte(fmt.Sprint("é", i))
		}
		own := ownBits(w)
		if got, want := withoutMeaning(&own, w), withMeaning(&own, w, nil); got != want {
			t.Fatalf("%s: %v, want %v", w, got, want)
		}
	}
}

// The cache may forget, but what it gives is what was asked for.
func TestCacheGivesTheRightRowOrNone(t *testing.T) {
	var c cache
	const n = 3 << cacheBits
	kept := 0
	for i := range uint64(n) {
		c.put(&Word{hash: mix(i)})
		if r := c.get(mix(i)); r == nil || r.hash != mix(i) {
			t.Fatalf("row %d just put: %v", i, r)
		}
	}
	for i := range uint64(n) {
		if r := c.get(mix(i)); r != nil {
			kept++
			if r.hash != mix(i) {
				t.Fatalf("asked for %x, got %x", mix(i), r.hash)
			}
		}
	}
	if kept < 1<<cacheBits*9/10 || kept > 1<<cacheBits {
		t.Errorf("%d rows in %d places", kept, 1<<cacheBits)
	}
}

func TestEmbedChecksContextBetweenTexts(t *testing.T) {
	cause := errors.New("superseded")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if rows, err := New().Embed(ctx, []string{"a text", "another"}); !errors.Is(err, cause) || rows != nil {
		t.Errorf("Embed = %v, %v", rows, err)
	}
	if rows, err := New().Embed(t.Context(), nil); err != nil || len(rows) != 0 {
		t.Errorf("Embed of nothing = %v, %v", rows, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	m := New()
	fresh := New()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				text := fmt.Sprintf("%s %s shared words of everybody", word(i), word(i*g))
				got, err := m.EmbedQuery(t.Context(), text)
				if err != nil {
					t.Error(err)
					return
				}
				want := make([]float32, Dimensions)
				fresh.EmbedInto(want, text)
				if cosine(got, want) < 0.999999 {
					t.Errorf("%q differs", text)
				}
			}
		})
	}
	wg.Wait()
}

const sample = `// dialConn connects to the address of cm and, for https, does the handshake.
func (t *Transport) dialConn(ctx context.Context, cm connectMethod) (pconn *persistConn, err error) {
	pconn = &persistConn{
		t:             t,
		cacheKey:      cm.key(),
		reqch:         make(chan requestAndChan, 1),
		writech:       make(chan writeRequest, 1),
		closech:       make(chan struct{}),
		writeErrCh:    make(chan error, 1),
		writeLoopDone: make(chan struct{}),
	}
	if cm.scheme() == "https" && t.hasCustomTLSDialer() {
		pconn.conn, err = t.customDialTLS(ctx, "tcp", cm.addr())
		if err != nil {
			return nil, wrapErr(err)
		}
	}
	return pconn, nil
}
`
