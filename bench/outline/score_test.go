package main

import (
	"strings"
	"testing"
)

// symbolsOf reads a list as a person writes it: kind, name, container ("-" for none), name line, last line and, if any, level.
func symbolsOf(t *testing.T, text string) (list []symbol) {
	t.Helper()
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		s := symbol{Path: "a", Kind: f[0], Name: f[1], Container: strings.Trim(f[2], "-")}
		s.NameLine, s.EndLine = number(f[3]), number(f[4])
		if len(f) > 5 {
			s.Level = level(f[5])
		}
		list = append(list, s)
	}
	return list
}

func number(text string) (n int) {
	for _, c := range text {
		n = 10*n + int(c-'0')
	}
	return n
}

func answerOf(t *testing.T, text string) *answer {
	t.Helper()
	a := newAnswer("test")
	for _, s := range symbolsOf(t, text) {
		a.add(s)
	}
	return a
}

func scored(t *testing.T, ours string, oracles ...*answer) score {
	t.Helper()
	var s score
	expect("a", oracles).score(&s, symbolsOf(t, ours), source{path: "a", text: strings.Repeat("x\n", 49) + "x"})
	return s
}

func check(t *testing.T, what string, got share, right, of int) {
	t.Helper()
	if got.right != right || got.of != of {
		t.Errorf("%s: %d of %d, want %d of %d", what, got.right, got.of, right, of)
	}
}

func TestScore(t *testing.T) {
	s := scored(t, `
		class    C      -     1 20
		method   m      C     2 5
		function n      C     6 9
		function moved  -    22 23
		constant K      -    30 30
		field    f      C    10 10
		function local  C.m   3 4
	`, answerOf(t, `
		class    C      -     1 20
		method   m      C     2 6
		method   n      D     6 9
		function moved  -    21 23
		constant K      -    30 30 value
		constant L      -    31 31 value
		field    f      C    10 10 loose
		field    g      C    11 11 loose
		function local  C.m   3 4  inner
		function other  C.m   4 4  inner
	`))
	check(t, "recall", s.recall, 4, 6) // moved stands elsewhere, other is missed
	check(t, "precision", s.precision, 6, 7)
	check(t, "inner", s.inner, 1, 2)
	check(t, "values", s.values, 1, 2)
	check(t, "kind", s.kind, 4, 5) // n; the field is not compared
	check(t, "container", s.container, 4, 5)
	check(t, "end line", s.end, 4, 5) // m
	if len(s.disagreements) != 7 {
		t.Errorf("disagreements: %v", s.disagreements)
	}
}

// Two definitions of a name on one line are two; one that is named twice is right once.
func TestScoreSameNameSameLine(t *testing.T) {
	oracle := answerOf(t, "function f - 1 1\nfunction f - 1 1")
	s := scored(t, "function f - 1 1", oracle)
	check(t, "recall", s.recall, 1, 2)
	s = scored(t, "function f - 1 1\nfunction f - 1 1\nfunction f - 1 1", oracle)
	check(t, "recall", s.recall, 2, 2)
	check(t, "precision", s.precision, 2, 3)
}

// Where a name may be two definitions, it is the one that has to be named.
func TestScorePrefersWhatMustBeNamed(t *testing.T) {
	s := scored(t, "class point - 3 3", answerOf(t, "struct point - 3 3 loose\nclass point - 3 3"))
	check(t, "recall", s.recall, 1, 1)
	check(t, "kind", s.kind, 1, 1)
}

func TestScoreAltLine(t *testing.T) {
	a := newAnswer("test")
	a.add(symbol{Path: "a", Name: "f", Kind: "function", NameLine: 4, AltLine: 5, EndLine: 6})
	for _, line := range []string{"4", "5"} {
		s := scored(t, "function f - "+line+" 6", a)
		check(t, "recall", s.recall, 1, 1)
		check(t, "precision", s.precision, 1, 1)
	}
}

func TestScoreLeavesOutWhatTheOracleCannotSee(t *testing.T) {
	a := answerOf(t, "function f - 1 2\nfunction broken - 5 6")
	a.skip("a", 5, 9)
	s := scored(t, "function f - 1 2\nfunction inside - 7 7", a)
	check(t, "recall", s.recall, 1, 1)
	check(t, "precision", s.precision, 1, 1)
	check(t, "unseen", s.unseen, 5, 50)
}

