//go:build unix

package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A FIFO in the place of a manifest is neither waited for nor believed.
func TestAFIFOIsNoManifest(t *testing.T) {
	cache := t.TempDir()
	dir, _ := settled(t, cache)
	path := filepath.Join(dir, manifestName)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDWR, 0) // so that who opens it does not wait here
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	if _, err := fifo.Write(append(data, make([]byte, 16<<10)...)); err != nil {
		t.Fatal(err)
	}
	if list, err := List(cache); err != nil || len(list) != 1 || list[0].Root != "" {
		t.Errorf("%+v, %v", list, err)
	}
}
