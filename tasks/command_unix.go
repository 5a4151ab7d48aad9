//go:build unix

package tasks

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// groupPoll is how often a process group that was asked to end is looked at.
const groupPoll = 5 * time.Millisecond

// groupProcesses makes cmd the leader of a process group that ends with it when it is cancelled.
func groupProcesses(cmd *exec.Cmd, grace time.Duration) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { // on a goroutine that Wait awaits
		group := -cmd.Process.Pid
		if grace > 0 {
			if err := signal(group, syscall.SIGTERM); err != nil {
				return err
			}
			for end := time.Now().Add(grace); time.Now().Before(end); time.Sleep(groupPoll) {
				// The leader's id is not given to another process as long as its group has members.
				if errors.Is(signal(group, 0), os.ErrProcessDone) {
					return nil
				}
			}
		}
		return signal(group, syscall.SIGKILL)
	}
}

// signal tells os.ErrProcessDone of a group that is gone, or that is nothing but zombies (macOS: EPERM).
func signal(group int, s syscall.Signal) error {
	err := syscall.Kill(group, s)
	if errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EPERM) {
		return os.ErrProcessDone
	}
	return err
}
