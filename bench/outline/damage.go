package main

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

const brackets = "(){}[]\"'`"

// damage takes one bracket or quote away from a text or puts one too many into it: what an editor sees while somebody types.
// Line ends stay where they are. The same seed and path do the same damage.
func damage(text, path string, seed uint64) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(path))
	random := rand.New(rand.NewPCG(seed, h.Sum64()))
	var at []int
	for i := range len(text) {
		if strings.IndexByte(brackets, text[i]) >= 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return text
	}
	i := at[random.IntN(len(at))]
	if random.IntN(2) == 0 {
		return text[:i] + text[i+1:]
	}
	to := random.IntN(len(text))
	for to > 0 && !utf8.RuneStart(text[to]) {
		to--
	}
	return text[:to] + text[i:i+1] + text[to:]
}
