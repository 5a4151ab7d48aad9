//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package workspace

// openDirectory opens the directory rel of root, which a walk has found. What the system says of a file with its name,
// which on Windows is all that is asked, is not looked up again.
func openDirectory(root, rel string, s *scratch) (directory, error) {
	return reopenDirectory(root, rel, s)
}

// reopenDirectory opens what has taken the place of a directory, should it be one and below root.
func reopenDirectory(root, rel string, s *scratch) (directory, error) {
	d, err := openBelow(root, rel, s)
	if err != nil {
		return nil, err
	}
	return d, nil
}
