package search

import (
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/workspace/chunk"
)

const (
	uploadGo = `func retryUpload(c *Client) error {
	for attempt := range 3 {
		if err := c.Put(file, body, options); err == nil {
			return nil
		}
		log.Print(attempt, file)
	}
	return errFailed
}
`
	// renamed is uploadGo under other names, with other values and a comment.
	renamed = `// sendAll is written anew.
func sendAll(peer *Peer) error {
	for turn := range 17 {
		if failure := peer.Write(packet, bytes, flags); failure == nil {
			return nil
		}
		out.Line(turn, packet)
	}
	return errGone
}
`
)

func TestReason(t *testing.T) {
	upload := Place{Path: "store/upload.go", Symbol: "retryUpload", Kind: chunk.Function, Language: "go", Text: uploadGo}
	test := Place{
		Path: "store/other_test.go", Symbol: "TestRetryUpload", Kind: chunk.Function, Language: "go",
		Text: "func TestRetryUpload(t *testing.T) { if retryUpload(fake) != nil { t.Fatal() } }",
	}
	json := Place{Path: "a/json.go", Symbol: "JSONEncoder", Kind: chunk.Struct, Text: "type JSONEncoder struct { out io.Writer; indent bool }"}
	for name, c := range map[string]struct {
		asked, found Place
		want         string
	}{
		"a copy under another name": {
			upload, Place{Path: "b/copy.go", Symbol: "again", Text: strings.Replace(uploadGo, "retryUpload", "again", 1)}, ReasonDuplicate,
		},
		"a copy under other names everywhere": {upload, Place{Path: "b/send.go", Symbol: "sendAll", Text: renamed}, ReasonDuplicate},
		"its test":                            {upload, test, ReasonTest},
		"what it tests":                       {test, upload, ReasonTest},
		"a test in another language": {upload, Place{
			Path: "python/tests/test_client.py", Symbol: "test_it", Text: "def test_it():\n    assert retry_upload(Fake()) is None\n",
		}, ReasonTest},
		"a test in the file of the code, as in Rust": {
			Place{Path: "src/lib.rs", Symbol: "parse_header", Language: "rust", Text: "fn parse_header(line: &str) -> Header { Header::new(line) }"},
			Place{Path: "src/lib.rs", Symbol: "reads", Text: "#[test]\nfn reads() { assert_eq!(parse_header(\"a\").name, \"a\"); }"},
			ReasonTest,
		},
		"a test that has the file's name": {upload, Place{
			Path: "store/upload_test.go", Symbol: "TestBackoff", Text: "func TestBackoff(t *testing.T) { wait(t) }",
		}, ReasonTest},
		"a test of something else": {upload, Place{
			Path: "store/parse_test.go", Symbol: "TestParse", Text: "func TestParse(t *testing.T) { parse(t) }",
		}, ReasonSimilar},
		"a test that calls another thing of an everyday name": {
			Place{Path: "a/door.go", Symbol: "Close", Container: "Door", Kind: chunk.Method, Text: "func (d *Door) Close() { d.shut = true }"},
			Place{Path: "b/file_test.go", Symbol: "TestFile", Text: "func TestFile(t *testing.T) { f := open(t); f.Close() }"},
			ReasonSimilar,
		},
		"another test is no test of a test": {test, Place{
			Path: "store/more_test.go", Symbol: "TestMore", Text: "func TestMore(t *testing.T) { more(t) }",
		}, ReasonSimilar},
		"the same name elsewhere": {upload, Place{
			Path: "ftp/upload.go", Symbol: "retryUpload", Text: "func retryUpload(conn net.Conn) { loop until acknowledged }",
		}, ReasonParallel},
		"the same name in another language": {upload, Place{
			Path: "python/client.py", Symbol: "retry_upload", Language: "python", Text: "def retry_upload(session):\n    return session.post()\n",
		}, ReasonParallel},
		"the same method of another type in one file": {
			Place{Path: "a/shapes.go", Symbol: "Area", Container: "Square", Kind: chunk.Method, Text: "func (s Square) Area() int { return s.side * s.side }"},
			Place{Path: "a/shapes.go", Symbol: "Area", Container: "Circle", Kind: chunk.Method, Text: "func (c Circle) Area() float64 { return pi * c.r }"},
			ReasonParallel,
		},
		"siblings by name and content": {json, Place{
			Path: "a/xml.go", Symbol: "XMLEncoder", Kind: chunk.Struct, Text: "type XMLEncoder struct { out io.Writer; prefix string }",
		}, ReasonParallel},
		"siblings by name alone": {json, Place{
			Path: "v/video.go", Symbol: "VideoEncoder", Kind: chunk.Struct, Text: "type VideoEncoder struct { frames []Frame; bitrate int; keyframe time.Duration }",
		}, ReasonSimilar},
		"an everyday name": {
			Place{Path: "a/a.go", Symbol: "main", Text: "func main() { serve(listen(80)) }"},
			Place{Path: "b/b.go", Symbol: "main", Text: "func main() { print(sum(numbers)) }"},
			ReasonSimilar,
		},
		"nothing of it": {upload, Place{Path: "store/parse.go", Symbol: "parse", Text: "func parse(s string) Tree { return nil }"}, ReasonSimilar},
	} {
		if got := Compare(c.asked).Reason(c.found); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestLikeness(t *testing.T) {
	once := shapeOf(uploadGo)
	for name, c := range map[string]struct {
		text        string
		least, most float64
	}{
		"itself":            {uploadGo, 1, 1},
		"renamed":           {renamed, 1, 1},
		"a statement added": {strings.Replace(uploadGo, "return errFailed", "count(c)\n\treturn errFailed", 1), 0.75, 0.99},
		"another shape":     {"def f(a, b):\n" + strings.Repeat("    x = [a for b in c if d]\n    while x: y -= 1\n", 9), 0, 0.3},
		"too short":         {"func f() {}", 0, 0},
		"nothing":           {"", 0, 0},
		"hostile":           {strings.Repeat("\"/*'\\`", 1<<12), 0, 0.1},
		"cut in a string":   {"\"\\", 0, 0},
	} {
		if got := likeness(once, shapeOf(c.text)); got < c.least || got > c.most {
			t.Errorf("%s: %.3f, want %.2f to %.2f", name, got, c.least, c.most)
		}
	}
}

func TestSaysTest(t *testing.T) {
	for _, text := range []string{
		"func TestUpload(t *testing.T) {", "func (s *Suite) TestUpload() {", "def test_upload(self):", "async def test_upload():",
		"class UploadTest extends TestCase {", "    @Test\n    fun upload() {}", "    [Fact]\n    public void Upload()", "TEST_F(Upload, Works) {",
		"describe('upload', () => {", "  it(\"works\", async () => {", "test \"works\", %{a: a} do", "#[tokio::test]\nasync fn works() {}",
		"    func testUpload() throws {", "    public function testUpload(): void", "  it 'works' do",
	} {
		if !saysTest(text) {
			t.Errorf("%q is no test", text)
		}
	}
	for _, text := range []string{
		"func Testify(x int) {}", "func upload() {}", "// it is tested", "latest = test(a)", "class Contest {", "context.Background()", "",
		"def contested(self):", "it := range list",
	} {
		if saysTest(text) {
			t.Errorf("%q is a test", text)
		}
	}
}

// Where strings end is the same as if each quote were looked at alone, and a line of quotes none of which is closed is looked
// through once.
func FuzzStringEnd(f *testing.F) {
	for _, s := range []string{`"a\"b"`, "`a\\`", `\"\"'\'"`, "\"\\\n\"", "'\n'", `"\`, `\'\"\'\"`} {
		f.Add(s)
	}
	alone := func(code string, at int) int { return new(unclosed).stringEnd(code, at) }
	f.Fuzz(func(t *testing.T, code string) {
		var open unclosed
		for at := 0; at < len(code); {
			if !strings.ContainsRune("\"'`", rune(code[at])) {
				at++
				continue
			}
			end := open.stringEnd(code, at)
			if want := alone(code, at); end != want {
				t.Fatalf("the string at %d of %q ends at %d, want %d", at, code, end, want)
			}
			at = end
		}
	})
	const line = `\"\"\"\"\"` + "\n"
	var open unclosed
	if open.stringEnd(line, 1); open['"'] != len(line)-1 {
		f.Errorf("no string is closed up to %d, want %d", open['"'], len(line)-1)
	}
}
