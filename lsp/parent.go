package lsp

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/semantic-ls/semantic-ls/tasks"
)

// parentPause is the time between two looks at the parent process: a server that outlives its editor by a
// second disturbs nobody, and a look costs a microsecond.
const parentPause = time.Second

// watchParent ends the connection when the client's process has died, which some clients do without
// closing the stream. A process that cannot be seen now, because it runs outside of our container or never was, is
// not watched. 0 stands for none.
func (s *server) watchParent(pid int) {
	if pid <= 0 || !alive(pid) {
		return
	}
	s.background("watch the parent process", func(ctx context.Context) error {
		for alive(pid) {
			if err := tasks.Sleep(ctx, parentPause); err != nil {
				return nil
			}
		}
		s.log.Warn("the parent process has died", zap.Int("pid", pid))
		s.end(ErrParentGone)
		return nil
	})
}
