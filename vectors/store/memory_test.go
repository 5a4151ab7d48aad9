package store

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// memory is a file system in memory: tests that write some thousand stores take seconds
// with it and not minutes. What is mapped is as it was then.
type memory struct {
	mu    sync.Mutex
	nodes map[string]*node
	locks map[string]int // -1: for one
}

type node struct {
	fs   *memory
	name string
	dir  bool
	data []byte
	at   time.Time
}

func newMemory() *memory { return &memory{nodes: map[string]*node{}, locks: map[string]int{}} }

// clone is another file system that holds the same.
func (m *memory) clone() *memory {
	c := newMemory()
	for name, n := range m.nodes {
		c.nodes[name] = &node{c, n.name, n.dir, bytes.Clone(n.data), n.at}
	}
	return c
}

// files returns the files below dir, by name.
func (m *memory) files(dir string) map[string]*node {
	found := map[string]*node{}
	for name, n := range m.nodes {
		if rel, ok := strings.CutPrefix(name, dir+string(filepath.Separator)); ok && !n.dir {
			found[rel] = n
		}
	}
	return found
}

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func (m *memory) Open(name string, flag int) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[name]
	switch {
	case n != nil && flag&os.O_EXCL != 0:
		return nil, pathError("open", name, fs.ErrExist)
	case n == nil && flag&os.O_CREATE == 0:
		return nil, pathError("open", name, fs.ErrNotExist)
	case n == nil:
		n = &node{fs: m, name: name}
		m.nodes[name] = n
	}
	return &handle{n}, nil
}

func (m *memory) Mkdir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[name] != nil {
		return pathError("mkdir", name, fs.ErrExist)
	}
	m.nodes[name] = &node{fs: m, name: name, dir: true}
	return nil
}

func (m *memory) MkdirAll(name string) error {
	for ; m.Mkdir(name) == nil; name = filepath.Dir(name) {
	}
	return nil
}

func (m *memory) ReadDir(name string) (list []fs.DirEntry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for path, n := range m.nodes {
		if filepath.Dir(path) == name && path != name {
			list = append(list, fs.FileInfoToDirEntry(info{n}))
		}
	}
	return list, nil
}

func (m *memory) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.nodes[name]; n != nil {
		return info{n}, nil
	}
	return nil, pathError("stat", name, fs.ErrNotExist)
}

func (m *memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.nodes[from]
	if n == nil {
		return pathError("rename", from, fs.ErrNotExist)
	}
	delete(m.nodes, from)
	n.name = to
	m.nodes[to] = n
	return nil
}

func (m *memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for path := range maps.Keys(m.nodes) {
		if filepath.Dir(path) == name && path != name {
			return pathError("remove", name, fs.ErrExist)
		}
	}
	if m.nodes[name] == nil {
		return pathError("remove", name, fs.ErrNotExist)
	}
	delete(m.nodes, name)
	return nil
}

func (m *memory) Touch(name string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.nodes[name]; n != nil {
		n.at = at
	}
	return nil
}

func (m *memory) Map(f File, offset int64, n int) ([]byte, func(), error) {
	data := make([]byte, n)
	_, err := f.ReadAt(data, offset)
	return data, func() {}, err
}

func (m *memory) Lock(name string, shared bool) (func() error, error) {
	if _, err := m.Open(name, os.O_CREATE); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	held := m.locks[name]
	if held < 0 || held > 0 && !shared {
		return nil, ErrLocked
	}
	step := 1
	if !shared {
		step = -1
	}
	m.locks[name] = held + step
	return func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.locks[name] -= step
		return nil
	}, nil
}

type handle struct{ n *node }

func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	h.n.fs.mu.Lock()
	defer h.n.fs.mu.Unlock()
	n := 0
	if at < int64(len(h.n.data)) {
		n = copy(p, h.n.data[at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	h.n.fs.mu.Lock()
	defer h.n.fs.mu.Unlock()
	if end := at + int64(len(p)); end > int64(len(h.n.data)) {
		h.n.data = append(h.n.data, make([]byte, end-int64(len(h.n.data)))...)
	}
	return copy(h.n.data[at:], p), nil
}

func (h *handle) Truncate(size int64) error {
	h.n.fs.mu.Lock()
	defer h.n.fs.mu.Unlock()
	h.n.data = append(h.n.data[:min(size, int64(len(h.n.data)))], make([]byte, max(0, size-int64(len(h.n.data))))...)
	return nil
}

func (h *handle) Size() (int64, error) {
	h.n.fs.mu.Lock()
	defer h.n.fs.mu.Unlock()
	return int64(len(h.n.data)), nil
}

func (h *handle) Sync() error  { return nil }
func (h *handle) Close() error { return nil }

type info struct{ n *node }

func (i info) Name() string       { return filepath.Base(i.n.name) }
func (i info) Size() int64        { return int64(len(i.n.data)) }
func (i info) ModTime() time.Time { return i.n.at }
func (i info) IsDir() bool        { return i.n.dir }
func (i info) Sys() any           { return nil }

func (i info) Mode() fs.FileMode {
	if i.n.dir {
		return fs.ModeDir | 0o700
	}
	return 0o600
}
