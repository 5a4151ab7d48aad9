package settings

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// home gives the test a machine of its own and returns its home directory.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, dir)
	}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	t.Setenv("LocalAppData", filepath.Join(dir, "cache"))
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	t.Setenv("AppData", filepath.Join(dir, "config"))
	return dir
}

// userFile writes the user's file.
func userFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load fails the test on an error.
func load(t *testing.T, from Sources) (Settings, []Warning) {
	t.Helper()
	s, warnings, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return s, warnings
}

func TestDefaults(t *testing.T) {
	dir := home(t)
	logs := filepath.Join(dir, "state", "semantic-ls", "log")
	switch runtime.GOOS {
	case "windows":
		logs = filepath.Join(dir, "cache", "semantic-ls", "log")
	case "darwin":
		logs = filepath.Join(dir, "Library", "Logs", "semantic-ls")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	s, warnings := load(t, Sources{File: filepath.Join(t.TempDir(), "missing.json")})
	want := Settings{
		Embedding: Embedding{Provider: "builtin", BatchSize: 64, Concurrency: 4, Timeout: 30 * time.Second},
		Index:     Index{MaxFileSize: 1 << 20},
		Cache:     Cache{Directory: filepath.Join(cache, "semantic-ls"), VectorBytes: 2 << 30},
		Log:       Log{Level: "info", Directory: logs},
	}
	if s.Embedding != want.Embedding || s.Index != want.Index || s.Cache != want.Cache || s.Log != want.Log {
		t.Errorf("got %+v, want %+v", s, want)
	}
	if len(warnings) > 0 || s.Origin("log.level") != (Origin{}) || s.Origin("log.level").String() != "the defaults" {
		t.Errorf("warnings %v, origin %v", warnings, s.Origin("log.level"))
	}
}

// Every setting can be shown, and a key cannot be.
func TestValue(t *testing.T) {
	home(t)
	s, _ := load(t, Sources{Flags: map[string]string{"embedding.model": "m", "embedding.timeout": "90s", "index.maxFileSize": "7"}, Environ: []string{"SEMANTIC_LS_EMBEDDING_KEY=sk-1"}})
	want := map[string]string{"embedding.model": "m", "embedding.timeout": "1m30s", "index.maxFileSize": "7", "embedding.key": "set", "log.level": "info", "embedding.batchSize": "64", "log.file": ""}
	for _, row := range Table() {
		got := s.Value(row.Key)
		if value, ok := want[row.Key]; ok && got != value {
			t.Errorf("%s is %q, want %q", row.Key, got, value)
		}
		if strings.Contains(got, "sk-1") {
			t.Errorf("%s shows the key", row.Key)
		}
	}
	s, _ = load(t, Sources{})
	if got := s.Value("embedding.key"); got != "" {
		t.Errorf("without a key: %q", got)
	}
}

// The specification: a relative path is invalid, and to be ignored.
func TestTheStateDirectoryIsAbsolute(t *testing.T) {
	dir := home(t)
	for _, state := range []string{"", "relative"} {
		t.Setenv("XDG_STATE_HOME", state)
		s, _ := load(t, Sources{})
		if !filepath.IsAbs(s.Log.Directory) || !strings.HasPrefix(s.Log.Directory, dir) {
			t.Errorf("XDG_STATE_HOME=%q: logs in %q", state, s.Log.Directory)
		}
	}
	for _, name := range []string{"HOME", "USERPROFILE", "XDG_STATE_HOME", "LocalAppData", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	if s, _ := load(t, Sources{Flags: map[string]string{"cache.directory": dir}}); s.Log.Directory != "" {
		t.Errorf("without a home: logs in %q", s.Log.Directory)
	}
}

func TestOpenAIDefaults(t *testing.T) {
	home(t)
	s, _ := load(t, Sources{Flags: map[string]string{"embedding.provider": "openai", "embedding.model": "m"}})
	if s.Embedding.BaseURL != "https://api.openai.com/v1" {
		t.Errorf("got %q", s.Embedding.BaseURL)
	}
	_, _, err := Load(Sources{Flags: map[string]string{"embedding.provider": "openai"}})
	wantError(t, err, "embedding.model is not set, and embedding.provider is openai in the command line: set it to a model of "+
		"https://api.openai.com/v1 (such as text-embedding-3-small), or embedding.provider to builtin")
}

func TestPrecedence(t *testing.T) {
	home(t)
	file := userFile(t, "{\n  \"log.level\": \"debug\"\n}")
	from := Sources{File: file}
	check := func(level, origin string) {
		t.Helper()
		s, warnings := load(t, from)
		if s.Log.Level != level || s.Origin("log.level").String() != origin || len(warnings) > 0 {
			t.Errorf("got %s from %v, warnings %v; want %s from %s", s.Log.Level, s.Origin("log.level"), warnings, level, origin)
		}
	}
	check("debug", file+":2")
	from.Editor = json.RawMessage(`{"log": {"level": "warn"}}`)
	check("warn", "the editor's settings")
	from.Environ = []string{"SEMANTIC_LS_LOG_LEVEL=error"}
	check("error", "the environment variable SEMANTIC_LS_LOG_LEVEL")
	from.Flags = map[string]string{"log.level": "info"}
	check("info", "the command line")
	from.Flags, from.Environ, from.Editor = nil, []string{"SEMANTIC_LS_LOG_LEVEL="}, json.RawMessage(`{"log": {"level": null}}`)
	check("debug", file+":2") // empty and null are not set
}

// TestEverySettingFromEverySource: a row that forgets its field, its variable or its check shows here.
func TestEverySettingFromEverySource(t *testing.T) {
	dir := home(t)
	path := filepath.Join(dir, "some", "where")
	literal, _ := json.Marshal(path)
	values := map[string][3]string{ // as text, in JSON, as Go prints the field
		"embedding.provider":    {"openai", `"openai"`, "openai"},
		"embedding.modelFile":   {path, string(literal), path},
		"embedding.baseURL":     {"http://[::1]:8080/v1/", `"http://[::1]:8080/v1/"`, "http://[::1]:8080/v1"},
		"embedding.model":       {"nomic-embed-text:v1.5", `"nomic-embed-text:v1.5"`, "nomic-embed-text:v1.5"},
		"embedding.dimensions":  {"256", `256`, "256"},
		"embedding.batchSize":   {"8", `8`, "8"},
		"embedding.concurrency": {"2", `2`, "2"},
		"embedding.timeout":     {"1m30s", `"1m30s"`, "1m30s"},
		"embedding.key":         {"sk-secret", ``, "sk-secret"},
		"index.maxFileSize":     {"4096", `4096`, "4096"},
		"cache.directory":       {path, string(literal), path},
		"cache.vectorBytes":     {"1048576", `1048576`, "1048576"},
		"log.level":             {"debug", `"debug"`, "debug"},
		"log.file":              {path, string(literal), path},

		"features.documentSymbols":      {"true", `true`, "true"},
		"features.codeLens":             {"true", `true`, "true"},
		"features.codeActions":          {"false", `false`, "false"},
		"features.duplicateDiagnostics": {"true", `true`, "true"},
	}
	for _, row := range Table() {
		v, ok := values[row.Key]
		if !ok {
			t.Errorf("%s has no value in this test", row.Key)
			continue
		}
		others := map[string]string{} // what it takes for the combination to be valid
		if strings.HasPrefix(row.Key, "embedding.") {
			for _, key := range []string{"embedding.provider", "embedding.model"} {
				if key != row.Key {
					others[key] = values[key][0]
				}
			}
		}
		check := func(from Sources, source Source) {
			t.Helper()
			s, warnings := load(t, from)
			got := fmt.Sprint(deref(row.field(&s)))
			if got != v[2] || s.Origin(row.Key).Source != source || len(warnings) > 0 {
				t.Errorf("%s: got %s from %v, warnings %v", row.Key, got, s.Origin(row.Key), warnings)
			}
		}
		for _, name := range row.Env {
			check(Sources{Flags: others, Environ: []string{name + "=" + v[0]}}, Environment)
		}
		if row.Secret {
			continue
		}
		parts := strings.SplitN(row.Key, ".", 2)
		nested := fmt.Sprintf(`{%q: {%q: %s}}`, parts[0], parts[1], v[1])
		dotted := fmt.Sprintf(`{%q: %s}`, row.Key, v[1])
		for _, object := range []string{nested, dotted, `{"semantic-ls": ` + nested + `}`, `{"semantic-ls": ` + dotted + `}`, strings.Replace(dotted, `"`, `"semantic-ls.`, 1)} {
			check(Sources{Flags: others, Editor: json.RawMessage(object)}, Editor)
			check(Sources{Flags: others, File: userFile(t, object)}, File)
		}
		flags := map[string]string{row.Key: v[0]}
		for key, value := range others {
			flags[key] = value
		}
		check(Sources{Flags: flags}, CommandLine)
	}
	if len(values) != len(Table()) {
		t.Errorf("%d values for %d settings", len(values), len(Table()))
	}
}

func deref(field any) any {
	switch f := field.(type) {
	case *string:
		return *f
	case *int:
		return *f
	case *int64:
		return *f
	case *bool:
		return *f
	case *time.Duration:
		return *f
	}
	return nil
}

func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, row := range Table() {
		if row.Doc == "" || row.Accepts == "" || row.Type == Text && row.Values == nil && row.check == nil {
			t.Errorf("%s is incomplete: %+v", row.Key, row)
		}
		if !slices.Contains(row.Env, envName(row.Key)) {
			t.Errorf("%s is not read from %s", row.Key, envName(row.Key))
		}
		for _, name := range append(row.Env, row.Key) {
			if names[name] {
				t.Errorf("%s is used twice", name)
			}
			names[name] = true
		}
	}
	for key, want := range map[string]string{"embedding.baseURL": "SEMANTIC_LS_EMBEDDING_BASE_URL", "index.maxFileSize": "SEMANTIC_LS_INDEX_MAX_FILE_SIZE", "log.level": "SEMANTIC_LS_LOG_LEVEL"} {
		if got := envName(key); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
	// What a workspace must not choose: where its text goes, and which files are written.
	for _, row := range Table() {
		if want := slices.Contains([]string{"embedding.provider", "embedding.modelFile", "embedding.baseURL", "embedding.key", "embedding.model", "embedding.dimensions", "cache.directory", "cache.vectorBytes", "log.file"}, row.Key); row.Machine != want {
			t.Errorf("%s: Machine is %v", row.Key, row.Machine)
		}
	}
}

func TestOpenAIsKeyGoesToOpenAIOnly(t *testing.T) {
	home(t)
	for _, c := range []struct{ baseURL, variable, want string }{
		{"", "OPENAI_API_KEY", "secret"},
		{"https://api.openai.com/v1", "OPENAI_API_KEY", "secret"},
		{"http://127.0.0.1:11434/v1", "OPENAI_API_KEY", ""},
		{"https://api.openai.com.example.org/v1", "OPENAI_API_KEY", ""},
		{"http://127.0.0.1:11434/v1", "SEMANTIC_LS_EMBEDDING_KEY", "secret"},
	} {
		flags := map[string]string{"embedding.provider": "openai", "embedding.model": "m"}
		if c.baseURL != "" {
			flags["embedding.baseURL"] = c.baseURL
		}
		s, warnings := load(t, Sources{Environ: []string{c.variable + "=secret"}, Flags: flags})
		if s.Embedding.Key != c.want || len(warnings) > 0 {
			t.Errorf("%+v: key %q, warnings %v", c, s.Embedding.Key, warnings)
		}
	}
}

func TestKey(t *testing.T) {
	home(t)
	for _, c := range []struct {
		environ []string
		want    string
	}{
		{nil, ""},
		{[]string{"OPENAI_API_KEY=theirs"}, "theirs"},
		{[]string{"OPENAI_API_KEY=theirs", "SEMANTIC_LS_EMBEDDING_KEY=ours"}, "ours"},
		{[]string{"OPENAI_API_KEY=theirs\n", "SEMANTIC_LS_EMBEDDING_KEY="}, "theirs"},
	} {
		s, _ := load(t, Sources{Environ: c.environ})
		if s.Embedding.Key != c.want {
			t.Errorf("%q: got %q", c.environ, s.Embedding.Key)
		}
	}
	const secret = "sk-very-secret"
	file := userFile(t, "{\n\"embedding\": {\"key\":\n \""+secret+"\"}}")
	for _, from := range []Sources{
		{File: file},
		{Editor: json.RawMessage(`{"embedding.key": "` + secret + `"}`)},
		{Flags: map[string]string{"embedding.key": secret}},
		{Environ: []string{"OPENAI_API_KEY=" + secret + " and a comment"}},
		{Editor: json.RawMessage(`{"embedding.key": "` + secret + `",}`)},
		{Flags: map[string]string{"embedding.baseURL": "https://me:" + secret + "@example.org/v1"}},
		{Flags: map[string]string{"embedding.baseURL": "https://me:" + secret + "%zz@example.org/v1"}},
		{Editor: json.RawMessage(`{"embedding": {"baseURL": ["https://me:` + secret + `@example.org/v1"]}}`)},
		{Editor: json.RawMessage(`{"embedding": "https:\/\/me:` + secret + `@example.org/v1"}`)},
	} {
		_, _, err := Load(from)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v", err)
		}
	}
	_, _, err := Load(Sources{File: file})
	wantError(t, err, "embedding.key in "+file+":3: a key is read from the environment only: remove it there, and set SEMANTIC_LS_EMBEDDING_KEY or OPENAI_API_KEY")

	s, _ := load(t, Sources{Environ: []string{"OPENAI_API_KEY=" + secret}})
	out, _ := json.Marshal(s)
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%v", &s.Embedding), string(out)} {
		if strings.Contains(printed, secret) {
			t.Errorf("the key was printed: %s", printed)
		}
	}
	if !strings.Contains(s.Embedding.String(), "Provider:builtin") || !strings.Contains(s.Embedding.String(), "hidden") {
		t.Errorf("got %v", s.Embedding)
	}
}

