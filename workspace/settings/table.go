package settings

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Type is the type of a setting's value.
type Type string

// The types of settings. In JSON an Integer is a number, a Boolean true or false, and the others are strings.
const (
	Text     Type = "text"
	Integer  Type = "integer"
	Boolean  Type = "boolean"
	Duration Type = "duration" // as Go writes it: 1m30s
	Path     Type = "path"     // absolute, or ~/...; on the command line also relative
)

// Setting is one row of the table.
type Setting struct {
	Key     string   // "embedding.baseURL"
	Type    Type     // of its value
	Default string   // as one would write it; "" for none
	Accepts string   // which values are, in words that fit behind "it accepts"
	Doc     string   // what it is for: sentences of Markdown
	Values  []string // the only values, or nil
	Meaning []string // what each of them means, sentences of Markdown; nil where they say it themselves
	Min     int64    // of an Integer, or nanoseconds of a Duration
	Max     int64
	Env     []string // the environment variables, of which the first that is set counts
	Machine bool     // not from anything that a workspace can carry
	Secret  bool     // from the environment only, and never printed

	field func(s *Settings) any                     // a pointer to it
	check func(text string) (clean string, ok bool) // of a Text
}

const (
	defaultBaseURL = "https://api.openai.com/v1"

	// maxDimensions keeps a slip of the finger from asking for gigabytes: today's largest models answer 8,192.
	maxDimensions = 1 << 16
	// maxBatch is how many inputs OpenAI takes in one request.
	maxBatch = 2048
	// maxConcurrency is where more open requests to one host only queue up there.
	maxConcurrency = 64
	// maxVectorBytes keeps a slip of the finger from filling a disk: a tebibyte.
	maxVectorBytes = 1 << 40
	// maxFileSize is the most that is reasonable to read into memory for one file.
	maxFileSize = 1 << 30
)

