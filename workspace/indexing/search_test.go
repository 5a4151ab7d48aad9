package indexing_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// A file that changed since it was indexed is not related to itself, either.
func TestRelatedDoesNotFindThePlaceThatMoved(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "copy.go": strings.ReplaceAll(uploadGo, "retryUpload", "retryUploads")})
	e := engine(t, "")
	open(t, e, root)
	now := strings.Repeat("// A line more, since it was indexed.\n", 100) + uploadGo
	write(t, root, map[string]string{"upload.go": now})
	a, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Path: filepath.Join(root, "upload.go"), Start: strings.Index(now, "retryUpload()")})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, h := range a.Hits {
		found = append(found, filepath.Base(h.Path)+":"+h.Symbol)
	}
	if strings.Join(found, " ") != "copy.go:retryUploads" {
		t.Errorf("it finds %v", found)
	}
}

// asked keeps the questions that a model is asked.
type asked struct {
	indexing.Embedder
	provider string
	texts    []string
}

func (a *asked) Model() embed.Model {
	m := a.Embedder.Model()
	m.Provider = a.provider
	return m
}

func (a *asked) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	a.texts = append(a.texts, text)
	return a.Embedder.EmbedQuery(ctx, text)
}

// The built-in model takes 10 ms for each megabyte, in which nothing cancels it, so no
// more of a question is embedded than is read for its words. A remote one has to mask
// secrets before it cuts.
func TestALargeQuestionIsEmbeddedAsItIsRead(t *testing.T) {
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	large := strings.Repeat(uploadGo, 1<<20/len(uploadGo))
	for provider, want := range map[string]int{"builtin": search.MaxText, "openai": len(large)} {
		model := &asked{Embedder: static.New(), provider: provider}
		e := engineWith(t, "", model)
		open(t, e, root)
		if _, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Text: large}); err != nil {
			t.Fatal(err)
		}
		ask(t, e, workspace.Documents{}, indexing.Query{Text: large})
		if len(model.texts) != 2 {
			t.Fatalf("%s is asked %d times", provider, len(model.texts))
		}
		for _, text := range model.texts {
			if text != large[:want] {
				t.Errorf("%s embeds %d bytes of %d, want %d", provider, len(text), len(large), want)
			}
		}
	}
}
