// Package settings holds every setting of semantic-ls once: its key, type, default, meaning, what it accepts
// and where it may come from. Reading it, the messages about mistakes in it, docs/settings.md, the JSON schema beside
// that and what the extension for VS Code says about settings all follow from one table, see [Table]; to add a setting,
// add a field to [Settings] and a row there, and run go generate.
//
// Five sources say what a setting is, the strongest first: the command line, the environment, the editor, the
// user's own file, the default. No file of a workspace is among them: a repository that somebody merely opens
// must not choose where its text is sent, under whose key, or which file is written. What an editor keeps per
// workspace is the editor's to guard; the settings marked Machine are those that it must guard.
package settings

//go:generate go test -run ^(TestDocument|TestSchema|TestManifest)$ -update

import (
	"encoding/json"
	"fmt"
	"time"
)

// Settings are all settings, checked and complete: a program needs no defaults of its own. They are plain
// data; the zero Settings are not valid.
type Settings struct {
	Embedding Embedding
	Index     Index
	Cache     Cache
	Log       Log
	Features  Features

	origins map[string]Origin // by key; a key that is missing has its default
}

// Embedding says where vectors come from.
type Embedding struct {
	Provider    string        // ProviderBuiltin or ProviderOpenAI
	ModelFile   string        // absolute; "": the model inside the program
	BaseURL     string        // without a slash at its end; "" for the built-in provider
	Model       string        // not empty for OpenAI
	Dimensions  int           // 0: what the endpoint answers
	BatchSize   int           // texts a request
	Concurrency int           // requests at a time
	Timeout     time.Duration // of one request
	Key         string        `json:"-"` // from the environment only; never printed
}

// Providers of embeddings.
const (
	ProviderBuiltin = "builtin"
	ProviderOpenAI  = "openai"
)

// Index says what is indexed.
type Index struct {
	MaxFileSize int64 // bytes; larger files are skipped
}

// Cache says where an index is kept between sessions.
type Cache struct {
	Directory   string // absolute; "" if the machine offers none: everything stays in memory
	VectorBytes int64  // that the vectors which all indexes share may take; 0: none are kept
}

// Log says what is told about the server's own work, and where.
type Log struct {
	Level     string // debug, info, warn or error
	File      string // absolute; "": files in Directory
	Directory string // absolute, no setting: what the system has for it; "" if the machine offers none
}

// Features says which of an editor's own ways to code are served: see the table for what each shows.
type Features struct {
	DocumentSymbols      bool
	CodeLens             bool
	CodeActions          bool
	DuplicateDiagnostics bool
}

// String prints everything but the key.
func (e Embedding) String() string {
	type plain Embedding // without this method
	if e.Key != "" {
		e.Key = "(hidden)"
	}
	return fmt.Sprintf("%+v", plain(e))
}

// GoString is String: %#v must not print the key either.
func (e Embedding) GoString() string { return e.String() }

// Source is one of the places that settings come from, from the weakest to the strongest.
type Source uint8

// The sources of settings.
const (
	Default Source = iota
	File
	Editor
	Environment
	CommandLine
)

// Origin is where a setting's value was found.
type Origin struct {
	Source Source
	Name   string // the file's path, the environment variable
	Line   int    // in the file, from 1
}

// String says it in words that fit behind "in": "the environment variable SEMANTIC_LS_LOG_LEVEL".
func (o Origin) String() string {
	switch o.Source {
	case File:
		return fmt.Sprintf("%s:%d", o.Name, o.Line)
	case Editor:
		return "the editor's settings"
	case Environment:
		return "the environment variable " + o.Name
	case CommandLine:
		return "the command line"
	}
	return "the defaults"
}

// Origin tells where the value of key, such as "embedding.baseURL", came from.
func (s Settings) Origin(key string) Origin { return s.origins[key] }

// Sources are what Load reads.
type Sources struct {
	// Flags has the settings that were given on the command line, by key.
	Flags map[string]string
	// Environ is the environment as os.Environ returns it. An empty variable counts as not set.
	Environ []string
	// Editor is a JSON object of keys, nested ({"log": {"level": "debug"}}) or dotted ({"log.level": "debug"}),
	// as it is or under "semantic-ls". Empty or null: the editor said nothing. A null value is not set.
	Editor json.RawMessage
	// File is the path of the user's file, an object like Editor; "" for none. A file that does not exist
	// says nothing. See UserFile.
	File string
}

// Warning is a mistake that does not keep anything from working: a key that is not a setting, or one that is
// set twice.
type Warning struct {
	Key    string
	Origin Origin
	Text   string // the whole message
}

// String returns the message.
func (w Warning) String() string { return w.Text }
