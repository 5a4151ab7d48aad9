//go:build !linux

package workspace

import "github.com/semantic-ls/semantic-ls/workspace/ignore"

// readBytes is the byteReader of this system.
func readBytes(root, rel string, maxSize int64) ([]byte, Entry, ignore.Skip, error) {
	return readByName(root, rel, maxSize)
}
