// Package workspace knows what there is to index: the texts that an editor has open, and the files of a folder.
//
// # Two sources, one winner
//
// A Session holds the open documents as the editor sent them; Documents is an immutable view of it, so a query works
// on one state however fast somebody types. Discover lists the files of a folder, and Read returns the text of one.
// Where a document is open its text counts, whatever the disk holds.
//
// # What is not read
//
// Discover leaves out what the rules of package ignore name, and everything that is no regular file on the folder's
// own file system. A symbolic link is never followed: what it points to inside the folder is found where it lies,
// what lies outside was not opened, and a harmless name must not lead to a file that a rule protects. That also makes
// loops impossible. Each omission is listed with its reason; the content of an omitted directory is not.
//
// Read looks again, since the disk has changed meanwhile: it opens without blocking, inside the folder, and refuses
// what has become a FIFO, a link, too large or binary. It does not ask the rules of package ignore that go by name;
// whoever reads a path that Discover did not list asks ignore.Rules.Path first.
//
// # Invariants
//
// A text that Read returns has the offsets that an editor sees: the byte order mark is taken off, UTF-16 is decoded
// as the mark says, and nothing else is changed: line endings stay, and bytes that are no UTF-8 stay.
//
// Nothing here depends on the language server protocol; positions arrive in the types of package text.
package workspace
