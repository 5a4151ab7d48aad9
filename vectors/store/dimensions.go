package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A model that has to be asked how long its vectors are is asked once: what it said
// stands in a small file of its own below the cache, so that an index can be found
// while the model is down.

// Dimensions returns what RememberDimensions was told of a model, 0 for nothing.
func Dimensions(cache, model string) int {
	path := dimensionsFile(cache, model)
	if info, err := os.Stat(path); cache == "" || err != nil || !info.Mode().IsRegular() {
		return 0
	}
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// RememberDimensions keeps how long the vectors of a model are; with 0 it forgets.
func RememberDimensions(cache, model string, n int) error {
	path := dimensionsFile(cache, model)
	switch {
	case cache == "":
		return nil
	case n == 0:
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return err
	}
	// Replaced whole: two processes may do so at once.
	file, err := os.CreateTemp(cache, "dimensions-*.new")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, n)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

func dimensionsFile(cache, model string) string {
	sum := sha256.Sum256([]byte(model))
	return filepath.Join(cache, "dimensions-"+hex.EncodeToString(sum[:8]))
}