func TestPaths(t *testing.T) {
	dir := home(t)
	s, _ := load(t, Sources{Editor: json.RawMessage(`{"log.file": "~/logs//x.log"}`)})
	if s.Log.File != filepath.Join(dir, "logs", "x.log") {
		t.Errorf("got %s", s.Log.File)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	s, _ = load(t, Sources{Flags: map[string]string{"log.file": "x.log"}, Environ: []string{"SEMANTIC_LS_CACHE_DIRECTORY=~/c"}})
	if s.Log.File != filepath.Join(wd, "x.log") || s.Cache.Directory != filepath.Join(dir, "c") {
		t.Errorf("got %s and %s", s.Log.File, s.Cache.Directory)
	}
	s, _ = load(t, Sources{Editor: json.RawMessage(`{"log.file": ""}`), File: userFile(t, `{"log.file": "~/x"}`)})
	if s.Log.File != "" {
		t.Errorf("an empty text does not take the file's value away: %s", s.Log.File)
	}
	if got := UserFile(); !strings.HasPrefix(got, dir) || !strings.HasSuffix(got, filepath.Join("semantic-ls", "settings.json")) {
		t.Errorf("the user's file is %s", got)
	}
}

// Only who types a flag stands in a directory: elsewhere a relative path would be another one in every workspace.
func TestRelativePathsAreForFlags(t *testing.T) {
	home(t)
	file := userFile(t, `{"cache.directory": "c"}`)
	for place, from := range map[string]Sources{
		"the environment variable SEMANTIC_LS_CACHE_DIRECTORY": {Environ: []string{"SEMANTIC_LS_CACHE_DIRECTORY=c"}},
		"the editor's settings":                                {Editor: json.RawMessage(`{"cache": {"directory": "c"}}`)},
		file + ":1":                                            {File: file},
	} {
		_, _, err := Load(from)
		wantError(t, err, `cache.directory is "c" in `+place+`: it accepts an absolute path, or one that starts with ~/; a flag may also be relative to the current directory`)
	}
}

// TestNoHome: without directories of the user everything works in memory, and says so.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "USERPROFILE", "XDG_CACHE_HOME", "LocalAppData", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, "")
	}
	s, warnings := load(t, Sources{File: UserFile()})
	if s.Cache.Directory != "" || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "set cache.directory") {
		t.Errorf("got %q, warnings %v", s.Cache.Directory, warnings)
	}
	_, _, err := Load(Sources{Flags: map[string]string{"log.file": "~/x"}})
	wantError(t, err, `log.file is "~/x" in the command line: it accepts an absolute path, or one that starts with ~/; a flag may also be relative to the current directory`)
}
