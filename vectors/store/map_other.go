//go:build (!unix && !windows) || aix || solaris

package store

import (
	"errors"
	"os"
)

const mapGranularity = 1

func unmappable(error) bool { return true }

func mapFile(*os.File, int64, int) (data []byte, unmap func(), err error) {
	return nil, nil, errors.ErrUnsupported
}
