// Package lsptest is an editor for tests: it speaks to a server over the real framing, remembers everything
// the server says, and waits for named states instead of sleeping.
//
//	lsptest.Run(t, serve, func(e *lsptest.Editor) {
//		e.Initialize(lsptest.Options{Folders: []string{dir}})
//		e.AwaitReady()
//		answer, err := e.Search(lsptest.Query{Query: "parse a header"})
//		...
//	})
//
// It shares no code with the server, neither the framing nor the shapes of messages, so a mistake of one is
// not repaired by the other. Its waits end with the test's deadline, or after a minute, and then print what
// was said. Methods that fail the test must be called from the test's goroutine; Call, Send and the typed
// requests may be called from any.
package lsptest
