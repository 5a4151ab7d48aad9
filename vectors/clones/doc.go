// Package clones finds code that says the same twice: copies in which names and literals were changed, and such in which a
// little was added, removed or rewritten.
//
// A text is a row of symbols: keywords and punctuation as they are, one symbol for every literal, and of a name only whether the
// same one stood a few symbols before; comments and blanks are nothing (tokens.go). Copies with other names and other values are
// equal rows. How similar two others are is counted in runs of symbols that both have, and in what they have in common in one
// order (similar.go).
//
//	Reader.Read : text, definitions, chunks -> File    symbols, and which stretches of them are pieces to compare
//	Find        : Files                     -> Groups
//	Catalogue   : Files, and a piece        -> its copies      at once, without comparing all with all (catalogue.go)
//
// Nothing is compared with everything (candidates.go): equal pieces meet by a hash of the whole row, similar ones in the lists of
// the rarest runs that they have. Groups are made by complete linkage (linkage.go): each two of a group are similar, so that a
// chain of small changes does not make one group of strangers.
//
// Tried and rejected. The longest common subsequence alone: any two functions of a length have much in common, since names,
// commas and parentheses come in the same order everywhere. Runs alone: rows of similar calls are copies of each other in
// whatever order (bench/clones: of what stood in groups with a copy 0.94 belonged there, with both 0.97). The overlap of the
// multisets of runs, of which one changed symbol breaks five: in a function of six lines a statement is too much. Names that are
// all the same symbol: recall 0.96 instead of 0.98, since strangers came between copies.
package clones
