package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/semantic-ls/semantic-ls/vectors/index"
)

// Report is what Check found.
type Report struct {
	Bytes    int64
	Segments int
	Changes  int      // in the log
	Faults   []string // what is damaged; none: nothing is
}

// Check reads all that is stored of id below cache, compares every checksum and looks
// whether what is behind them contradicts itself. It changes nothing. It returns
// fs.ErrNotExist where there is no index, the error of ctx, or says what could not be
// read.
func Check(ctx context.Context, cache string, id Identity) (Report, error) {
	return checkOn(ctx, System(), cache, id, moment)
}

func checkOn(
	ctx context.Context, sys FS, cache string, id Identity, pause func(ctx context.Context),
) (r Report, err error) {
	s := lookOn(sys, cache, id, pause)
	if s.dir == "" {
		return r, fs.ErrNotExist
	}
	defer s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	changes, torn, err := s.settledLog(ctx)
	if errors.Is(err, errForeign) {
		r.Faults = append(r.Faults, err.Error())
		return r, nil
	}
	if err == nil {
		err = s.verify(ctx, s.base)
	}
	if err != nil {
		return r, err
	}
	r.Bytes, r.Segments, r.Changes = s.end, len(s.base), len(changes)
	look := func(name string, seg *index.Segment) error {
		return Guard(func() error {
			if err := seg.CheckAll(); err != nil {
				r.Faults = append(r.Faults, name+": "+err.Error())
			}
			return nil
		})
	}
	for _, b := range s.base {
		if r.Bytes += b.bytes; b.fault != nil {
			r.Faults = append(r.Faults, b.fault.Error())
		} else if err := look(b.name(), b.segment); err != nil {
			return r, err
		}
		if ctx.Err() != nil {
			return r, context.Cause(ctx)
		}
	}
	for i, c := range changes {
		if c.Segment != nil {
			if err := look(fmt.Sprintf("change %d", s.current.last+uint64(i)+1), c.Segment); err != nil {
				return r, err
			}
		}
	}
	if torn != nil {
		r.Faults = append(r.Faults, torn.Error())
	}
	return r, nil
}
