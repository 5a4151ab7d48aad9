package ignore

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// tracked is what git's index lists: the paths of a working tree that rules do not leave out.
type tracked struct {
	names   []string // slash paths from the repository's top, sorted; a submodule by its directory
	warning string   // why the index could not be used in full
}

// has reports whether the path is tracked, or anything below it.
func (t *tracked) has(path string) bool {
	if _, ok := slices.BinarySearch(t.names, path); ok {
		return true
	}
	below := path + "/"
	at, _ := slices.BinarySearch(t.names, below)
	return at < len(t.names) && strings.HasPrefix(t.names[at], below)
}

const (
	// maxIndex bounds the index that is read: one of the largest repositories, with 400,000 files, has 50 MB.
	maxIndex = 256 << 20
	// indexEntry is the fixed part of an entry up to the object's name, indexFlags what follows that.
	indexEntry = 40
	indexFlags = 2
)

var errIndex = errors.New("not an index of git that can be read")

// readTracked reads the index in gitDir; nothing is tracked where there is none. hash is the size of an object's name.
func readTracked(gitDir string, hash int) *tracked {
	t := &tracked{}
	data, cut, err := readRegular(filepath.Join(gitDir, "index"), maxIndex, true)
	if errors.Is(err, fs.ErrNotExist) {
		return t
	}
	if err == nil && cut {
		err = fmt.Errorf("larger than %d bytes", maxIndex)
	}
	shared := ""
	if err == nil {
		t.names, shared, err = parseIndex(data, hash)
	}
	if err == nil && shared != "" {
		// A split index lists what changed since the shared one was written. What was removed since is listed still.
		if data, _, err = readRegular(filepath.Join(gitDir, "sharedindex."+shared), maxIndex, true); err == nil {
			var names []string
			names, _, err = parseIndex(data, hash)
			t.names = append(t.names, names...)
		}
	}
	if !slices.IsSorted(t.names) {
		slices.Sort(t.names)
	}
	if err != nil {
		t.warning = fmt.Sprintf(".git/index: cannot be read, so tracked files that rules name are left out: %v", reason(err))
	}
	return t
}

// parseIndex returns the paths in an index of version 2, 3 or 4, and the name of the shared index that it is split
// from, if it is. The form is that of git's index-format documentation.
func parseIndex(data string, hash int) (names []string, shared string, err error) {
	const header = 12
	if len(data) < header || data[:4] != "DIRC" {
		return nil, "", errIndex
	}
	word := func(at int) int { return int(binary.BigEndian.Uint32([]byte(data[at : at+4]))) }
	version, count := word(4), word(8)
	if version < 2 || version > 4 || count > len(data)/(indexEntry+hash+indexFlags) {
		return nil, "", errIndex
	}
	names = make([]string, 0, count)
	at, last := header, ""
	for range count {
		start := at
		at += indexEntry + hash + indexFlags
		if at > len(data) {
			return nil, "", errIndex
		}
		if flags := data[at-indexFlags]; version >= 3 && flags&0x40 != 0 {
			at += 2 // more flags
		}
		prefix := ""
		if version == 4 {
			strip, n := uvarint(data[min(at, len(data)):])
			if n == 0 || strip > len(last) {
				return nil, "", errIndex
			}
			at += n
			prefix = last[:len(last)-strip]
		}
		length := strings.IndexByte(data[min(at, len(data)):], 0)
		if length < 0 || len(prefix)+length > maxPattern {
			return nil, "", errIndex
		}
		last = prefix + data[at:at+length]
		names = append(names, strings.TrimSuffix(last, "/"))
		at += length + 1
		if version < 4 { // padded to a multiple of eight
			at = start + (at-start+7)/8*8
		}
	}
	return names, sharedIndex(data[min(at, len(data)):], hash), nil
}

// sharedIndex looks among an index's extensions for the name of a shared index.
func sharedIndex(data string, hash int) string {
	for len(data) >= 8 {
		size := int(binary.BigEndian.Uint32([]byte(data[4:8])))
		if size > len(data)-8 {
			return ""
		}
		if data[:4] == "link" && size >= hash {
			name := data[8 : 8+hash]
			if strings.Trim(name, "\x00") == "" {
				return ""
			}
			return hex.EncodeToString([]byte(name))
		}
		data = data[8+size:]
	}
	return ""
}

// uvarint reads a number as git writes it in an index: seven bits a byte, the highest first, and one more for each
// byte that follows. n is 0 where there is none.
func uvarint(s string) (value, n int) {
	for n < len(s) && n < 4 {
		c := s[n]
		n++
		value = value<<7 | int(c&0x7f)
		if c&0x80 == 0 {
			return value, n
		}
		value++
	}
	return 0, 0
}
