package lsp

import "syscall"

// synchronize is the right to wait for a process (SYNCHRONIZE in winnt.h).
const synchronize = 0x00100000

// alive tells whether there is a process with that id that has not ended. An id alone says nothing on Windows: it
// stays valid while anybody holds a handle.
func alive(pid int) bool {
	process, err := syscall.OpenProcess(synchronize, false, uint32(pid))
	if err != nil {
		return false
	}
	defer func() { _ = syscall.CloseHandle(process) }()
	event, err := syscall.WaitForSingleObject(process, 0)
	return err == nil && event == syscall.WAIT_TIMEOUT
}
