package settings

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestBadValues(t *testing.T) {
	home(t)
	for _, c := range []struct{ object, want string }{
		{`{"embedding.provider": "opnai"}`, `embedding.provider is "opnai" in F:1: it accepts builtin or openai`},
		{`{"embedding": {"provider": true}}`, `embedding.provider is true in F:1: it accepts builtin or openai`},
		{`{"embedding.provider": ""}`, `embedding.provider is "" in F:1: it accepts builtin or openai`},
		{"{\n\n \"log.level\": 3}", `log.level is 3 in F:3: it accepts debug, info, warn or error`},
		{"\n{\n \"log\":\n {\"level\":\n {\"x\": 1}}}", `log.level is {"x": 1} in F:5: it accepts debug, info, warn or error`},
		{`{"embedding.batchSize": "64"}`, `embedding.batchSize is "64" in F:1: it accepts a whole number from 1 to 2048 (without quotes in JSON)`},
		{`{"embedding.batchSize": 0}`, `embedding.batchSize is 0 in F:1: it accepts a whole number from 1 to 2048 (without quotes in JSON)`},
		{`{"embedding.batchSize": 1.5}`, `embedding.batchSize is 1.5 in F:1: it accepts a whole number from 1 to 2048 (without quotes in JSON)`},
		{`{"index.maxFileSize": -1}`, `index.maxFileSize is -1 in F:1: it accepts a whole number from 1 to 1073741824 (without quotes in JSON)`},
		{`{"index.maxFileSize": 99999999999999999999}`, `index.maxFileSize is 99999999999999999999 in F:1: it accepts a whole number from 1 to 1073741824 (without quotes in JSON)`},
		{`{"embedding.dimensions": [256]}`, `embedding.dimensions is [256] in F:1: it accepts a whole number from 0 to 65536 (without quotes in JSON)`},
		{`{"features.codeLens": "true"}`, `features.codeLens is "true" in F:1: it accepts true or false (without quotes in JSON)`},
		{`{"features.codeLens": 1}`, `features.codeLens is 1 in F:1: it accepts true or false (without quotes in JSON)`},
		{`{"embedding.timeout": 30}`, `embedding.timeout is 30 in F:1: it accepts a duration from 1ms to 1h0m0s, such as 30s or 1m30s`},
		{`{"embedding.timeout": "30"}`, `embedding.timeout is "30" in F:1: it accepts a duration from 1ms to 1h0m0s, such as 30s or 1m30s`},
		{`{"embedding.timeout": "-1s"}`, `embedding.timeout is "-1s" in F:1: it accepts a duration from 1ms to 1h0m0s, such as 30s or 1m30s`},
		{`{"embedding.model": "a b"}`, `embedding.model is "a b" in F:1: it accepts a name without spaces, such as text-embedding-3-small`},
		{`{"cache.directory": "cache"}`, `cache.directory is "cache" in F:1: it accepts an absolute path, or one that starts with ~/; a flag may also be relative to the current directory`},
		{`{"cache.directory": "/a\u0000b"}`, `cache.directory is "/a\x00b" in F:1: it accepts an absolute path, or one that starts with ~/; a flag may also be relative to the current directory`},
		{`{"log": "` + strings.Repeat("x", 200) + `"}`, `log is "` + strings.Repeat("x", 79) + `... in F:1: it accepts an object with level, file`},
		{`{"log.level": "x", "embedding.model": 1}`, "log.level is \"x\" in F:1: it accepts debug, info, warn or error\n" +
			`embedding.model is 1 in F:1: it accepts a name without spaces, such as text-embedding-3-small`},
	} {
		file := userFile(t, c.object)
		_, _, err := Load(Sources{File: file, Flags: map[string]string{"log.level": "info"}}) // overridden, yet told
		wantError(t, err, strings.ReplaceAll(c.want, " F:", " "+file+":"))
	}
	for _, bad := range []string{"localhost:11434", "ftp://x/", "http://", "http:///v1", "https://example.org/v1?x=1", "https://example.org/v1?", "https://example.org/#", "ht tp://x", "https://user@example.org"} {
		_, _, err := Load(Sources{Flags: map[string]string{"embedding.baseURL": bad}})
		if err == nil || !strings.Contains(err.Error(), "http://localhost:11434/v1") {
			t.Errorf("%s: got %v", bad, err)
		}
	}
	_, _, err := Load(Sources{Environ: []string{"SEMANTIC_LS_EMBEDDING_CONCURRENCY=many"}})
	wantError(t, err, `embedding.concurrency is "many" in the environment variable SEMANTIC_LS_EMBEDDING_CONCURRENCY: it accepts a whole number from 1 to 64 (without quotes in JSON)`)
}

