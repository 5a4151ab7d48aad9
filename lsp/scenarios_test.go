package lsp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/semantic-ls/semantic-ls/lsp"
	"github.com/semantic-ls/semantic-ls/lsp/lsptest"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
	"github.com/semantic-ls/semantic-ls/workspace/settings"
)

// TestScenarios plays what stands in testdata/scenarios: an editor, the real engine with the built-in model, and a
// workspace. A scenario is a txtar archive. Its files are the workspace, but for those below then/, which are what files
// become later. The text before them is a command a line; scenario.commands lists them. Words with blanks in them stand
// between ' and ', where \n is a line break; what ends a line, JSON or a question, needs none. A line with # is a comment.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			newScenario(t, archive).play(file, strings.Split(string(archive.Comment), "\n"))
		})
	}
}

// scenario is one that is being played.
type scenario struct {
	t     *testing.T
	dir   string            // the workspace
	then  map[string]string // what files become, by name
	hello lsptest.Options
	held  []string      // methods of the server that the script answers
	stall chan struct{} // questions wait until it is closed; nil: they do not

	answered map[string]bool // ids of these

	e *lsptest.Editor // nil before start

	buffers map[string]string           // of open files, by name
	begun   map[string]*lsptest.Pending // by the names that the script gives them

	asked  question        // the last request that was awaited
	result json.RawMessage // of it
	mark   int             // what was heard before it is past
}

// question is a request that can be asked again.
type question struct {
	method string
	params any
}

func newScenario(t *testing.T, archive *txtar.Archive) *scenario {
	s := &scenario{
		t: t, then: map[string]string{}, answered: map[string]bool{},
		hello:   lsptest.Options{Capabilities: map[string]any{}},
		buffers: map[string]string{}, begun: map[string]*lsptest.Pending{},
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		if name, later := strings.CutPrefix(f.Name, "then/"); later {
			s.then[name] = string(f.Data)
		} else {
			files[f.Name] = string(f.Data)
		}
	}
	s.dir = write(t, files)
	return s
}

// play plays the lines of a file.
func (s *scenario) play(file string, lines []string) {
	for i, line := range lines {
		name, rest := command(line)
		if name != "start" {
			s.step(file, i, name, rest)
			continue
		}
		folders, err := words(rest, 1)
		if err != nil {
			s.t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		s.hello.Folders = s.paths(folders)
		lsptest.Run(s.t, set(s.engine()), func(e *lsptest.Editor) {
			s.e = e
			for _, method := range s.held {
				e.Hold(method)
			}
			e.Initialize(s.hello)
			for j := i + 1; j < len(lines); j++ {
				name, rest := command(lines[j])
				s.step(file, j, name, rest)
			}
		})
		return
	}
	s.t.Fatalf("%s: it never starts", file)
}

// engine is the real one.
func (s *scenario) engine() lsp.Engine {
	if s.stall == nil {
		return realEngine("")
	}
	return stalled{realEngine(""), s.stall}
}

// stalled is an engine in which questions wait until they may go on, or are cancelled: a large workspace, say.
type stalled struct {
	lsp.Engine
	may <-chan struct{}
}

func (e stalled) wait(ctx context.Context) error {
	select {
	case <-e.may:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Search implements lsp.Queries.
func (e stalled) Search(ctx context.Context, docs workspace.Documents, q indexing.Query) (indexing.Answer, error) {
	if err := e.wait(ctx); err != nil {
		return indexing.Answer{}, err
	}
	return e.Engine.Search(ctx, docs, q)
}

// Related implements lsp.Queries.
func (e stalled) Related(ctx context.Context, docs workspace.Documents, p indexing.Place) (indexing.Answer, error) {
	if err := e.wait(ctx); err != nil {
		return indexing.Answer{}, err
	}
	return e.Engine.Related(ctx, docs, p)
}

// Duplicates implements lsp.Queries.
func (e stalled) Duplicates(ctx context.Context, docs workspace.Documents, q indexing.DuplicatesQuery) (indexing.Duplicates, error) {
	if err := e.wait(ctx); err != nil {
		return indexing.Duplicates{}, err
	}
	return e.Engine.Duplicates(ctx, docs, q)
}

// set serves the engine, whatever the settings say of it, with the features that they say.
func set(engine lsp.Engine) lsptest.Serve {
	return serveWith(engine, lsp.Config{Start: func(_ context.Context, options json.RawMessage) (lsp.Engine, lsp.Features, error) {
		all, _, err := settings.Load(settings.Sources{Editor: options})
		return engine, lsp.Features(all.Features), err
	}})
}

// command splits a line. name is empty where there is none.
func command(line string) (name, rest string) {
	if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
		return "", ""
	}
	name, rest, _ = strings.Cut(line, " ")
	return name, strings.TrimSpace(rest)
}

func (s *scenario) step(file string, i int, name, rest string) {
	if name == "" {
		return
	}
	s.t.Logf("%s:%d: %s %s", file, i+1, name, rest) // which one a wait of the editor hung at
	if err := s.do(name, rest); err != nil {
		s.t.Fatalf("%s:%d: %v\nthe last result: %.3000s", file, i+1, err, s.result)
	}
}

func (s *scenario) do(name, rest string) error {
	if do := s.before()[name]; do != nil {
		if s.e != nil {
			return fmt.Errorf("%s stands behind start, where it would say nothing", name)
		}
		return do(rest)
	}
	do := s.commands()[name]
	switch {
	case do == nil:
		return fmt.Errorf("there is no command %q", name)
	case s.e == nil:
		return fmt.Errorf("%s stands before start", name)
	}
	return do(rest)
}

// words splits what stands behind a command, which takes so many words at least.
func words(rest string, least int) (list []string, err error) {
	all := rest
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		var word string
		if rest[0] == '\'' {
			var ok bool
			if word, rest, ok = strings.Cut(rest[1:], "'"); !ok {
				return nil, fmt.Errorf("a ' is missing in %s", all)
			}
			word = strings.ReplaceAll(word, `\n`, "\n")
		} else {
			word, rest, _ = strings.Cut(rest, " ")
		}
		list = append(list, word)
	}
	if len(list) < least {
		return nil, fmt.Errorf("%q are fewer than %d words", list, least)
	}
	return list, nil
}

// path is that of a file of the workspace, or a URI as it is.
func (s *scenario) path(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

func (s *scenario) paths(names []string) (paths []string) {
	for _, name := range names {
		paths = append(paths, s.path(name))
	}
	return paths
}

// uri is that of a file of the workspace, or a URI as it is.
func (s *scenario) uri(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return lsptest.URI(s.path(name))
}

// json reads JSON, in which "$/a.go" is the URI of a.go.
func (s *scenario) json(text string) (v any, err error) {
	text = s.uris(text)
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return v, nil
}

// uris is JSON with the URIs of the workspace in it.
func (s *scenario) uris(text string) string {
	return strings.ReplaceAll(text, `"$/`, `"`+lsptest.URI(s.dir)+"/")
}

// later is the text that a file has in then/.
func (s *scenario) later(name string) (string, error) {
	text, ok := s.then[name]
	if !ok {
		return "", fmt.Errorf("there is no file then/%s", name)
	}
	return text, nil
}

// ask sends a request and keeps its result, which must be no error.
func (s *scenario) ask(method string, params any) error {
	s.asked, s.mark, s.result = question{method, params}, s.e.Mark(), nil
	if err := s.e.Call(method, params, &s.result); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}
