package tasks

import (
	"context"
	"os/exec"
	"time"
)

// killGrace is how long pipes that somebody outside the process group still holds may keep Wait waiting
// once everything in it was killed.
const killGrace = 100 * time.Millisecond

// Command is [exec.CommandContext] for processes that have children of their own. The process leads a
// process group. When ctx is done, the group is asked to end (SIGTERM), has grace to do so, and what is
// left of it is killed; with a grace of zero or less it is killed at once. Wait returns at most grace and
// 0.1 s later, and within 0.1 s of an end by itself, even if a grandchild holds its output open. What a
// process that ended by itself has left behind is left alone. If ctx is done before Start, nothing is
// started.
//
// Where there are no process groups (Windows), the process alone is killed, and at once: grandchildren are
// left to see the end of their pipes.
func Command(ctx context.Context, grace time.Duration, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	grace = max(grace, 0)
	cmd.WaitDelay = killGrace // counted from where groupProcesses has done its part
	groupProcesses(cmd, grace)
	return cmd
}
