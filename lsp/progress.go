package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/workspace/indexing"
)

const (
	// createWithin is how long a client may take to answer window/workDoneProgress/create. One that is busy
	// starting up takes seconds; one that never answers gets no progress.
	createWithin = 10 * time.Second
	// reportPause is the least time between two reports: ten a second look smooth.
	reportPause = 100 * time.Millisecond
)

// progress shows the client how far the indexing of one folder is. Reports are folded: indexing never waits
// for a client that reads slowly.
type progress struct {
	s     *server
	token string
	title string
	news  chan struct{} // capacity 1: latest is new
	done  chan struct{} // closed when indexing has ended
	cut   error         // why it ended before it was done; readable once done is closed

	mu     sync.Mutex
	latest indexing.Progress // guarded by mu
	first  indexing.Progress // guarded by mu: the one that the speed is counted from
	began  time.Time         // guarded by mu: when that came, 0 before
}

type progressParams struct {
	Token any `json:"token"`
	Value any `json:"value"`
}

// withProgress calls work and shows its progress, if the client can. The user may cancel it there: then the folder is
// paused, and work's context ends with errIndexingCancelled.
func (s *server) withProgress(ctx context.Context, name, path string, work func(ctx context.Context, p *progress) error) error {
	return tasks.Run(ctx, func(ctx context.Context, g *tasks.Group) error {
		p := &progress{s: s, title: "Indexing " + name, news: make(chan struct{}, 1), done: make(chan struct{})}
		defer func() {
			p.cut = context.Cause(ctx)
			close(p.done)
		}()
		if s.client.progress {
			p.token = s.newToken(func() { s.pause(path) })
			g.Go(p.show)
		}
		return work(ctx, p)
	})
}

// report notes how far it is. The speed is counted from the first report on, so without the walk before and without what
// was done before, and anew where it begins anew: after another process has indexed, say.
func (p *progress) report(now indexing.Progress) {
	p.mu.Lock()
	if p.began.IsZero() || now.Total != p.first.Total || now.Done < p.latest.Done {
		p.first, p.began = now, time.Now()
	}
	p.latest = now
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
	p.s.changed()
}

func (p *progress) now() indexing.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.latest
}

// show asks for a progress bar, and once the client has one begins, reports and ends it, in this order
// and whatever becomes of ctx.
func (p *progress) show(ctx context.Context) error {
	defer p.s.dropToken(p.token)
	if !p.create(ctx) {
		return nil
	}
	cancellable, done := true, uint32(0)
	p.send(ctx, &protocol.WorkDoneProgressBegin{Kind: "begin", Title: p.title, Cancellable: &cancellable, Percentage: &done})
	for pause := time.Duration(0); p.wait(pause); pause = reportPause {
		now := p.now()
		message, done := p.howFar(), percent(now)
		p.send(ctx, &protocol.WorkDoneProgressReport{Kind: "report", Message: &message, Percentage: &done})
	}
	now := p.now()
	message := fmt.Sprintf("%d files", now.Total)
	switch {
	case p.cut == nil && now.Total == 0:
		message = "nothing to index"
	case p.cut == nil && now.Total == 1:
		message = "1 file"
	case errors.Is(p.cut, errIndexingCancelled):
		message = fmt.Sprintf("paused at %d/%d files", now.Done, now.Total)
	case p.cut != nil:
		message = fmt.Sprintf("stopped at %d/%d files", now.Done, now.Total)
	}
	p.send(ctx, &protocol.WorkDoneProgressEnd{Kind: "end", Message: &message})
	return nil
}

// worked does the work of a request, within a progress where the client has named one. How far it is is not told: what takes
// long is not known to be near its end before it is. The client cancels it as
// any other request, not by its progress.
func (s *server) worked(ctx context.Context, w work) (any, error) {
	if w.progress == nil {
		return w.run(ctx)
	}
	s.tell(ctx, protocol.MethodProgress, progressParams{Token: w.progress, Value: requestProgress{Kind: "begin", Title: w.title}})
	defer func() {
		s.tell(ctx, protocol.MethodProgress, progressParams{Token: w.progress, Value: requestProgress{Kind: "end"}})
	}()
	return w.run(ctx)
}

// requestProgress is how the progress of a request begins and ends.
type requestProgress struct {
	Kind  string `json:"kind"`
	Title string `json:"title,omitempty"`
}

// create tells whether the client has made a progress bar.
func (p *progress) create(ctx context.Context) bool {
	err := tasks.FailAfter(ctx, createWithin, func(ctx context.Context, _ *tasks.Group) error {
		params := &protocol.WorkDoneProgressCreateParams{Token: protocol.String(p.token)}
		_, err := p.s.conn.Call(ctx, protocol.MethodWindowWorkDoneProgressCreate, params, nil)
		return err
	})
	if err != nil {
		p.s.log.Info("no progress bar", zap.Error(err))
	}
	return err == nil
}

// wait returns true when there is something to report, at the earliest after pause, and false when there
// is nothing more to come.
func (p *progress) wait(pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-p.done:
		return false
	case <-timer.C:
	}
	select {
	case <-p.done:
		return false
	case <-p.news:
		return true
	}
}

func (p *progress) send(ctx context.Context, value any) {
	raw, err := protocol.Marshal(value)
	if err != nil {
		p.s.log.Error("progress", zap.Error(err))
		return
	}
	p.s.tell(ctx, protocol.MethodProgress, progressParams{Token: p.token, Value: json.RawMessage(raw)})
}

func (p *progress) howFar() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return howFar(p.latest, p.latest.Done-p.first.Done, time.Since(p.began))
}

// howFar says how far it is and, once there is something to go by, how fast so many files went in so much time, and how long
// the rest takes at that speed.
func howFar(now indexing.Progress, files int, after time.Duration) string {
	message := fmt.Sprintf("%d/%d files", now.Done, now.Total)
	if files <= 0 || after < speedKnown {
		return message
	}
	perSecond := float64(files) / after.Seconds()
	left := time.Duration(float64(now.Total-now.Done) / perSecond * float64(time.Second)).Round(time.Second)
	if perSecond < 10 {
		return fmt.Sprintf("%s, %.1f/s, %v left", message, perSecond, left)
	}
	return fmt.Sprintf("%s, %.0f/s, %v left", message, perSecond, left)
}

// speedKnown is how long it takes to be worth a guess: the first files are read one by one, and what takes less needs none.
const speedKnown = time.Second

// percent never says 100 before the end, since storing comes after the last file.
func percent(now indexing.Progress) uint32 {
	if now.Total <= 0 {
		return 0
	}
	return uint32(min(max(now.Done*100/now.Total, 0), 99))
}

// newToken makes a progress token by which the client may call cancel.
func (s *server) newToken(cancel func()) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens++
	token := "semantic-ls/" + strconv.Itoa(s.tokens)
	s.progress[token] = cancel
	return token
}

func (s *server) dropToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.progress, token)
}

// workDoneProgressCancel ends the indexing whose progress bar the user has cancelled. What was finished
// stays.
func (s *server) workDoneProgressCancel(params json.RawMessage) error {
	var p struct {
		Token json.RawMessage `json:"token"`
	}
	if err := decode(params, &p); err != nil {
		return err
	}
	s.mu.Lock()
	cancel := s.progress[lenient[string](p.Token)]
	s.mu.Unlock()
	if cancel == nil {
		return fmt.Errorf("no progress has the token %.40q", p.Token)
	}
	cancel()
	return nil
}
