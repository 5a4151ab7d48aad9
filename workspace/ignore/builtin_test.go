package ignore

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBuiltInNames(t *testing.T) {
	top := build(t, `
		venv/pyvenv.cfg x
		rust/Cargo.toml x
		rust/target/
		data.git/HEAD x
		data.git/objects/
	`)
	want := map[string]string{}
	for rule, names := range map[string]string{
		"credentials": `.env .ENV .env.local .env.production prod.env server.pem tls.KEY id_rsa id_rsa.pub ID_RSA id_ed25519
			a.p12 a.pfx a.keystore a.jks .netrc .npmrc .pypirc credentials credentials.json .aws/ .ssh/ .gnupg/
			service-account.json service-account-prod.json terraform.tfstate terraform.tfstate.backup a.kdbx .envrc
			.git-credentials prod.tfvars .aws/config a/.ssh/known_hosts client_secret_1.json`,
		"version control": `.git .git/ .hg/ .svn/ .jj/ .git/HEAD a/.git/x data.git/`,
		"dependencies":    `node_modules/ node_modules/a/b.js bower_components/`,
		"cache":           `.venv/ __pycache__/ .tox/ .mypy_cache/ .idea/ .vscode-test/ .terraform/ .gradle/ .next/ .nuxt/`,
		"virtual":         `venv/ venv/lib/a.py`,
		"build output":    `rust/target/ rust/target/debug/a.rs`,
		"lock file": `package-lock.json yarn.lock pnpm-lock.yaml Cargo.lock go.sum poetry.lock uv.lock composer.lock
			Gemfile.lock flake.lock`,
		"minified": `a.min.js b.min.css app.js.map`,
		"binary": `a.png a.PNG a.zip a.tar.gz a.woff2 a.mp4 a.o a.so liba.so.1.2 a.pyc a.docx a.pdf a.sqlite a.wasm
			.DS_Store a.svg`,
		"": `.env.example .env.sample .env.template .env.local.example example.env a.go credentials/ credentials.go key
			keys/ target/ env/ .github/ .gitignore .hg lock.go yarn.go min.js a.ts a.json README .envoy/ a.git/
			environment.ts package.json tfstate.go a.so.go b.so.x a.map.go .vscode/settings.json venv2/ node_modules
			app.environment id.rsa .sshd`,
	} {
		for name := range strings.FieldsSeq(names) {
			want[name] = rule
		}
	}
	r := root(t, top)
	for name, rule := range want {
		got := r.Path(name, strings.HasSuffix(name, "/"))
		if rule == "" && got.Skipped() || rule != "" && (!strings.HasPrefix(got.Rule, rule) || got.Source != "built-in") {
			t.Errorf("%s: got %q, want %q", name, got, rule)
		}
	}
}

func TestContent(t *testing.T) {
	line := strings.Repeat("x", 1500)
	for _, c := range []struct{ name, file, text, want string }{
		{"empty", "a", "", ""},
		{"text", "a.go", "package a\n\tfunc f() {}\r\n", ""},
		{"Latin-1", "a.txt", "caf\xe9 na\xefve\n", ""},
		{"Shift JIS", "a.txt", "\x93\xfa\x96\x7b\x8c\xea\n", ""},
		{"terminal", "a.txt", strings.Repeat("\x1b[1mbold\x1b[0m\b\f\v\n", 9), ""},
		{"NUL", "a.go", "package a\x00", "binary: NUL byte"},
		{"NUL far behind", "a.go", strings.Repeat("text\n", 1<<16) + "\x00", "binary: NUL byte"},
		{"control", "a", strings.Repeat("ab\x01\x02\x7f", 10), "binary: 30 of the first 50 bytes are control characters"},
		{"one in twenty", "a", strings.Repeat("123456789 123456789\x01", 2), ""},
		{"more", "a", "\x01" + strings.Repeat("123456789 123456789\x01", 2), "binary: 3 of the first 41 bytes are control characters"},
		{"a stray one", "a", strings.Repeat("text ", 20) + "\x01", ""},
		{"long lines", "a.js", strings.Repeat(line+"\n", 20), "minified: 1429 bytes a line on average, more than 1000"},
		{"old Mac", "a.js", strings.Repeat("short\r", 5000), ""},
		{"one line", "a.js", strings.Repeat("x", 10_000), "minified: 10000 bytes a line on average, more than 1000"},
		{"one short line", "a.json", line, ""},
		{"a long line, then short ones", "a.js", strings.Repeat("x", 100_000) + strings.Repeat("y\n", 100), ""},
		{
			"not enough of them", "a.js", strings.Repeat("x", 100_000) + strings.Repeat("y\n", 98),
			"minified: 1012 bytes a line on average, more than 1000",
		},
		{"old Mac, long lines", "a.js", strings.Repeat(line+"\r", 20), "minified: 1429 bytes a line on average, more than 1000"},
		{"one line feed", "a.js", strings.Repeat("short\r", 5000) + "\n", "minified: 15000 bytes a line on average, more than 1000"},
		{"prose", "docs/a.MD", strings.Repeat(line+"\n", 20), ""},
		{"a long line in code", "a.go", line + strings.Repeat("short\n", 5000), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Content(c.file, c.text); got.Rule != c.want {
				t.Errorf("got %q, want %q", got.Rule, c.want)
			}
		})
	}
}

// TestControls: every fast path equals the plain one.
func TestControls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	check := func(text string) {
		t.Helper()
		if got, want := controls(text), controlsBytewise(text); got != want {
			t.Fatalf("%q: %d, want %d", text, got, want)
		}
	}
	for c := range 256 {
		for _, other := range []string{"a", " ", "\x7e", "\x7f", "\x00", "\x80", "\xff", "\x1b"} {
			for at := range 8 {
				check(strings.Repeat(other, at) + string([]byte{byte(c)}) + strings.Repeat(other, 7-at))
			}
		}
	}
	for range 2000 {
		text := make([]byte, random.IntN(40))
		for i := range text {
			text[i] = byte(random.UintN(256) >> random.UintN(8))
		}
		check(string(text))
	}
}
