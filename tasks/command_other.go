//go:build !unix

package tasks

import (
	"os/exec"
	"time"
)

// groupProcesses leaves cmd with what exec.CommandContext does: kill.
func groupProcesses(*exec.Cmd, time.Duration) {}
