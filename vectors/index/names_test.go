package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/lexical"
	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

// defining builds a document in which every line defines a name, by container:kind:name.
func defining(path string, lines ...string) Document {
	d := Document{File: File{Path: path, Language: "go"}}
	for _, line := range lines {
		parts := strings.SplitN(line, ":", 3)
		at := len(d.Text)
		d.Text += "x " + parts[2] + "\n"
		kind := chunk.Function
		if parts[1] == "field" {
			kind = chunk.Field
		}
		d.Symbols = append(d.Symbols, chunk.Symbol{
			Name: parts[2], Container: parts[0], Kind: kind,
			Start: at, DocStart: at, NameStart: at + 2, NameEnd: len(d.Text) - 1, End: len(d.Text),
		})
		d.Chunks = append(d.Chunks, chunk.Chunk{Start: at, End: len(d.Text), Symbol: parts[2], Container: parts[0], Kind: kind})
	}
	d.Rows = make([]Row, len(d.Chunks))
	return d
}

func snapshotOf(t *testing.T, documents ...Document) *Snapshot {
	t.Helper()
	s := &Snapshot{}
	for _, d := range documents {
		seg, err := Build(0, []Document{d})
		if err != nil {
			t.Fatal(err)
		}
		if err := seg.CheckAll(); err != nil {
			t.Fatal(err)
		}
		s = s.With("/w", seg, nil)
	}
	return s
}

