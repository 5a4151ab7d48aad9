//go:build unix

package settings

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Reading a pipe to which nobody writes never ends.
func TestUserFileIsNoPipe(t *testing.T) {
	home(t)
	path := filepath.Join(t.TempDir(), "settings.json")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := Load(Sources{File: path})
	wantError(t, err, "read the user's settings: "+path+" is not a regular file: make it one, or remove it to have the defaults")
}

func TestUserFileMayBeALink(t *testing.T) {
	home(t)
	link := filepath.Join(t.TempDir(), "settings.json")
	if err := os.Symlink(userFile(t, `{"log.level": "debug"}`), link); err != nil {
		t.Fatal(err)
	}
	if s, _ := load(t, Sources{File: link}); s.Log.Level != "debug" {
		t.Errorf("got %s", s.Log.Level)
	}
}
