package indexing_test

import (
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

// What goes wrong in a query is logged for the request it is of, whose time is measured where somebody asks.
func TestAQueryIsOfItsRequest(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	model := newFake("model", 8)
	root := write(t, t.TempDir(), map[string]string{"upload.go": uploadGo})
	e := indexing.New(indexing.Config{Embedder: model, Limiter: tasks.NewLimiter(2, 2), Log: zap.New(core)})
	if err := e.Open(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	defer e.Close(root)
	if err := e.Refresh(t.Context(), root, nil); err != nil {
		t.Fatal(err)
	}
	model.set(true, "")
	for _, timed := range []bool{false, true} {
		r := &indexing.Request{Timed: timed, Log: func() *zap.Logger { return zap.New(core).With(zap.String("id", "seven")) }}
		if _, err := e.Search(r.Within(t.Context()), workspace.Documents{}, indexing.Query{Text: "retry the upload"}); err != nil {
			t.Fatal(err)
		}
		for stage, spent := range r.Spent() {
			if (spent > 0) != timed || spent > time.Minute {
				t.Errorf("timed %v: %v in stage %v", timed, spent, indexing.Stage(stage))
			}
		}
	}
	if lines := logs.FilterMessage("embedding a query"); lines.Len() != 2 || lines.FilterField(zap.String("id", "seven")).Len() != 2 {
		t.Errorf("logged %+v", logs.All())
	}
	if _, err := e.Search(t.Context(), workspace.Documents{}, indexing.Query{Text: "retry the upload"}); err != nil {
		t.Fatal(err)
	}
	if lines := logs.FilterMessage("embedding a query"); lines.Len() != 3 || lines.FilterField(zap.String("id", "seven")).Len() != 2 {
		t.Errorf("of no request: %+v", logs.All())
	}
}
