//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package workspace

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// openDirectory opens the directory rel of root, which a walk has found. Should it be a link or a FIFO by now, that is an
// error; a link on the way there is followed.
func openDirectory(root, rel string, s *scratch) (directory, error) {
	f, err := os.OpenFile(filepath.Join(root, rel), os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return relativeDirectory{fileDirectory{f, s}, int(f.Fd())}, nil
}
