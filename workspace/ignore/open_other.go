//go:build !unix

package ignore

// openFlags is empty where opening a file cannot wait for another process.
const openFlags = 0
