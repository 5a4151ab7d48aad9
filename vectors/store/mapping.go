package store

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/semantic-ls/semantic-ls/tasks"
	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// mapping is a piece of a file in memory. Whoever made it has one reference, each
// segment that stands in it another: it is unmapped when the store has dropped it and
// the last of its segments is garbage. What is taken from a segment, such as a row,
// must not be read after the segment is out of reach.
type mapping struct {
	data  []byte
	unmap func()
	refs  atomic.Int32
}

func (m *mapping) release() {
	if m.refs.Add(-1) == 0 {
		m.unmap()
	}
}

func mapPart(sys FS, f File, offset int64, n int) (*mapping, error) {
	data, unmap, err := sys.Map(f, offset, n)
	if err != nil {
		return nil, err
	}
	m := &mapping{data: data, unmap: unmap}
	m.refs.Store(1)
	return m, nil
}

// open opens a segment that stands in m.
func (m *mapping) open(data []byte) (*index.Segment, error) {
	seg, err := index.OpenSegment(data)
	if err != nil {
		return nil, err
	}
	m.refs.Add(1)
	runtime.AddCleanup(seg, func(m *mapping) { m.release() }, m)
	return seg, nil
}

// ErrFault is returned for a read of a mapped file that the system could not serve:
// the file was cut, or the disk failed.
var ErrFault = errors.New("an index that is mapped into memory could not be read: its file was cut, or the disk failed")

// Guard calls fn, which reads mapped files, and turns a fault of such a read into
// ErrFault. Tasks that fn starts guard themselves: a fault there comes as the
// *tasks.PanicError of their group, if their first call is GuardTask.
func Guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			if err = faultOf(v); err == nil {
				panic(v)
			}
		}
	}()
	err = fn()
	if p, ok := errors.AsType[*tasks.PanicError](err); ok {
		if fault := faultOf(p.Value); fault != nil {
			return fault
		}
	}
	return err
}

// GuardTask makes faults of the goroutine that calls it panics, for the rest of its
// life.
func GuardTask() { debug.SetPanicOnFault(true) }

// faultOf returns ErrFault with its address if v is such a fault, else nil. A nil
// pointer has no address.
func faultOf(v any) error {
	if p, ok := v.(*tasks.PanicError); ok {
		v = p.Value
	}
	if fault, ok := v.(interface {
		runtime.Error
		Addr() uintptr
	}); ok {
		return fmt.Errorf("%w (at %#x)", ErrFault, fault.Addr())
	}
	return nil
}
