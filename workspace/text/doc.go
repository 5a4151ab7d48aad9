// Package text turns byte offsets into the positions of the language server protocol and back, and applies
// an editor's edits.
//
// Inside semantic-ls a place in a document is a byte offset. An editor speaks of a line and a number of
// units in it, in an encoding that was agreed on when it connected. [Lines] is the bridge: an index of where
// the lines of one text start, built in one pass, immutable, safe for concurrent use.
//
// Lines end with \n, \r\n or \r, as the protocol has it. Nothing here fails on bad text: a byte that is not
// part of valid UTF-8 counts as one character of one unit, which is what an editor that shows U+FFFD in its
// place counts in UTF-16 and UTF-32. A place that does not exist is the nearest one before it: a position
// past the end of its line is the line's end, one past the last line is the text's end, one inside a
// character (a surrogate pair, the bytes of UTF-8) is the character's start, and an offset inside a line's
// ending is the line's end.
package text
