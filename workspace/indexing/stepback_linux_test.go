package indexing

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestStepBackEndsAsItBegan(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now := func() unix.SchedAttr {
		attr, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return *attr
	}
	before := now()
	done := stepBack()
	during := now()
	done()
	if after := now(); after != before {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if before.Runtime > 0 && during.Runtime != uint64(slice) { // 0: a kernel without slices
		t.Errorf("slice %d ns, want %v", during.Runtime, slice)
	}
	during.Runtime = before.Runtime
	if during != before {
		t.Errorf("more than the slice changed: %+v became %+v", before, during)
	}
}
