package static

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
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

// codeOf is the vector of a piece of code.
func codeOf(m *Model, text string) []float32 {
	row := make([]float32, Dimensions)
	m.EmbedInto(row, text)
	return row
}

// nearest compares each question with what it is about and with what the others are about, and fails unless its own
// is the nearer one in 85 of 100 comparisons: a model that knows nothing has 50, and one that is trained again may
// differ in some.
func nearest(t *testing.T, m *Model, pairs [][2]string) {
	t.Helper()
	right, all, misses := 0, 0, ""
	for i, p := range pairs {
		q := embedOne(t, m, p[0])
		near := cosine(q, codeOf(m, p[1]))
		for j, other := range pairs {
			if i == j {
				continue
			}
			far := cosine(q, codeOf(m, other[1]))
			if all++; near > far {
				right++
				continue
			}
			misses += fmt.Sprintf("%.40q: %.20q %.2f, but %.20q %.2f\n", p[0], p[1], near, other[1], far)
		}
	}
	if right*100 < all*85 {
		t.Errorf("%d of %d comparisons are right; not these:\n%s", right, all, misses)
	}
}

// Pairs of what a developer asks and what code calls it.
func TestSynonymsAreNearerThanStrangers(t *testing.T) {
	nearest(t, New(), [][2]string{
		{"delete", "remove"},
		{"guess", "detect"},
		{"refuse", "deny"},
		{"retry", "backoff"},
		{"lock", "mutex"},
		{"fetch", "download"},
		{"split", "chunk"},
		{"concatenate", "join"},
		{"credential", "password"},
		{"shutdown", "terminate"},
		{"socket", "connection"},
		{"proxy", "forward"},
		{"deserialize", "unmarshal"},
		{"digest", "checksum"},
		{"compress", "gzip"},
		{"encrypt", "cipher"},
		{"user", "account"},
		{"maximum", "limit"},
		{"draw", "render"},
		{"picture", "image"},
		{"settings", "config"},
		{"grammar", "syntax"},
		{"directory", "folder"},
		{"environment", "env"},
		{"evict", "lru"},
		{"schedule", "cron"},
		{"token", "lexer"},
		{"sort", "order"},
		{"matrix", "multiply"},
		{"email", "mail"},
	})
}

func TestInflectionsAndAbbreviationsAreNear(t *testing.T) {
	m := New()
	for _, c := range []struct {
		a, b string
		min  float64
	}{
		{"retry", "retries", 0.99},
		{"compressing", "compressed", 0.99},
		{"frobnicates", "frobnicated", 0.99}, // which nobody has written often
		{"config", "configuration", 0.3},
		{"auth", "authentication", 0.3},
		{"queueForIdleConn", "queue for an idle connection", 0.5},
	} {
		if got := cosine(embedOne(t, m, c.a), embedOne(t, m, c.b)); got < c.min {
			t.Errorf("%s, %s: cosine %.2f, want at least %.2f", c.a, c.b, got, c.min)
		}
	}
}

// A question in plain words is nearer to the code that does it than to other code.
func TestQuestionsFindCode(t *testing.T) {
	nearest(t, New(), [][2]string{
		{
			"guess the mime type of a file from its leading bytes",
			"func sniffContentType(data []byte) string {\n\tfor _, sig := range mimeSignatures {\n" +
				"\t\tif sig.match(data) {\n\t\t\treturn sig.mime\n\t\t}\n\t}\n}",
		}, {
			"drop the oldest entries when the cache is full",
			"def evict_lru(self):\n    while len(self.entries) > self.capacity:\n        self.entries.popitem(last=False)",
		}, {
			"wait longer and longer before trying to connect again",
			"async function reconnectWithBackoff(dial) {\n  for (let attempt = 0; attempt < most; attempt++) {\n" +
				"    await sleep(base * 2 ** attempt + jitter())\n  }\n}",
		}, {
			"verify a user's secret when they log in",
			"bool checkPassword(const User& user, const std::string& password) {\n" +
				"  return constantTimeCompare(digest(password, user.salt), user.passwordDigest);\n}",
		}, {
			"split a line of the http request into its field and what it says",
			"fn parse_header(line: &str) -> Option<(&str, &str)> {\n    let (name, value) = line.split_once(':')?;\n" +
				"    Some((name.trim(), value.trim()))\n}",
		}, {
			"scale a picture to another size",
			"public BufferedImage resize(BufferedImage source, int width, int height) {\n" +
				"  Graphics2D g = target.createGraphics();\n  g.drawImage(source, 0, 0, width, height, null);\n  return target;\n}",
		},
	})
}

