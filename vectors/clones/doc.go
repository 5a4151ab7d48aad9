// Package clones finds code that says the same twice: copies in which names and literals were changed, and such in which a
// little was added, removed or rewritten.
//
// A text is a row of symbols: keywords and punctuation as they are, one symbol for every name and one for every literal;
// comments and blanks are nothing (tokens.go). Copies with other names and other values are equal rows. How similar two others
// are is counted in runs of symbols that both have (similar.go), which takes time in proportion to their lengths.
//
//	Reader.Read : text, definitions, chunks -> File    symbols, and which stretches of them are pieces to compare
//	Find        : Files                     -> Groups
//
// Nothing is compared with everything (candidates.go): equal pieces meet by a hash of the whole row, similar ones in the lists of
// the rarest runs that they have. Groups are made by complete linkage (linkage.go): each two of a group are similar, so that a
// chain of small changes does not make one group of strangers.
//
// Tried and rejected: the longest common subsequence of symbols, to which any two functions of a length have 0.6 in common, since
// names, commas and parentheses come in the same order everywhere; the overlap of the multisets of runs, of which one changed
// symbol breaks five, so that in short functions a statement is too much.
package clones
