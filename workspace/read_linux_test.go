package workspace

import "testing"

// TestReadBoundsWhatClaimsToBeEmpty: files of /proc are regular, have size 0, and hold something.
func TestReadBoundsWhatClaimsToBeEmpty(t *testing.T) {
	text, e, skip, err := Read("/proc", "version", 10)
	if text != "" || e.Size != 0 || skip.Rule != "larger than 10 bytes" || err != nil {
		t.Errorf("got %q, %+v, %v, %v", text, e, skip, err)
	}
	if text, _, skip, err = Read("/proc", "version", 4096); text == "" || skip.Skipped() || err != nil {
		t.Errorf("got %q, %v, %v", text, skip, err)
	}
}
