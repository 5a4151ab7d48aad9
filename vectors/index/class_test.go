package index

import "testing"

func TestIsTest(t *testing.T) {
	for path, want := range map[string]bool{
		"a_test.go": true, "pkg/test_views.py": true, "src/foo.spec.ts": true, "src/FooTest.java": true, "tests/x.rs": true,
		"testdata/a.go": true, "conftest.py": true, "examples/basic.go": true, "ParserIT.java": true, "t/basic.t": true,
		"latest.go": false, "contest.go": false, "attestation/sign.go": false, "src/Manifest.java": false, "testing.go": false,
		"GIT.java": false, "protest/march.go": false, "lib/t/type.go": false, "test.go": false,
	} {
		if got := IsTest(path); got != want {
			t.Errorf("IsTest(%q) = %v", path, got)
		}
	}
}

func TestClassOf(t *testing.T) {
	for _, c := range []struct {
		path, language string
		want           Class
	}{
		{"src/a.go", "go", 0},
		{"types/a.d.ts", "typescript", ClassDeclaration},
		{"src/A.D.MTS", "typescript", ClassDeclaration},
		{"lib/a.pyi", "python", ClassDeclaration},
		{"src/a.ts", "typescript", 0},
		{"src/page.html", "html", ClassMarkup},
		{"src/page.scss", "scss", ClassMarkup},
		{"docs/conf.py", "python", ClassAside},
		{".github/check.py", "python", ClassAside},
		{"Scripts/release.sh", "bash", ClassAside},
		{"docs/a.md", "markdown", ClassAside | ClassProse},
		{"tools/x_test.go", "go", ClassAside | ClassTest},
		{"src/tools/x.go", "go", 0}, // a product may be made of tools
		{"scripts", "", ClassProse},
		{"a/b.yaml", "yaml", ClassConfiguration},
	} {
		if got := classOf(File{Path: c.path, Language: c.language}); got != c.want {
			t.Errorf("%s in %q is of class %b, want %b", c.path, c.language, got, c.want)
		}
	}
	if got := classOf(File{Path: "a.go", Language: "go", Foreign: true}); got != ClassForeign {
		t.Errorf("a foreign file is of class %b", got)
	}
}