// Table returns all settings in the order in which they are documented. The caller may change it.
func Table() []Setting {
	rows := []Setting{
		{
			Key: "embedding.provider", Type: Text, Default: ProviderBuiltin, Machine: true,
			Values: []string{ProviderBuiltin, ProviderOpenAI},
			Meaning: []string{
				"The model inside the server: nothing leaves the machine.",
				"Any server that speaks OpenAI's embeddings API: the text of the workspace is sent to it.",
			},
			Doc: "Where vectors come from. The key of a provider is read from the environment only: " +
				"`SEMANTIC_LS_EMBEDDING_KEY`, else `OPENAI_API_KEY`.",
			field: func(s *Settings) any { return &s.Embedding.Provider },
		},
		{
			Key: "embedding.modelFile", Type: Path, Machine: true,
			Doc: "A model file for the `builtin` provider in the place of the model inside the server, such as one trained on code of your own " +
				"with `vectors/embed/static/train`. Another file has an index of its own. " +
				"Where it cannot be used, the model inside the server serves meanwhile, and answers say why.",
			field: func(s *Settings) any { return &s.Embedding.ModelFile },
		},
		{
			Key: "embedding.baseURL", Type: Text, Machine: true,
			Accepts: "an http or https address without user, query and fragment, such as http://localhost:11434/v1",
			Doc:     "The address of the `openai` provider, up to and without `/embeddings`. Not set: `" + defaultBaseURL + "`.",
			field:   func(s *Settings) any { return &s.Embedding.BaseURL }, check: checkBaseURL,
		},
		{
			Key: "embedding.model", Type: Text, Machine: true,
			Accepts: "a name without spaces, such as text-embedding-3-small",
			Doc: "The model of the `openai` provider, which needs one. Another model has an index of its own: " +
				"until that is complete, the index of the model before answers.",
			field: func(s *Settings) any { return &s.Embedding.Model }, check: checkName,
		},
		{
			Key: "embedding.dimensions", Type: Integer, Default: "0", Min: 0, Max: maxDimensions, Machine: true,
			Doc:   "How many numbers of a vector to ask the `openai` provider for. `0`: as many as it answers.",
			field: func(s *Settings) any { return &s.Embedding.Dimensions },
		},
		{
			Key: "embedding.batchSize", Type: Integer, Default: "64", Min: 1, Max: maxBatch,
			Doc:   "How many texts one request to the `openai` provider carries.",
			field: func(s *Settings) any { return &s.Embedding.BatchSize },
		},
		{
			Key: "embedding.concurrency", Type: Integer, Default: "4", Min: 1, Max: maxConcurrency,
			Doc:   "How many requests to the `openai` provider are open at a time.",
			field: func(s *Settings) any { return &s.Embedding.Concurrency },
		},
		{
			Key: "embedding.timeout", Type: Duration, Default: "30s", Min: int64(time.Millisecond), Max: int64(time.Hour),
			Doc:   "How long one request to the `openai` provider may take.",
			field: func(s *Settings) any { return &s.Embedding.Timeout },
		},
		{
			Key: "embedding.key", Type: Text, Machine: true, Secret: true,
			Accepts: "printable ASCII without spaces",
			Doc:     "The key of the `openai` provider. It is read from the environment only, and never logged or stored. `OPENAI_API_KEY` is sent to api.openai.com and nowhere else.",
			Env:     []string{"SEMANTIC_LS_EMBEDDING_KEY", openAIKey},
			field:   func(s *Settings) any { return &s.Embedding.Key }, check: checkKey,
		},
		{
			Key: "index.maxFileSize", Type: Integer, Default: "1048576", Min: 1, Max: maxFileSize,
			Doc:   "The size in bytes up to which a file is indexed.",
			field: func(s *Settings) any { return &s.Index.MaxFileSize },
		},
		{
			Key: "cache.directory", Type: Path, Machine: true,
			Doc: "Where indexes are kept. Deleting it loses nothing but time. Not set: `semantic-ls` in the user's cache directory " +
				"(`$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LocalAppData%`).",
			field: func(s *Settings) any { return &s.Cache.Directory },
		},
		{
			Key: "cache.vectorBytes", Type: Integer, Default: "2147483648", Min: 0, Max: maxVectorBytes, Machine: true,
			Doc: "How many bytes of `cache.directory` may hold vectors of the `openai` provider for all indexes to share, " +
				"so that another branch, worktree or clone asks only for what was never seen. " +
				"The least recently used make room. `0`: none are kept.",
			field: func(s *Settings) any { return &s.Cache.VectorBytes },
		},
		{
			Key: "log.level", Type: Text, Default: "info",
			Values: []string{"debug", "info", "warn", "error"},
			Doc:    "The least important messages that the server logs.",
			field:  func(s *Settings) any { return &s.Log.Level },
		},
		{
			Key: "log.file", Type: Path, Machine: true,
			Doc: "The file that the server logs to: it is appended to, and opened again on SIGHUP. Not set: files of at most 4 MiB " +
				"below the state directory (`$XDG_STATE_HOME/semantic-ls/log` or `~/.local/state/semantic-ls/log`, `~/Library/Logs/semantic-ls`, " +
				"`%LocalAppData%\\semantic-ls\\log`); then warnings and errors go to standard error as well, which editors show as the server's output.",
			field: func(s *Settings) any { return &s.Log.File },
		},
		{
			Key: "features.documentSymbols", Type: Boolean, Default: "false",
			Doc: "Answer the editor's outline of a document. Where another language server does so already, " +
				"every definition would be there twice.",
			field: func(s *Settings) any { return &s.Features.DocumentSymbols },
		},
		{
			Key: "features.codeLens", Type: Boolean, Default: "false",
			Doc: "Show above each function how many near-copies, parallel implementations and tests of it there are. " +
				"They are counted when the editor shows the line.",
			field: func(s *Settings) any { return &s.Features.CodeLens },
		},
		{
			Key: "features.codeActions", Type: Boolean, Default: "true",
			Doc:   "Offer to find related code, and duplicates of the code at the cursor, when the editor is asked for code actions.",
			field: func(s *Settings) any { return &s.Features.CodeActions },
		},
		{
			Key: "features.duplicateDiagnostics", Type: Boolean, Default: "false",
			Doc: "Mark functions that are nearly a copy of another, in editors that ask for diagnostics. " +
				"It takes some 40 MB of memory for each million lines of the workspace.",
			field: func(s *Settings) any { return &s.Features.DuplicateDiagnostics },
		},
	}
	for i := range rows {
		rows[i].complete()
	}
	return rows
}

// complete fills in what follows from the rest of the row.
func (r *Setting) complete() {
	if r.Env == nil {
		r.Env = []string{envName(r.Key)}
	}
	switch {
	case r.Accepts != "":
	case r.Values != nil:
		last := len(r.Values) - 1
		r.Accepts = strings.Join(r.Values[:last], ", ") + " or " + r.Values[last]
	case r.Type == Boolean:
		r.Accepts = "true or false"
	case r.Type == Integer:
		r.Accepts = fmt.Sprintf("a whole number from %d to %d", r.Min, r.Max)
	case r.Type == Duration:
		r.Accepts = fmt.Sprintf("a duration from %v to %v, such as 30s or 1m30s", time.Duration(r.Min), time.Duration(r.Max))
	case r.Type == Path:
		r.Accepts = "an absolute path, or one that starts with ~/; a flag may also be relative to the current directory"
	}
}

// envPrefix starts the name of every variable that is ours.
const envPrefix = "SEMANTIC_LS_"

// envName is SEMANTIC_LS_EMBEDDING_BASE_URL for embedding.baseURL.
func envName(key string) string {
	name := []rune(envPrefix)
	lower := false
	for _, c := range key {
		if unicode.IsUpper(c) && lower {
			name = append(name, '_')
		}
		lower = unicode.IsLower(c)
		if c == '.' {
			c = '_'
		}
		name = append(name, unicode.ToUpper(c))
	}
	return string(name)
}
