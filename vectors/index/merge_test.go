package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

// A merge that is cancelled gives its cause.
func TestMergeEndsWithItsContext(t *testing.T) {
	x := New("/w")
	rng := rand.New(rand.NewPCG(1, 8))
	for i := range 4 {
		seg, err := Build(dims, []Document{document(fmt.Sprintf("f%02d.go", i), "func one\nword\nfunc two\n", rng)})
		if err != nil {
			t.Fatal(err)
		}
		x.Apply(seg, nil)
	}
	cause := errors.New("the folder was removed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if seg, err := MergePieces(ctx, dims, x.Snapshot().Pieces()); seg != nil || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}
