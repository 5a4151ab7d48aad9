package indexing

import (
	"github.com/semantic-ls/semantic-ls/vectors/embed"
	"github.com/semantic-ls/semantic-ls/vectors/search"
	"github.com/semantic-ls/semantic-ls/workspace"
)

// Query asks for the code that does what Text says.
type Query struct {
	Text    string
	Limit   int      // at most so many hits; 20 where it is 0, 9,990 where it is more
	Folders []string // absolute directories to look in; all where it is empty
	Filter  *Filter  // its globs are about paths below those directories, or below each folder where there are none
	Explain bool     // hits say how they came to their scores, at two to three times the time
	// Unplaced leaves open where a hit is that was found by its name, if that would take an outline of its file: most of what an
	// answer about names takes. DefinitionOf finds it.
	Unplaced bool
}

// Place asks for what is like the code at [Start, End) of the document at
// Path, or like Text where Path is empty.
type Place struct {
	Path           string // absolute
	Start, End     int    // bytes; equal: the definition around Start
	Text, Language string
	Limit          int     // at most so many hits; 20 where it is 0, 9,990 where it is more
	Filter         *Filter // of what is found; its globs are about paths below each folder
}

// Answer is what a query found, best first, and how much of the workspace it
// could see.
type Answer struct {
	Hits     []search.Hit
	Coverage Coverage
	Warning  string // what was left out, such as the vectors of a model that is down, or why nothing can be found
}

// Coverage says how much of the workspace an answer rests on.
type Coverage struct {
	Percent        float64 `json:"percent"` // of the files known, indexed ones; 0..100
	FilesTotal     int     `json:"filesTotal"`
	FilesIndexed   int     `json:"filesIndexed"`
	FilesWaiting   int     `json:"filesWaiting"`
	DirtyDocuments int     `json:"dirtyDocuments"`
	Chunks         int     `json:"chunks"`
	Model          string  `json:"model"`
}

// Progress is how far a Refresh has come: Done of Total files, Paths the last ones; there
// are none before the first.
type Progress struct {
	Done, Total int
	Paths       []string
	// Flushed is the number of the last change that outlives this process: what was
	// reported up to now is found by the next, whatever becomes of this one. 0 where
	// the index is kept in memory only.
	Flushed uint64
}

// State of a folder.
const (
	StateIndexing = "indexing"
	StateReady    = "ready"
	StatePaused   = "paused"
	StateFailed   = "failed"
)

// Status is what the engine knows of itself.
type Status struct {
	Model    embed.Model
	Coverage Coverage
	Warning  string // why the model is not the one that was asked for; "" where it is
	Folders  []FolderStatus
	// Changes counts, in the folders that are open, the files whose contents were indexed anew or are gone since they were
	// opened: while it stays what it was, so do answers about what is saved.
	Changes uint64
}

// FolderStatus is what the engine knows of one folder.
type FolderStatus struct {
	Root     string // absolute
	State    string
	Message  string // why it failed, or what is wrong with its index on disk or its model
	Coverage Coverage
	Bytes    int64  // of its index on disk, 0 where it is kept in memory only
	Flushed  uint64 // see Progress
	Health   string // "ok", or what was wrong with the stored index and what was done
	Skipped  []workspace.Skipped
	Warnings []string // files of ignore rules that could not be used in full
}