// Vectors to the last bit, of questions and code, of words with a row of their own and
// without. If this fails the model has changed: bump its name, so that no index mixes the two, and put the
// new sum here.
func TestGolden(t *testing.T) {
	m := New()
	var b []byte
	for _, text := range []string{sample, words.Thesaurus, "größe 日本 sha256 frobnicate retry retry"} {
		for _, x := range embedOne(t, m, text) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	for line := range strings.Lines(words.Thesaurus) {
		row := make([]float32, Dimensions)
		m.EmbedInto(row, line)
		for _, x := range row {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(b)
	const want = "builtin-4 2ca90cf016edaad8cf20a80beae42d27adc5ff2220c322a0ab95c7695a6f5774"
	if got := name + " " + hex.EncodeToString(sum[:]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLengthIsOneOrZero(t *testing.T) {
	m := New()
	if got := m.Model(); got.Name != name || got.Provider != "builtin" || got.Dimensions != 256 {
		t.Errorf("Model() = %+v", got)
	}
	long := strings.Repeat("parse the incoming request and dispatch it; ", 10<<20/44)
	var distinct strings.Builder
	for i := range 3 * maxDistinct {
		fmt.Fprintf(&distinct, "%s ", word(i))
	}
	for _, c := range []struct {
		what, text string
		length     float64
	}{
		{"empty", "", 0},
		{"punctuation", "{}();...", 0},
		{"control characters", "\x00\x01\x02\x7f\xff\xfe", 0},
		{"one word of 1 MB, which is none", strings.Repeat("x", 1<<20), 0},
		{"grammar only", "where is the", 1},
		{"keywords only", "func return nil", 1},
		{"words between control characters", "parse\x00request\x01\xff", 1},
		{"one word", "parse", 1},
		{"a word that nobody knows", "zkbkoqxj", 1},
		{"one line of 10 MB", long, 1},
		{"more distinct words than are counted at once", distinct.String(), 1},
		{"a word more often than is counted", strings.Repeat("parse ", 100*maxCount), 1},
		{"Chinese", "解析请求", 1},
	} {
		for side, v := range [][]float32{embedOne(t, m, c.text), codeOf(m, c.text)} {
			if len(v) != Dimensions {
				t.Fatalf("%s: %d numbers", c.what, len(v))
			}
			// A NaN is no length.
			if got := math.Sqrt(cosine(v, v)); !(math.Abs(got-c.length) <= 1e-6) {
				t.Errorf("%s, side %d: length %v, want %v", c.what, side, got, c.length)
			}
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

// Words written so that their hashes end alike do not crowd in one place of the table that
// counts them, where each would look at all others.
func TestWordsDoNotCrowd(t *testing.T) {
	const crowd = maxDistinct - 12
	m := New()
	s := newScratch(m)
	for i := 0; len(s.seen) < crowd; i++ {
		if w := []byte(word(i)); words.Hash(w)%places == 0 {
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
		t.Errorf("%d of %d words stand side by side in %d places", longest, crowd, places)
	}
}

// What a text embeds to depends on nothing embedded before it.
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
	}
}

// In eight bits a text is what it is in floats.
func TestBytesAreTheUnitRounded(t *testing.T) {
	m := New()
	for i := range 200 {
		var a, b Sum
		for n := range 1 + i*7%90 {
			w := []byte(word(i * n))
			a.Add(m.Word(words.Hash(w)), uint32(1+n%5))
			b.Add(m.Word(words.Hash(w)), uint32(1+n%5))
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

// The most that can be added at once does not overflow.
func TestTheHeaviestWordsFit(t *testing.T) {
	if most := int32(maxGain) * damped[maxCount] / dampedOne; most > maxWeight {
		t.Errorf("a word may weigh %d, of at most %d", most, maxWeight)
	}
	var row [Dimensions]int8
	for i := range row {
		row[i] = []int8{math.MinInt8, math.MaxInt8}[i%2]
	}
	for _, n := range []int{1, maxDistinct, 10 * maxDistinct} {
		var s Sum
		for range n {
			s.add(&row, maxWeight)
		}
		s.carry()
		for i, got := range &s.all {
			if want := int64(n) * maxWeight * int64(row[i]); got != want {
				t.Fatalf("%d rows, dimension %d: %d, want %d", n, i, got, want)
			}
		}
	}
}

// No product is so near to a half that another platform's logarithm could round it otherwise.
func TestDampingIsPortable(t *testing.T) {
	for n := 1; n <= maxCount; n++ {
		if _, part := math.Modf(damping(n) * dampedOne); math.Abs(part-0.5) < 1e-6 {
			t.Errorf("%d times: %v", n, damping(n)*dampedOne)
		}
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
				fresh.EmbedQueryInto(want, text)
				if !slices.Equal(got, want) {
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
