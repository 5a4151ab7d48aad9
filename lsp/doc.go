// Package lsp is the protocol's side of semantic-ls: it turns what an editor sends into calls of our own
// types, and our answers into what an editor reads. It knows nothing about searching; everything below it
// knows nothing about the Language Server Protocol. What it has beside that protocol is in docs/protocol.md.
//
// # The problem
//
// An editor writes edits and questions into one pipe and expects each question to be answered for the text
// as it stood at that place in the pipe. It also expects not to wait: not for indexing, not for a slow
// question asked earlier, and least of all for one that it has cancelled since. The stock dispatch of the
// libraries runs everything at once: four of five questions overtake the edits before them. A dispatch that runs
// everything in turn answers right and freezes.
//
// # Order
//
// What must happen in the order of the wire happens on the read loop, and it is little: every notification,
// initialize and shutdown as a whole, and of every other request its beginning. That beginning takes the
// view of the open documents, decodes the parameters, and enters the request under its id, so that a
// $/cancelRequest that follows in the same packet finds it, and under its search box, so that the newer of
// two searches supersedes the older. Only then is the read loop released and the work begins; it uses the
// view it was given and never looks at the session again.
//
// # Lives
//
// [Serve] is a scope. In it stands the server's life, and in the life stand the folders being indexed, the
// files being updated and the requests being answered. The life ends at shutdown, at exit, when the stream
// ends, when the parent process dies, or when Serve's context does, and it ends whole: what it started has
// ended too. Work never hangs on the connection's context: the library cancels that one for reasons of its
// own, for instance when a write fails.
//
// Two things are outside. The library's read goroutine may sit in a read of standard input, which nothing
// interrupts; Serve waits for it a moment and no longer, and it dies with the process. And flushing the
// index happens after the life has ended, under a shield of two seconds.
//
// Settings that change may bring another engine (served.go). It opens the folders before it serves, so that there
// is no moment in which nothing is found, and whoever began with the engine before ends with it.
//
// # Names of places
//
// A notebook that is open is one document, of its file: its cells, written as a notebook (notebook_text.go). So it is cut,
// overlaid and thrown away as any buffer, and all that is special is at the border: what a client says of cells comes in
// through notebooks.go, and a hit whose text is such a document goes out as a place in a cell. It says itself in which.
//
// A folder that a client reaches through a link into one that is open is a second name for that (spellings.go). Paths are
// translated where they come in and go out, so that everything between knows one name for each file.
//
// # Changes on disk
//
// Whoever tells of them, the client's watcher, ours, or a save, files are collected until they have been left alone for a
// moment, and are one update then (changes.go).
//
// # What an editor has without a plugin
//
// Symbols of the workspace and of a document, lenses, code actions, diagnostics and commands. Users switch them on and off
// ([Features]): those that are off answer with nothing, and a client that lets them be registered is told. The commands are our
// methods by their names, and two that show what is like the code at a place: their answer is what was found, and once it is
// written the user is asked where to go (offer.go), however long that takes. A plugin has a list of its own, and takes these two
// commands for itself.
//
// # Codes
//
//	-32700  the frame holds no JSON                 -32002  before initialize
//	-32600  no request, or one after shutdown       -32800  cancelled by the client
//	-32601  unknown method                          -32801  a newer search of the same session came
//	-32602  bad parameters                          -32802  the server is stopping
//	-32603  a panic: a bug of ours, logged          -32803  it was tried and failed
//
// A notification has no answer, so a bad one is logged and dropped. Nothing a client sends ends the
// connection, except bytes from which no next frame can be found: a malformed header, or a length above
// 1 GiB.
//
// # Positions
//
// Our offsets are bytes. UTF-8 is chosen whenever the client offers it, since nothing has to be counted
// then; otherwise UTF-16, which every client speaks; UTF-32 only for a client that names it and not UTF-16.
//
// # What the libraries are used for, and for what not
//
// jsonrpc2 correlates, protocol provides the shapes that we send, uri converts. Incoming parameters are
// decoded into structs of our own by encoding/json, because protocol's decoder refuses a whole message for one
// field of the wrong type, reads `"range": null` as an edit at 0:0, and rejects the null versions and
// whole floats that clients do send. The framing is our own too: jsonrpc2's ends the connection at the first
// message it cannot parse and accepts a gigabyte at once.
package lsp
