package index

import "context"

// FindNames looks names up and leaves what is found.
func FindNames(ctx context.Context, s *Snapshot, names []Name) error {
	r := &scan{s: s, scope: s.Everywhere()}
	chunks, _ := s.total()
	r.split(chunks)
	return r.findNames(ctx, names)
}