func TestScoreEndUnknown(t *testing.T) {
	a := newAnswer("test")
	a.add(symbol{Path: "a", Name: "f", Kind: "function", NameLine: 1, EndLine: 4, NoEnd: true})
	a.add(symbol{Path: "a", Name: "g", Kind: "function", NameLine: 2})
	s := scored(t, "function f - 1 9\nfunction g - 2 9", a)
	check(t, "end line", s.end, 0, 0)
	if s.end.String() != "–" {
		t.Errorf("no end at all is written %q", s.end)
	}
}

// How a name is spelled does not count: quotes, sigils, white space, and what of a module's name is its container.
func TestScoreSpelling(t *testing.T) {
	for ours, theirs := range map[string]string{
		"function `a-b` - 1 1":        "function a-b - 1 1",
		"field x - 1 1":               "field $x - 1 1",
		"module D A.B 1 1":            "module A::B::D - 1 1",
		"namespace Composer\\X - 1 1": "namespace X Composer 1 1",
		"module A.B Z 1 1":            "module B Z.A 1 1",
	} {
		s := scored(t, ours, answerOf(t, theirs))
		if s.precision.right != 1 || s.container.right != s.container.of {
			t.Errorf("%s is not %s: %v", ours, theirs, s.disagreements)
		}
	}
	for ours, theirs := range map[string]string{"function $ - 1 1": "function f - 1 1", "function .. - 1 1": "function . - 1 1"} {
		if s := scored(t, ours, answerOf(t, theirs)); s.precision.right != 0 {
			t.Errorf("%s is %s", ours, theirs)
		}
	}
}

// Of two oracles both must name what has to be named, and either may name what is right.
func TestScoreTwoOracles(t *testing.T) {
	first := answerOf(t, "function both - 1 3\nfunction first - 4 4\nconstant K - 9 9 value\nmethod m C 12 13")
	second := answerOf(t, "function both - 1 2\nfunction second - 6 6\nconstant K - 9 9 value\nmethod m C 12 12 loose")
	s := scored(t, "method both C 1 2\nfunction first - 4 4\nfunction second - 6 6\nfunction neither - 8 8", first, second)
	check(t, "recall", s.recall, 1, 1) // one oracle is in doubt about m
	check(t, "values", s.values, 0, 1)
	check(t, "precision", s.precision, 3, 4)
	check(t, "end line", s.end, 1, 1) // as the second says
	check(t, "kind", s.kind, 0, 1)
}

func TestScoreDamaged(t *testing.T) {
	e := expect("a", []*answer{answerOf(t, "function f - 1 1\nfunction g - 2 2\nfunction h - 3 3\nconstant K - 4 4 value")})
	var s score
	ours, damaged := symbolsOf(t, "function f - 1 1\nfunction g - 2 2"), symbolsOf(t, "function f - 1 1\nfunction h - 3 3")
	e.scoreDamaged(&s, ours, damaged, source{"a", "f()\ng()"}, source{"a", "f()\ng("})
	check(t, "damaged", s.damaged, 1, 2)
	if len(s.disagreements) != 1 || s.disagreements[0].String() != "a:2: damage: 1 of 2 lost\t| g(" {
		t.Errorf("%v", s.disagreements)
	}
}

func TestDamage(t *testing.T) {
	text := "func f() {\n\treturn \"é\"\n}\n"
	seen := map[string]bool{}
	for seed := range uint64(200) {
		d := damage(text, "a.go", seed)
		if d != damage(text, "a.go", seed) {
			t.Fatal("the same seed does different damage")
		}
		if n := len(d) - len(text); n != 1 && n != -1 {
			t.Fatalf("%q is %d bytes longer", d, n)
		}
		if strings.Count(d, "\n") != strings.Count(text, "\n") || !strings.Contains(d, "é") {
			t.Fatalf("%q: more than a bracket or quote has changed", d)
		}
		seen[d] = true
	}
	if len(seen) < 20 {
		t.Errorf("only %d damages", len(seen))
	}
	if d := damage("no bracket\n", "a", 1); d != "no bracket\n" {
		t.Errorf("%q", d)
	}
}

func TestShare(t *testing.T) {
	for s, want := range map[share]string{{}: "–", {3, 4}: "0.7500", {7, 7}: "1.0000", {99999, 100000}: "0.9999"} {
		if s.String() != want {
			t.Errorf("%d of %d is written %s", s.right, s.of, s)
		}
	}
}
