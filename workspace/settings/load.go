package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// UserFile returns the path of the user's settings file, settings.json under semantic-ls in the user's
// configuration directory, whether it exists or not; "" if the environment names no such directory.
func UserFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "semantic-ls", "settings.json")
}

// logDirectory returns where this system wants logs to be: the state directory of the XDG base directory
// specification, ~/Library/Logs, %LocalAppData%; "" if the environment names no such directory.
func logDirectory() string {
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("LocalAppData"); filepath.IsAbs(dir) {
			return filepath.Join(dir, "semantic-ls", "log")
		}
		return ""
	case "darwin", "ios":
		if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
			return filepath.Join(home, "Library", "Logs", "semantic-ls")
		}
		return ""
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) { // a relative one is invalid, and to be ignored
		return filepath.Join(dir, "semantic-ls", "log")
	}
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "semantic-ls", "log")
	}
	return ""
}

// Load reads the settings from all sources. Every value is checked, also one that a stronger source
// overrides, and the error has all mistakes at once, one a line: which key, which value, where, and what is
// accepted. With an error the Settings are of no use; the warnings still are.
func Load(from Sources) (Settings, []Warning, error) {
	l := loader{table: Table()}
	l.settings.origins = make(map[string]Origin)
	l.defaults()
	l.file(from.File)
	l.object(from.Editor, Origin{Source: Editor})
	l.environ(from.Environ)
	l.flags(from.Flags)
	if err := errors.Join(l.errs...); err != nil {
		return Settings{}, l.warnings, err
	}
	if err := l.finish(); err != nil {
		return Settings{}, l.warnings, err
	}
	return l.settings, l.warnings, nil
}

type loader struct {
	table    []Setting
	settings Settings
	warnings []Warning
	errs     []error
}

func (l *loader) defaults() {
	for _, row := range l.table {
		if row.Default != "" {
			if err := row.set(&l.settings, row.Default, Origin{}); err != nil {
				l.errs = append(l.errs, err) // a mistake in the table: the package's own tests load it
			}
		}
	}
}

func (l *loader) file(path string) {
	if path == "" {
		return
	}
	data, err := readUserFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		l.errs = append(l.errs, fmt.Errorf("read the user's settings: %w", err))
	default:
		l.object(data, Origin{Source: File, Name: path})
	}
}

// maxUserFile bounds the bytes of the user's file: what all settings take, hundreds of times over.
const maxUserFile = 1 << 20

// readUserFile reads a regular file or a link to one: anything else may have no end, or never begin.
func readUserFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: make it one, or remove it to have the defaults", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxUserFile+1))
	if len(data) > maxUserFile {
		return nil, fmt.Errorf("%s has more than %d bytes, which no settings take: shorten it, or remove it to have the defaults", path, maxUserFile)
	}
	return data, err
}

// object takes the JSON object of the editor or of the user's file.
func (l *loader) object(data []byte, from Origin) {
	pairs, err := flatten(data, func(key string) bool { return l.row(key) != nil })
	if err != nil {
		l.errs = append(l.errs, err.in(data, from))
		return
	}
	seen := make(map[string]bool)
	for _, p := range pairs {
		origin := from
		if from.Source == File {
			origin.Line, _ = place(data, p.offset)
		}
		row := l.row(p.key)
		switch {
		case row == nil && l.isGroup(p.key):
			l.errs = append(l.errs, fmt.Errorf("%s is %s in %v: it accepts an object with %s", p.key, shorten(string(p.raw)), origin, strings.Join(l.group(p.key), ", ")))
			continue
		case row == nil && (from.Source == Editor && isEditors(p.key) || from.Source == File && p.key == schemaKey):
			continue
		case row == nil:
			l.unknown(p.key, origin)
			continue
		case seen[p.key]:
			l.warn(p.key, origin, fmt.Sprintf("%s is set twice in %v: the last one counts", p.key, from.Source.words(from.Name)))
		}
		seen[p.key] = true
		if row.Secret {
			l.errs = append(l.errs, row.misplaced(origin))
			continue
		}
		text, ok := p.text(row.Type)
		if !ok {
			l.errs = append(l.errs, row.refuse(string(p.raw), origin))
			continue
		}
		l.set(row, text, origin)
	}
}

// schemaKey is where JSON editors look for the schema of a file, docs/settings.schema.json.
const schemaKey = "$schema"

// words names a source whole, where an Origin names a line of it.
func (s Source) words(name string) string {
	if s == File {
		return name
	}
	return Origin{Source: s, Name: name}.String()
}

