package main

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/store"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// modelFile writes the smallest model there is: it knows no word, and all words share one
// of two rows.
func (s *sandbox) modelFile(name string, first int8) string {
	s.t.Helper()
	le := binary.LittleEndian
	b := []byte("semstat\n")
	for _, x := range []uint32{1, static.Dimensions, 0, 2, 0, 0} {
		b = le.AppendUint32(b, x)
	}
	for range 4 {
		b = le.AppendUint16(b, 1000)
	}
	for i := range 2 * static.Dimensions {
		b = append(b, byte(int(first)+i%100))
	}
	b = le.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	file := filepath.Join(filepath.Dir(s.project), name)
	s.write(file, string(b))
	return file
}

func modelOf(t *testing.T, s *sandbox, args ...string) string {
	t.Helper()
	state := objects(t, s.must(append([]string{"status", "--json", s.project}, args...)...))[0]
	return state["coverage"].(map[string]any)["model"].(string)
}

// Each model has an index of its own, and each is found again.
func TestAModelFileTakesThePlaceOfTheBuiltInModel(t *testing.T) {
	s := newSandbox(t)
	own := static.New().Model().Name
	one, other := s.modelFile("one.bin", 1), s.modelFile("other.bin", 2)
	names := map[string]bool{}
	for i, flags := range [][]string{nil, {"--embedding-model-file=" + one}, {"--embedding-model-file=" + other}} {
		r := s.run(append([]string{"search", "-n1", "rgb_to_hsl", s.project}, flags...)...)
		if r.code != exitFound || r.stderr != "" || !strings.Contains(r.stdout, "rgb_to_hsl") {
			t.Fatalf("%q: exit code %d\n%s%s", flags, r.code, r.stdout, r.stderr)
		}
		name := modelOf(t, s, flags...)
		if (name == own) != (i == 0) || names[name] {
			t.Errorf("%q: model %s", flags, name)
		}
		names[name] = true
		if n := len(objects(t, s.must("cache", "list", "--json"))[0]["indexes"].([]any)); n != i+1 {
			t.Errorf("%d indexes after %d models", n, i+1)
		}
	}
	s.env = append(s.env, "SEMANTIC_LS_EMBEDDING_MODEL_FILE="+one)
	if name := modelOf(t, s); !strings.HasPrefix(name, "file-") {
		t.Errorf("from the environment: model %s", name)
	}
	if out := s.must("status", s.project); !strings.Contains(out, "file-") {
		t.Errorf("status says\n%s", out)
	}
}

// Where the file cannot be used the built-in model serves, and everything says so.
func TestWithoutItsModelFileTheBuiltInModelServes(t *testing.T) {
	good, err := os.ReadFile(newSandbox(t).modelFile("good.bin", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, data, says string }{
		{"absent", "", "no such file"},
		{"truncated", string(good[:len(good)/2]), "damaged: it has 278 bytes, its header asks for 556"},
		{"newer", string(good[:8]) + "\x02" + string(good[9:]), "it is of format 2, this program reads format 1"},
		{"smaller", string(good[:12]) + "\x80\x00" + string(good[14:]), "it has 128, this program computes with 256"},
		{"text", strings.Repeat("no model\n", 50), "no model file: it does not begin with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSandbox(t)
			file := filepath.Join(filepath.Dir(s.project), c.name+".bin")
			if c.data != "" {
				s.write(file, c.data)
			}
			says := []string{"semantic-ls: warning: the built-in model serves meanwhile: `embedding.modelFile`: model " + file + ": "}
			if c.data != "" { // what a system says of an absent file is its own
				says = append(says, c.says)
			}
			for _, args := range [][]string{
				{"index", s.project},
				{"status", s.project},
				{"search", "-n1", asked, s.project},
				{"search", "--why-not", "color/names.py", asked, s.project},
				{"related", filepath.Join(s.project, "color", "names.py") + ":1"},
			} {
				want := s.run(args...)
				r := s.run(append(args, "--embedding-model-file="+file)...)
				if r.code != want.code || args[1] == "-n1" && r.stdout != want.stdout {
					t.Errorf("%q: exit code %d, want %d\n%s\nwant\n%s", args, r.code, want.code, r.stdout, want.stdout)
				}
				for _, say := range says {
					if strings.Count(r.stderr, say) != 1 {
						t.Errorf("%q does not say once %q:\n%s", args, say, r.stderr)
					}
				}
			}
			r := s.run("status", "--json", s.project, "--embedding-model-file="+file)
			if r.code != exitFound || !strings.Contains(r.stdout, `"model":"`+static.New().Model().Name+`"`) {
				t.Errorf("exit code %d, %s", r.code, r.stdout)
			}
		})
	}
}

