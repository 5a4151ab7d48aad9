//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package workspace

import (
	"os"

	"golang.org/x/sys/unix"
)

// openDirectory opens a directory that a walk has found. Should it be a link or a FIFO by now, that is an error.
func openDirectory(path string, s *scratch) (directory, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return openedDirectory{fileDirectory{f, s}, int(f.Fd())}, nil
}

// openedDirectory looks at files relative to itself.
type openedDirectory struct {
	fileDirectory
	fd int
}

func (d openedDirectory) Stat(entry dirent) (stat, error) { return statAt(d.fd, entry.name) }
