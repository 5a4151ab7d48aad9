package store

import (
	"io/fs"
	"os"
	"sync"
	"time"
)

// faulty is a file system of which steps fail.
type faulty struct {
	FS
	open func(name string) error                       // nil: none fails
	lock func(name string) error                       // nil: none fails
	step func(op, name string) (short bool, err error) // of what writes; nil: none fails

	mu    sync.Mutex
	steps []string // what was written, by op and name
}

func (f *faulty) writes(op, name string) (short bool, err error) {
	f.mu.Lock()
	f.steps = append(f.steps, op+" "+name)
	f.mu.Unlock()
	if f.step == nil {
		return false, nil
	}
	return f.step(op, name)
}

func (f *faulty) Open(name string, flag int) (File, error) {
	if f.open != nil {
		if err := f.open(name); err != nil {
			return nil, err
		}
	}
	if flag&os.O_CREATE != 0 {
		if _, err := f.writes("create", name); err != nil {
			return nil, err
		}
	}
	file, err := f.FS.Open(name, flag)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f, name}, nil
}

func (f *faulty) Mkdir(name string) error {
	if _, err := f.writes("mkdir", name); err != nil {
		return err
	}
	return f.FS.Mkdir(name)
}

func (f *faulty) MkdirAll(name string) error {
	if _, err := f.writes("mkdirall", name); err != nil {
		return err
	}
	return f.FS.MkdirAll(name)
}

func (f *faulty) Rename(from, to string) error {
	if _, err := f.writes("rename", to); err != nil {
		return err
	}
	return f.FS.Rename(from, to)
}

func (f *faulty) Remove(name string) error {
	if _, err := f.writes("remove", name); err != nil {
		return err
	}
	return f.FS.Remove(name)
}

func (f *faulty) Touch(name string, at time.Time) error {
	if _, err := f.writes("touch", name); err != nil {
		return err
	}
	return f.FS.Touch(name, at)
}

func (f *faulty) Lock(name string, shared bool) (func() error, error) {
	if f.lock != nil {
		if err := f.lock(name); err != nil {
			return nil, err
		}
	}
	return f.FS.Lock(name, shared)
}

func (f *faulty) Map(file File, offset int64, n int) ([]byte, func(), error) {
	if ff, ok := file.(*faultyFile); ok {
		file = ff.File
	}
	return f.FS.Map(file, offset, n)
}

type faultyFile struct {
	File
	f    *faulty
	name string
}

func (f *faultyFile) WriteAt(data []byte, at int64) (int, error) {
	short, err := f.f.writes("write", f.name)
	if err == nil {
		return f.File.WriteAt(data, at)
	}
	n := 0
	if short {
		n, _ = f.File.WriteAt(data[:len(data)/2], at)
	}
	return n, &fs.PathError{Op: "write", Path: f.name, Err: err}
}

func (f *faultyFile) Truncate(size int64) error {
	if _, err := f.f.writes("truncate", f.name); err != nil {
		return err
	}
	return f.File.Truncate(size)
}
