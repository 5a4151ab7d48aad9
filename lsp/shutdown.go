package lsp

import "context"

// shutdown cancels whatever is going on, writes the index and answers. It holds up the read loop, since
// nothing but exit may follow. ctx is not of the life, which it awaits.
func (s *server) shutdown(ctx context.Context) (any, error) {
	s.phase.Store(int32(stopped))
	s.finish(ctx, answerWithin)
	s.settleAnswers(ctx, 1) // this one; exit may stand right behind it, and after that nothing is written
	return nil, nil
}

// exit ends the connection. What the program exits with depends on whether shutdown came first.
func (s *server) exit() {
	s.stream.endReading()
	if s.at(stopped) {
		s.end(nil)
		return
	}
	s.end(ErrNoShutdown)
}