// isEditors tells whether key is one that an editor's plugin keeps for itself beside the server's settings
// and may send along: which program to start, and what to trace.
func isEditors(key string) bool {
	return strings.HasPrefix(key, "server.") || strings.HasPrefix(key, "trace.")
}

func (l *loader) environ(environ []string) {
	values := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			values[name] = value
		}
	}
	var names []string
	for i := range l.table {
		row := &l.table[i]
		names = append(names, row.Env...)
		for _, name := range row.Env {
			if value := values[name]; value != "" {
				l.set(row, value, Origin{Source: Environment, Name: name})
				break
			}
		}
	}
	// Others have variables of this prefix too (scripts, editors): only what looks like a slip is told.
	for _, name := range sortedKeys(values) {
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(names, name) {
			continue
		}
		if near := Nearest(name, names); near != "" {
			l.warn(name, Origin{Source: Environment, Name: name}, fmt.Sprintf("the environment variable %s is no setting: did you mean %s?", name, near))
		}
	}
}

func (l *loader) flags(flags map[string]string) {
	for _, key := range sortedKeys(flags) {
		origin := Origin{Source: CommandLine}
		switch row := l.row(key); {
		case row == nil:
			l.unknown(key, origin)
		case row.Secret:
			l.errs = append(l.errs, row.misplaced(origin))
		default:
			l.set(row, flags[key], origin)
		}
	}
}

func (l *loader) set(row *Setting, text string, origin Origin) {
	if err := row.set(&l.settings, text, origin); err != nil {
		l.errs = append(l.errs, err)
		return
	}
	l.settings.origins[row.Key] = origin
}

// finish fills in the defaults that depend on other settings or on the machine.
func (l *loader) finish() error {
	s := &l.settings
	s.Log.Directory = logDirectory()
	if s.Cache.Directory == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			l.warn("cache.directory", Origin{}, fmt.Sprintf("indexes stay in memory, there is no cache directory: %v: set cache.directory to keep them", err))
		} else {
			s.Cache.Directory = filepath.Join(dir, "semantic-ls")
		}
	}
	if s.Embedding.Provider != ProviderOpenAI {
		s.Embedding.BaseURL = ""
		return nil
	}
	if s.Embedding.BaseURL == "" {
		s.Embedding.BaseURL = defaultBaseURL
	}
	l.keepKeyAtHome()
	if s.Embedding.Model == "" {
		return fmt.Errorf("embedding.model is not set, and embedding.provider is %s in %v: set it to a model of %s (such as text-embedding-3-small), or embedding.provider to %s",
			ProviderOpenAI, s.Origin("embedding.provider"), s.Embedding.BaseURL, ProviderBuiltin)
	}
	return nil
}

func (l *loader) row(key string) *Setting {
	i := slices.IndexFunc(l.table, func(r Setting) bool { return r.Key == key })
	if i < 0 {
		return nil
	}
	return &l.table[i]
}

// group returns the last parts of the keys that start with name and a dot.
func (l *loader) group(name string) []string {
	var rest []string
	for _, r := range l.table {
		if last, ok := strings.CutPrefix(r.Key, name+"."); ok && !r.Secret {
			rest = append(rest, last)
		}
	}
	return rest
}

func (l *loader) isGroup(name string) bool { return len(l.group(name)) > 0 }

func (l *loader) unknown(key string, origin Origin) {
	var keys []string
	for _, r := range l.table {
		keys = append(keys, r.Key)
	}
	text := fmt.Sprintf("%s in %v is no setting", key, origin)
	if near := Nearest(key, keys); near != "" {
		text += fmt.Sprintf(": did you mean %s?", near)
	}
	l.warn(key, origin, text)
}

func (l *loader) warn(key string, origin Origin, text string) {
	l.warnings = append(l.warnings, Warning{Key: key, Origin: origin, Text: text})
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// keepKeyAtHome drops the key that is meant for OpenAI where the embeddings come
// from somewhere else: a variable that another program put there is no consent to
// send it to a third party. It is no mistake either, so nothing is said; a server
// that wants a key says so, and the error names the variable.
func (l *loader) keepKeyAtHome() {
	origin := l.settings.Origin("embedding.key")
	if origin.Name != openAIKey || l.settings.Embedding.Key == "" {
		return
	}
	if base, err := url.Parse(l.settings.Embedding.BaseURL); err == nil && base.Hostname() == "api.openai.com" {
		return
	}
	l.settings.Embedding.Key = ""
}

// openAIKey is the variable that OpenAI's own clients read.
const openAIKey = "OPENAI_API_KEY"