func TestBrokenJSON(t *testing.T) {
	home(t)
	const wayOut = ": correct it, or remove the file to have the defaults"
	for _, c := range []struct{ text, want string }{
		{"{\n  \"log.level\": \"info\",\n}", ":3:1: not valid JSON: invalid character '}' looking for beginning of object key string" + wayOut},
		{"{\n  \"log.level\": \"info\"\n", ":3:1: not valid JSON: unexpected end of JSON input" + wayOut},
		{"{\n  // why\n}", ":2:3: not valid JSON: invalid character '/' looking for beginning of object key string: JSON has no comments, remove them"},
		{"\ufeff\n {} {}", ":2:5: not valid JSON: invalid character '{' after top-level value" + wayOut},
		{"\n\n [1]", ":3:2: not a JSON object of settings" + wayOut},
	} {
		file := userFile(t, c.text)
		_, _, err := Load(Sources{File: file})
		wantError(t, err, file+c.want)
	}
	_, _, err := Load(Sources{Editor: json.RawMessage(`{"log": `)})
	wantError(t, err, "the editor's settings are not valid JSON: unexpected end of JSON input")
	_, _, err = Load(Sources{Editor: json.RawMessage(`true`)})
	wantError(t, err, "the editor's settings are not a JSON object of settings")
	dir := t.TempDir()
	_, _, err = Load(Sources{File: dir})
	wantError(t, err, "read the user's settings: "+dir+" is not a regular file: make it one, or remove it to have the defaults")
	for _, nothing := range []string{"", " \n", "null", "{}", "\ufeff{}", "\ufeff"} {
		if _, warnings := load(t, Sources{File: userFile(t, nothing), Editor: json.RawMessage(nothing)}); len(warnings) > 0 {
			t.Errorf("%q: got %v", nothing, warnings)
		}
	}
}

func TestUserFileIsBounded(t *testing.T) {
	home(t)
	const object = `{"log.level": "debug"}`
	for length, want := range map[int]string{
		maxUserFile:     "",
		maxUserFile + 1: "read the user's settings: F has more than 1048576 bytes, which no settings take: shorten it, or remove it to have the defaults",
	} {
		file := userFile(t, object+strings.Repeat(" ", length-len(object)))
		s, _, err := Load(Sources{File: file})
		switch {
		case want != "":
			wantError(t, err, strings.ReplaceAll(want, " F ", " "+file+" "))
		case err != nil || s.Log.Level != "debug":
			t.Errorf("%d bytes: %s, %v", length, s.Log.Level, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	home(t)
	file := userFile(t, "{\"log\": {\"level\": \"info\"},\n \"log.level\": \"warn\"}")
	for _, c := range []struct {
		from Sources
		want string
	}{
		{Sources{Editor: json.RawMessage(`{"embeding": {"provider": "builtin"}}`)}, "embeding.provider in the editor's settings is no setting: did you mean embedding.provider?"},
		{Sources{Editor: json.RawMessage(`{"embedding.baseUrl": "x"}`)}, "embedding.baseUrl in the editor's settings is no setting: did you mean embedding.baseURL?"},
		{Sources{Editor: json.RawMessage(`{"concurrency": 1}`)}, "concurrency in the editor's settings is no setting: did you mean embedding.concurrency?"},
		{Sources{Editor: json.RawMessage(`{"telemetry": true}`)}, "telemetry in the editor's settings is no setting"},
		{Sources{Editor: json.RawMessage(`{"semantic-ls": {"server": {"path": "x"}, "trace.server": "off"}}`)}, ""},
		{Sources{File: userFile(t, `{"server.path": "x"}`)}, "server.path in *:1 is no setting"},
		{Sources{Flags: map[string]string{"log.elvel": "info"}}, "log.elvel in the command line is no setting: did you mean log.level?"},
		{Sources{Environ: []string{"SEMANTIC_LS_LOG_LEVLE=info", "SEMANTIC_LS_BIN=x", "OTHER=1", "broken"}}, "the environment variable SEMANTIC_LS_LOG_LEVLE is no setting: did you mean SEMANTIC_LS_LOG_LEVEL?"},
		{Sources{File: file}, "log.level is set twice in * the last one counts"},
	} {
		s, warnings := load(t, c.from)
		if c.want == "" {
			if len(warnings) > 0 {
				t.Errorf("got %v, want no warning", warnings)
			}
			continue
		}
		before, after, _ := strings.Cut(c.want, "*")
		if len(warnings) != 1 || !strings.HasPrefix(warnings[0].Text, before) || !strings.HasSuffix(warnings[0].Text, after) {
			t.Errorf("got  %v\nwant %s", warnings, c.want)
		}
		if c.from.File == file && s.Log.Level != "warn" {
			t.Errorf("set twice: got %s", s.Log.Level)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"levle", "level", 1}, {"ab", "ba", 1}, {"same", "same", 0}} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%s, %s: %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"log": {"level": "info"}, "semantic-ls.embedding": {"batchSize": 1e3}}`))
	f.Add([]byte("\ufeff{\"\": {\"\": [1, {}]}, \"log\": null}"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		// It must end in settings or in an error, whatever the editor sends.
		s, _, err := Load(Sources{Editor: data, Flags: map[string]string{"cache.directory": filepath.Join(dir, "c")}})
		if err == nil && (s.Embedding.BatchSize < 1 || s.Index.MaxFileSize < 1 || s.Log.Level == "") {
			t.Errorf("%s: got %+v", data, s)
		}
		if !json.Valid([]byte(strings.TrimPrefix(string(data), "\ufeff"))) && strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")) != "" && err == nil {
			t.Errorf("accepted %q", data)
		}
	})
}
