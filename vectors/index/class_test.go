package index

import "testing"

func TestIsTest(t *testing.T) {
	for path, want := range map[string]bool{
		"a_test.go": true, "pkg/test_views.py": true, "src/foo.spec.ts": true, "src/FooTest.java": true, "tests/x.rs": true,
		"testdata/a.go": true, "conftest.py": true, "examples/basic.go": true, "ParserIT.java": true,
		"latest.go": false, "contest.go": false, "attestation/sign.go": false, "src/Manifest.java": false, "testing.go": false,
		"GIT.java": false, "protest/march.go": false,
	} {
		if got := IsTest(path); got != want {
			t.Errorf("IsTest(%q) = %v", path, got)
		}
	}
}
