package index

import "context"

// FindNames looks names up and leaves what is found.
func FindNames(ctx context.Context, s *Snapshot, names []Name) error {
	r := &scan{s: s, scope: s.Everywhere()}
	chunks, _ := s.total()
	r.split(chunks)
	return r.findNames(ctx, names)
}

// findNames looks names up without a look at the chunks.
func (r *scan) findNames(ctx context.Context, names []Name) error {
	f, err := r.finder(ctx, names)
	if err == nil {
		err = f.find(ctx)
	}
	return err
}
