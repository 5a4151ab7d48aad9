package indexing_test

import (
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/embed/static"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// A model in the place of another is told wherever somebody could wonder.
func TestAModelInsteadOfAnotherIsTold(t *testing.T) {
	const why = "the file is damaged"
	core, logged := observer.New(zap.WarnLevel)
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo, "parse.go": parseGo})
	e := indexing.New(indexing.Config{Embedder: static.New(), Instead: why, Limiter: tasks.NewLimiter(2, 2), Log: zap.New(core)})
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	for text, also := range map[string]string{"retryUpload": "", "path:parse.go": "", "lang:cobol retryUpload": "; "} {
		q, err := indexing.Ask(text, indexing.Criteria{})
		if err != nil {
			t.Fatal(err)
		}
		if _, a := ask(t, e, workspace.Documents{}, q); !strings.HasPrefix(a.Warning, why+also) || also == "" && a.Warning != why {
			t.Errorf("%s: %q", text, a.Warning)
		}
		x, err := e.Explain(t.Context(), workspace.Documents{}, q, indexing.Spot{Path: root + "/upload.go", Line: -1})
		if err != nil || !strings.HasPrefix(x.Warning, why) {
			t.Errorf("%s: explained with %q, %v", text, x.Warning, err)
		}
	}
	a, err := e.Related(t.Context(), workspace.Documents{}, indexing.Place{Text: uploadGo})
	if err != nil || a.Warning != why {
		t.Errorf("related: %q, %v", a.Warning, err)
	}
	if s := e.Status(); s.Warning != why || s.Folders[0].Message != why || s.Folders[0].State != indexing.StateReady {
		t.Errorf("status: %+v", s)
	}
	if logged.FilterField(zap.String("why", why)).Len() != 1 {
		t.Errorf("logged %v", logged.All())
	}
}
