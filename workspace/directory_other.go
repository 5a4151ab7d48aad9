//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package workspace

import "os"

// openDirectory opens a directory that a walk has found. What the system says of a file with its name, which on
// Windows is all that is asked, is not looked up again.
func openDirectory(path string, s *scratch) (directory, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return fileDirectory{f, s}, nil
}