func TestAnEditorIsToldOfItsModelFile(t *testing.T) {
	s := newSandbox(t)
	log := filepath.Join(filepath.Dir(s.project), "log")
	file := s.modelFile("good.bin", 1)
	for _, c := range []struct {
		file  string
		works bool
	}{{file, true}, {file + ".absent", false}} {
		srv := s.serve("serve", "--log-file", log)
		lsptest.Attach(t, srv, func(e *lsptest.Editor) {
			e.Initialize(lsptest.Options{
				Folders:  []string{s.project},
				Settings: map[string]any{"embedding": map[string]any{"modelFile": c.file}},
			})
			e.AwaitReady()
			answer, err := e.Search(lsptest.Query{Query: asked})
			if err != nil || len(answer.Hits) == 0 {
				t.Errorf("%s: %v, %v", c.file, answer, err)
			}
			status, err := e.Status()
			if err != nil {
				t.Error(err)
				return
			}
			if works := strings.HasPrefix(status.Model.Name, "file-") && status.Model.Name == answer.Coverage.Model; works != c.works {
				t.Errorf("%s: model %v", c.file, status.Model)
			}
			for _, text := range []string{answer.Warning, status.Folders[0].Message} {
				if says := strings.Contains(text, "embedding.modelFile`: model "+c.file); says == c.works {
					t.Errorf("%s: it says %q", c.file, text)
				}
			}
		})
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "another model serves") != 1 || !strings.Contains(string(text), file+".absent") {
		t.Errorf("the log:\n%s", text)
	}
}

// What a file has indexed is searched with it while another model is being built.
func TestAFileEmbedsForItsFormerIndex(t *testing.T) {
	s := newSandbox(t)
	file := s.modelFile("one.bin", 1)
	m, err := static.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	for with, want := range map[string]bool{file: true, s.modelFile("other.bin", 2): false, file + ".absent": false} {
		of, _, err := settings.Load(settings.Sources{Flags: map[string]string{
			"embedding.provider": "openai", "embedding.model": "m", "embedding.modelFile": with, "cache.directory": s.cache,
		}})
		if err != nil {
			t.Fatal(err)
		}
		if e := formerEmbedder(of, m.Model()); (e != nil) != want {
			t.Errorf("%s: %v", with, e)
		}
	}
}

// Sessions share the indexes of one model: a file that was exchanged is another one.
func TestASessionTakesTheModelFileAsItIs(t *testing.T) {
	s := newSandbox(t)
	file := s.modelFile("model.bin", 1)
	of, _, err := settings.Load(settings.Sources{Flags: map[string]string{"embedding.modelFile": file, "cache.directory": s.cache}})
	if err != nil {
		t.Fatal(err)
	}
	all := newEngines(tasks.NewLimiter(2, 2), zap.NewNop())
	var names []string
	for _, row := range []int8{1, 1, 2} {
		s.modelFile("model.bin", row)
		e, err := all.get(of, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.release()
		names = append(names, e.Status().Model.Name)
	}
	if names[0] != names[1] || names[1] == names[2] || len(all.made) != 2 {
		t.Errorf("models %q, %d engines", names, len(all.made))
	}
}

// Sessions share the indexes of a provider's model, whichever of them has asked it for the dimensions.
func TestSessionsShareAProviderWhoseDimensionsBecomeKnown(t *testing.T) {
	cache := t.TempDir()
	of, _, err := settings.Load(settings.Sources{Flags: map[string]string{
		"embedding.provider": "openai", "embedding.baseURL": "http://127.0.0.1:1/v1", "embedding.model": "m", "cache.directory": cache,
	}})
	if err != nil {
		t.Fatal(err)
	}
	all := newEngines(tasks.NewLimiter(2, 2), zap.NewNop())
	for _, dimensions := range []int{0, 3} {
		if err := store.RememberDimensions(of.Cache.Directory, of.Embedding.BaseURL+"\x00"+of.Embedding.Model, dimensions); err != nil {
			t.Fatal(err)
		}
		e, err := all.get(of, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.release()
	}
	if len(all.made) != 1 {
		t.Errorf("%d engines, want one", len(all.made))
	}
}
