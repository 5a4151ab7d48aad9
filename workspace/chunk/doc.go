// Package chunk turns one source file into an outline (its definitions) and chunks (the pieces that are embedded and found).
//
// # The problem
//
// A semantic index wants every file of a workspace cut where its author would cut it, in whatever language, also while
// somebody is typing in it, at the speed of reading. Parsers of each language do not come in one pure Go library, are ten
// to a hundred times slower, and answer half-typed text with an error or a tree of errors. An outline needs much less than a
// parse: where definitions start and end, and what they are called.
//
// # The design
//
//   - One lexer core (scanner.go) skips white space and comments and yields words, strings and punctuation as offsets.
//   - A language is a table (grammar.go): its comments and strings, what its keywords mean for an outline, some switches.
//     Forms that no table can say (raw strings, here documents, regular expressions) are a hook at one byte.
//   - A few engines run over the tokens: bodies in braces (braces*.go), indented bodies (indent.go), bodies that end with the
//     word `end` (ends.go), and lines (lines.go: shells, prose with headings). Some families have one of their own: layout
//     (layout.go: Haskell, PureScript, Elm), structures (structure.go: OCaml), columns (offside.go: F#), lists (parens.go: the
//     Lisps), forms (dots.go: Erlang), commands (commands.go: Tcl). Each reads the text once.
//   - Data, build files, markup and notebooks have small engines of their own (lang_data.go, lang_build.go, markup.go,
//     components.go, notebook.go). Text of another language in them goes to that language's engine (embed.go).
//   - Most text defines nothing. An engine says what it need not see where it is, and the scanner skims over that without making
//     tokens of it (skim.go). TestSkimsChangeNothing compares with looking at every token.
//   - The packer (pack.go) cuts along the definitions: one that is documented or of some size stands alone, small neighbours of
//     one parent share a chunk, a large one is split where it is least indented. What has no engine is cut at blank lines.
//
// # Half-typed text
//
// Text whose brackets pair up is read as it is. Otherwise it is read a second time in repair, where columns outvote brackets:
// a `}` first on its line closes what started in its column, and a declaration at or left of the header of the function around
// it ends that function.
//
// # What holds for any text
//
// Chunks tile the text byte for byte, none is larger than 4,000 bytes or splits a rune of valid UTF-8, symbols lie within the
// text in order of their start, and time is linear: every search ahead or back has a limit or remembers where it failed. A file
// has at most 32,768 symbols: one with more is data, and the rest of it is text.
//
// # Left out
//
// Nothing is resolved: macros are not expanded, types not inferred. Variables of functions are no symbols, and fields of types
// only where tags queries name them, as those of Kotlin and Swift do properties.
package chunk