// lookUp returns what a name finds, best first, as container.name in path.
func lookUp(t *testing.T, s *Snapshot, scope Scope, names ...Name) (found []string) {
	t.Helper()
	r, err := s.Retrieve(t.Context(), scope, Query{Names: names, Weights: Weights{Name: 1}, Most: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Candidates {
		for _, n := range r.Named {
			if n.ID == c.ID {
				found = append(found, fmt.Sprintf("%s.%s %s", n.Container, n.Name, s.Chunk(c.ID).Of.Path))
			}
		}
	}
	return found
}

func TestNamesAreFoundInContainersFilesAndDirectories(t *testing.T) {
	s := snapshotOf(t,
		defining("net/http/client.go", ":function:Client", "Client:function:send", "Server:function:send", "Client:field:sender"),
		defining("net/smtp/smtp.go", ":function:Client", "Outer.Client:function:send"),
		defining("tests/http.rs", ":function:sendAll"),
	)
	for _, test := range []struct{ query, first string }{
		{"http.Client", ".Client net/http/client.go"},
		{"smtp::Client", ".Client net/smtp/smtp.go"},
		{"net/smtp/Client", ".Client net/smtp/smtp.go"},
		{"Server.send", "Server.send net/http/client.go"},
		{"Server#send", "Server.send net/http/client.go"},
		{"server->send", "Server.send net/http/client.go"},
		{"Outer::Client::send", "Outer.Client.send net/smtp/smtp.go"},
		{"Serv.sen", "Server.send net/http/client.go"},
		{"Client.sender", "Client.sender net/http/client.go"},
		{"http::sendAll", ".sendAll tests/http.rs"},
		{".send", "Client.send net/http/client.go"},
	} {
		if found := lookUp(t, s, s.Everywhere(), Name{test.query, 1, Loosely}); len(found) == 0 || found[0] != test.first {
			t.Errorf("%s finds %q", test.query, found)
		}
	}
	got := lookUp(t, s, s.Everywhere(), Name{"send", 1, Loosely})
	if len(got) != 5 || slices.Index(got, "Client.sender net/http/client.go") != 4 {
		t.Errorf("send finds %q", got) // a field of a longer name is last
	}
}

// A change is seen at once, what is gone is not, and a scope hides what is outside.
func TestNamesOfWhatChanged(t *testing.T) {
	s := snapshotOf(t, defining("a.go", ":function:retryUpload"), defining("b/b.go", ":function:uploadAll"))
	upload := Name{"upload", 1, Loosely}
	if got := lookUp(t, s, s.Everywhere(), upload); len(got) != 2 {
		t.Fatal(got)
	}
	if got := lookUp(t, s, s.Under([]Place{{"/w", "b"}}), upload); len(got) != 1 || got[0] != ".uploadAll b/b.go" {
		t.Errorf("below b there is %q", got)
	}
	s = s.With("/w", buildAll(t, defining("a.go", ":function:download", ":function:uploadOnce")), nil)
	if got := lookUp(t, s, s.Everywhere(), upload); len(got) != 2 || !slices.Contains(got, ".uploadOnce a.go") {
		t.Errorf("after a change there is %q", got)
	}
	s = s.With("/w", nil, []string{"b/b.go"})
	if got := lookUp(t, s, s.Everywhere(), upload); len(got) != 1 {
		t.Errorf("after a removal there is %q", got)
	}
}

func buildAll(t *testing.T, documents ...Document) *Segment {
	t.Helper()
	seg, err := Build(0, documents)
	if err == nil {
		err = seg.CheckAll()
	}
	if err != nil {
		t.Fatal(err)
	}
	return seg
}

// invented are documents of so many names, some of which are the same or nearly so.
func invented(rng *rand.Rand, documents int) (list []Document) {
	parts := strings.Fields("retry upload Client get Set http HTTP size_of x y2 _all error Reader")
	name := func() (s string) {
		for range 1 + rng.IntN(3) {
			s += parts[rng.IntN(len(parts))]
		}
		return s
	}
	for i := range documents {
		var lines []string
		for range rng.IntN(12) {
			container, kind := []string{"", "Client", "a.B"}[rng.IntN(3)], []string{"field", "function"}[rng.IntN(2)]
			lines = append(lines, container+":"+kind+":"+name())
		}
		d := defining(fmt.Sprintf("d%d/f%d.go", i%3, i), lines...)
		if i%2 == 0 { // all in one chunk
			d.Chunks, d.Rows = []chunk.Chunk{{End: len(d.Text)}}, make([]Row, 1)
		}
		list = append(list, d)
	}
	return list
}

// written is all that a segment says of names.
func written(s *Segment) (list []string) {
	for i := range s.table.count() {
		s.definitionsOf(i, func(d definition) bool {
			c := s.Chunk(d.chunk)
			of := fmt.Sprintf("%s %s in %s at %d", d.container, d.kind, s.File(int(c.File)).Path, c.Start)
			list = append(list, fmt.Sprintf("%s %x %s", s.name(i), s.table.sketches[i], of))
			return true
		})
	}
	slices.Sort(list)
	return list
}

func TestMergingKeepsTheNamesOfWhatIsLeft(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 40 {
		documents := invented(rng, 1+rng.IntN(20))
		var segments []*Segment
		var left []Document
		dead := map[[2]int]bool{}
		for rest := documents; len(rest) > 0; {
			n := 1 + rng.IntN(len(rest))
			for f, d := range rest[:n] {
				if len(segments)%2 == 1 && rng.IntN(3) == 0 {
					dead[[2]int{len(segments), f}] = true
				} else {
					left = append(left, d)
				}
			}
			segments = append(segments, buildAll(t, rest[:n]...))
			rest = rest[n:]
		}
		merged, err := Merge(t.Context(), 0, segments, func(s, f int) bool { return !dead[[2]int{s, f}] })
		if err == nil {
			err = merged.CheckAll()
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, want := written(merged), written(buildAll(t, left...)); !slices.Equal(got, want) {
			t.Fatalf("merged:\n%s\nbuilt:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Whatever else there is, a definition whose name was typed comes first, however many
// segments there are: one of another case where it is of a kind that is looked for more.
func TestANameThatIsFoundExactlyIsFirst(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	documents := invented(rng, 60)
	s := snapshotOf(t, documents...)
	asked := 0
	for _, d := range documents {
		for _, symbol := range d.Symbols {
			if key, _ := plainKey(symbol.Name); len(key) < 2 {
				continue
			}
			asked++
			got := lookUp(t, s, s.Everywhere(), Name{symbol.Name, 1, Loosely})
			name := strings.Fields(got[0][strings.LastIndex(got[0][:strings.Index(got[0], " ")], ".")+1:])[0]
			if !strings.EqualFold(name, symbol.Name) {
				t.Fatalf("%s finds %q first", symbol.Name, got[0])
			}
		}
	}
	if asked < 200 {
		t.Error(asked)
	}
}

// Of very many definitions that are like a pattern, the best are kept.
func TestTheBestOfVeryManyNamesAreKept(t *testing.T) {
	var lines []string
	for i := range 8 * mostNames {
		lines = append(lines, fmt.Sprintf(":function:beforeUploadOf%04d", i))
	}
	lines = append(lines, ":function:uploading", ":function:Upload", ":function:upload")
	s := snapshotOf(t, defining("a.go", lines...))
	got := lookUp(t, s, s.Everywhere(), Name{"upload", 1, Loosely})
	first := []string{".upload a.go", ".Upload a.go", ".uploading a.go"}
	if len(got) < mostNames || len(got) > mostLike || !slices.Equal(got[:3], first) {
		t.Errorf("%d are found, first %q", len(got), got[:min(3, len(got))])
	}
}

// However many cores share the names, and however many parts have them, the same are found.
func TestNamesAreSharedAmongCores(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	s := &Snapshot{}
	for range 3 {
		s = s.With("/w", buildAll(t, invented(rng, 400)...), nil)
	}
	s = s.With("/v", buildAll(t, invented(rng, 400)...), nil)
	for _, name := range []string{"u", "up", "uR", "upload", "retryUplaod", "send", "client.send"} {
		var want []namedChunk
		for cores := 1; cores < 8; cores += 2 {
			r := &scan{s: s, scope: s.Everywhere(), share: make([]spans, cores)}
			if err := r.findNames(t.Context(), []Name{{name, 1, Loosely}, {"retry", 0.5, Loosely}}); err != nil {
				t.Fatal(err)
			}
			if cores == 1 {
				want = r.namedBy
			}
			if !reflect.DeepEqual(r.namedBy, want) || len(want) < 10 {
				t.Errorf("%s: %d definitions by %d cores, %d by one", name, len(r.namedBy), cores, len(want))
			}
		}
	}
}

func TestLookingForNamesEndsWithItsContext(t *testing.T) {
	s := snapshotOf(t, defining("a.go", ":function:upload"))
	r := &scan{s: s, scope: s.Everywhere(), share: make([]spans, 1)}
	if err := r.findNames(canceled(t), []Name{{"up", 1, Loosely}}); err == nil {
		t.Error("it went on")
	}
	seg := s.parts[0].seg
	w := newWriter(0)
	if _, err := w.mergeNames(canceled(t), []namesOf{{seg: seg, whole: true}, {seg: seg, whole: true}}); err == nil {
		t.Error("merging went on")
	}
}

// Whoever names something in a sentence has not typed a bit of it: with no such name, none is like it inside or ahead.
func TestAnIdentifierInASentenceIsNoPattern(t *testing.T) {
	s := snapshotOf(t, defining("a.go", ":function:getaddrinfo", ":function:retryUpload", ":function:uploadNow"))
	for name, want := range map[string]int{"addrinfo": 0, "retyUp": 0, "retryUp": 0, "retryUplaod": 1, "upload_now": 1} {
		if found := lookUp(t, s, s.Everywhere(), Name{name, 1, Roughly}); len(found) != want {
			t.Errorf("%s finds %q", name, found)
		}
		if found := lookUp(t, s, s.Everywhere(), Name{name, 1, Loosely}); len(found) == 0 {
			t.Errorf("%s, typed to find a name, finds nothing", name)
		}
	}
}

// Generated code may define a name very often: of a plain word a chunk is kept once, and looking ends with the context.
func TestOneNameDefinedVeryOften(t *testing.T) {
	d := defining("a.go", slices.Repeat([]string{"A:function:get", "B:field:get"}, definitionsAtOnce)...)
	half := len(d.Text) / 2
	d.Chunks = []chunk.Chunk{{Start: 0, End: half}, {Start: half, End: len(d.Text)}}
	d.Rows = d.Rows[:2]
	s := snapshotOf(t, d)
	for like, want := range map[Likeness]int{Exactly: 2, Loosely: 4} {
		r := s.scan(s.Everywhere(), nil, lexical.BM25{}, lexical.BM25{}, Probe{})
		names := []Name{{Text: "get", Weight: 1, Like: like}}
		if err := r.findNames(t.Context(), names); err != nil {
			t.Fatal(err)
		}
		if len(r.namedBy) != want || len(r.named) != 2 || r.named[0].Score != gradeExact {
			t.Errorf("%d: %d definitions, %v", like, len(r.namedBy), r.named)
		}
		f := finder{scan: r, asked: []askedName{newAsked(names[0])}}
		if err := f.exactly(canceled(t), 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%d: %v", like, err)
		}
		if like == Exactly && len(f.found) > 1 {
			t.Errorf("%d kept", len(f.found))
		}
		r.free()
	}
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
