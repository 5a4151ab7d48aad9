// Package trace records what an editor and the server say to each other, and plays the editor's side of it again to
// another server.
//
// # The file
//
// A trace has one JSON object a line. The first says what it is:
//
//	{"semantic-ls":"trace","version":1,"program":"v1.2.3","platform":"linux/amd64","contents":false,"time":"2026-01-02T03:04:05Z"}
//
// and every other one is a message as it stood on the wire, in the order in which the server read and wrote them:
//
//	{"time":"2026-01-02T03:04:05.6789Z","from":"client","message":{"jsonrpc":"2.0","id":1,"method":"initialize",...}}
//	{"time":"2026-01-02T03:04:05.7001Z","from":"server","message":{"jsonrpc":"2.0","id":1,"result":{...}}}
//	{"time":"2026-01-02T03:04:05.8000Z","from":"client","unreadable":17}
//
// unreadable stands for the bytes of a message that is no JSON. A process that is killed may leave the last line torn,
// which costs that line.
//
// # What is left of contents
//
// A trace is made to be sent to somebody who must not see the code. Unless contents are kept, every string in it is
// replaced, except those of which is known that they are words of the protocol (see [class]):
//
//   - a text (of a document, an edit, a query, a snippet, a symbol, a message) becomes neutral words. Its line breaks
//     stay where they are, and so does the length of every line in UTF-8, UTF-16 and UTF-32 alike, so that positions
//     keep their meaning;
//   - a URI or a path keeps its scheme and its depth, and of each name the extension of a known language; the rest is
//     p1, p2, ..., the same for the same name, so that a document stays in its folder;
//   - ids, tokens and sessions that are strings become n1, n2, ...;
//   - of the settings, those that an editor answers when it is asked included, remain booleans, numbers, and values that
//     are one of a few;
//   - numbers, booleans, the shape of objects, and names of fields that look like names stay.
//
// What can be told from a redacted trace is therefore: the methods, their order and times, how long texts and their
// lines are, positions, scores and counts, the tree of the folders without its names, the languages, the editor's
// name, version and abilities.
//
// # Playing it again
//
// See [Replay]. A trace is somebody else's file: it is bounded, chooses no place to write to, and of the settings in it
// none counts that decides where text goes or what is written.
package trace
