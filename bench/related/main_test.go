package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHide(t *testing.T) {
	for _, c := range []struct {
		text, name  string
		identifiers bool
		want        string
	}{
		{"func TestLoadConfigFile() { loadConfig(a) }", "config", false, "func TestLoadFile() { load(a) }"},
		{"new RewindReader(x), rewind_readers, REWIND", "rewind_reader", false, "new (x), , "},
		{"x.Uploads; uploading", "upload", false, "x.; "},
		{"downloads", "load", false, "downs"},
		{"import RFC3339Parser from './rfc3339'", "rfc3339", false, "import Parser from './'"},
		{"newConfig(Config)", "config", true, "newConfig()"},
		{"größe = Größe(x)", "config", false, "größe = Größe(x)"},
		{"\xff config \xff", "config", false, "\xff  \xff"},
	} {
		if got := hide(c.text, c.name, c.identifiers); got != c.want {
			t.Errorf("%q without %q: %q, want %q", c.text, c.name, got, c.want)
		}
	}
}

func TestPairs(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"Go, in its package":        {[]string{"a/x.go", "a/x_test.go", "b/x.go"}, "a/x_test.go=a/x.go"},
		"Go, in no other":           {[]string{"a/x_test.go", "b/x.go"}, ""},
		"Python, elsewhere":         {[]string{"src/x.py", "tests/test_x.py"}, "tests/test_x.py=src/x.py"},
		"two of that name":          {[]string{"a/x.py", "b/x.py", "tests/test_x.py"}, ""},
		"the one beside it":         {[]string{"a/x.ts", "b/x.ts", "b/x.test.ts"}, "b/x.test.ts=b/x.ts"},
		"Java":                      {[]string{"src/main/XMap.java", "src/test/XMapTest.java"}, "src/test/XMapTest.java=src/main/XMap.java"},
		"a header and its source":   {[]string{"include/x.h", "src/x.cc", "src/x_test.cc"}, "src/x_test.cc=include/x.h+src/x.cc"},
		"Ruby":                      {[]string{"lib/x.rb", "spec/x_spec.rb"}, "spec/x_spec.rb=lib/x.rb"},
		"C#, a class in two files":  {[]string{"src/X.cs", "src/X.Async.cs", "X.Tests/XTests.cs"}, ""},
		"an example is not meant":   {[]string{"examples/x.py", "src/x.py", "tests/test_x.py"}, "tests/test_x.py=src/x.py"},
		"another language":          {[]string{"src/x.go", "tests/test_x.py"}, ""},
		"what tests share":          {[]string{"src/util.py", "tests/test_util.py"}, ""},
		"a project file is no code": {[]string{"src/X.csproj", "X.Tests/XTests.csproj"}, ""},
	} {
		r := &repository{}
		for _, f := range c.files {
			r.files = append(r.files, &file{path: f, test: isTest(f)})
		}
		var got []string
		for _, p := range r.pairs(10) {
			var targets []string
			for _, f := range p.targets {
				targets = append(targets, f.path)
			}
			got = append(got, p.test.path+"="+strings.Join(targets, "+"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"repos.tsv": "repo\tlanguage\tgithub\thalf\nhere\tgo\ta/here\ttune\ngone\tgo\ta/gone\ttune\n",
		"c/here/shop/cart.go": "package shop\n\n// AddItem puts goods into the basket.\nfunc (c *Cart) AddItem(goods Goods) error {\n" +
			"\tif goods.Weight > limit {\n\t\treturn errHeavy\n\t}\n\tc.basket = append(c.basket, goods)\n\treturn nil\n}\n",
		"c/here/shop/cart_test.go": "package shop\n\nfunc TestAddItem(t *testing.T) {\n\tc := NewCart()\n" +
			"\tif err := c.AddItem(Goods{Weight: 1}); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n",
		"c/here/shop/mail.go": "package shop\n\n// Send delivers a letter.\nfunc Send(letter string) {\n\tpost(letter)\n}\n",
	} {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, progress bytes.Buffer
	arguments := []string{"-repos", filepath.Join(dir, "repos.tsv"), "-checkouts", filepath.Join(dir, "c"), "-half", "tune", "-misses"}
	if err := run(t.Context(), arguments, &out, &progress); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "| 1 | 1.000 | 1.00 | 1.000 | 1.00 | 1.000 | 1.00 |") {
		t.Errorf("%s", &out)
	}
	if !strings.Contains(progress.String(), "left out: gone is below none of the -checkouts") {
		t.Errorf("%s", &progress)
	}
	for name, arguments := range map[string][]string{
		"no checkouts":        {},
		"no such half":        {"-repos", filepath.Join(dir, "repos.tsv"), "-checkouts", dir, "-half", "best"},
		"misses of both":      {"-checkouts", dir, "-misses"},
		"nothing of it there": {"-repos", filepath.Join(dir, "repos.tsv"), "-checkouts", t.TempDir()},
	} {
		if err := run(t.Context(), arguments, &out, &progress); err == nil {
			t.Errorf("%s is no error", name)
		}
	}
}
