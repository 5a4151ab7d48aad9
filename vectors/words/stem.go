package words

// stem strips the endings that part a developer's question from the code that
// answers it: plurals, -ing, -ed, -er, -ion, -ly and a silent e, so that cache,
// caches, cached and caching, or validate, validating and validation, are one
// word. The result is a key, not English ("cach", "validat"). It only has to be
// the same for a family and different for strangers, so it is far shorter than
// Porter's algorithm (M. F. Porter, "An algorithm for suffix stripping", 1980),
// which joins more families that mean different things in code ("general",
// "generate"). w holds lower-case ASCII and is overwritten.
func stem(w []byte) []byte {
	if len(w) < 3 || w[0] >= '0' && w[0] <= '9' {
		return w
	}
	if base := irregular(w); base != "" {
		w = append(w[:0], base...)
	}
	if len(w) < 4 {
		return w
	}
	w = plural(w)
	n := len(w)
	switch {
	case n >= 6 && ends(w, "ing") && vowel(w[:n-3]):
		w = undouble(w[:n-3])
	case n >= 5 && ends(w, "ied"):
		w = append(w[:n-3], 'y')
	case n >= 5 && ends(w, "ed") && !ends(w, "eed") && vowel(w[:n-2]):
		w = undouble(w[:n-2])
	case n >= 8 && ends(w, "ization"):
		w = w[:n-5]
	case n >= 7 && (ends(w, "tion") || ends(w, "sion")):
		w = w[:n-3]
	case n >= 6 && ends(w, "ly"):
		w = w[:n-2]
	}
	if n = len(w); n >= 6 && ends(w, "er") && vowel(w[:n-2]) {
		w = undouble(w[:n-2])
	}
	if n = len(w); n >= 4 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	return w
}

// irregular returns the base of the irregular forms that questions and comments
// are full of, "" for every other word. Forms
// that are words of their own in code, such as left, are not among them.
func irregular(w []byte) string {
	if len(w) > 9 {
		return ""
	}
	switch string(w) {
	case "sent":
		return "send"
	case "built":
		return "build"
	case "made":
		return "make"
	case "found":
		return "find"
	case "kept":
		return "keep"
	case "wrote", "written":
		return "write"
	case "ran":
		return "run"
	case "got", "gotten":
		return "get"
	case "gave", "given":
		return "give"
	case "took", "taken":
		return "take"
	case "held":
		return "hold"
	case "lost":
		return "lose"
	case "chose", "chosen":
		return "choose"
	case "threw", "thrown":
		return "throw"
	case "broke", "broken":
		return "break"
	case "hid", "hidden":
		return "hide"
	case "began", "begun":
		return "begin"
	case "drew", "drawn":
		return "draw"
	case "caught":
		return "catch"
	case "sought":
		return "seek"
	case "knew", "known":
		return "know"
	case "grew", "grown":
		return "grow"
	case "saw", "seen":
		return "see"
	case "went", "gone":
		return "go"
	case "came":
		return "come"
	case "meant":
		return "mean"
	case "spent":
		return "spend"
	case "bound":
		return "bind"
	case "woke", "woken":
		return "wake"
	case "slept":
		return "sleep"
	case "froze", "frozen":
		return "freeze"
	case "forgot", "forgotten":
		return "forget"
	case "understood":
		return "understand"
	case "overridden", "overrode":
		return "override"
	case "overwrote":
		return "overwrite"
	case "children":
		return "child"
	case "indices":
		return "index"
	case "vertices":
		return "vertex"
	case "matrices":
		return "matrix"
	case "paid":
		return "pay"
	case "said":
		return "say"
	case "told":
		return "tell"
	case "thought":
		return "think"
	case "brought":
		return "bring"
	case "fed":
		return "feed"
	case "fell", "fallen":
		return "fall"
	case "flew", "flown":
		return "fly"
	case "stood":
		return "stand"
	case "stole", "stolen":
		return "steal"
	case "stuck":
		return "stick"
	case "swept":
		return "sweep"
	case "tore", "torn":
		return "tear"
	case "wound":
		return "wind"
	case "withdrew", "withdrawn":
		return "withdraw"
	}
	return ""
}

func plural(w []byte) []byte {
	n := len(w)
	switch {
	case w[n-1] != 's':
	case n >= 5 && ends(w, "ies"):
		return append(w[:n-3], 'y')
	case n >= 5 && (ends(w, "sses") || ends(w, "shes") || ends(w, "ches") || ends(w, "xes") || ends(w, "zes")):
		return w[:n-2]
	case ends(w, "ss") || ends(w, "us") || ends(w, "is"):
	default:
		return w[:n-1]
	}
	return w
}

// undouble drops the second of two equal consonants ("stopp"), but for those
// that are doubled in the word itself ("call", "pass", "buff", "buzz").
func undouble(w []byte) []byte {
	n := len(w)
	if n < 4 || w[n-1] != w[n-2] {
		return w
	}
	switch w[n-1] {
	case 'a', 'e', 'i', 'o', 'u', 'l', 's', 'f', 'z':
		return w
	}
	return w[:n-1]
}

func vowel(w []byte) bool {
	for _, c := range w {
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			return true
		}
	}
	return false
}

func ends(w []byte, suffix string) bool {
	return len(w) >= len(suffix) && string(w[len(w)-len(suffix):]) == suffix
}
