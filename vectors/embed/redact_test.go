package embed

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

// key is 64 characters of base64 a line, as openssl writes it.
const keyText = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n" +
	"MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n" +
	"NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZ\nqgtzJ6GR3eqoYSW9b9UMvkBpZODSctWS\n"

const codeText = "func (s *Server) authenticate(ctx context.Context, token string) (*User, error) {\n\treturn s.users.ByToken(ctx, token)\n}\n"

func TestRedactMasks(t *testing.T) {
	for _, c := range []struct{ what, text, secret string }{
		{"private key", "x\n-----BEGIN RSA PRIVATE KEY-----\n" + keyText + "-----END RSA PRIVATE KEY-----\ny", "MIIEvQ"},
		{"private key, last line", "-----BEGIN PRIVATE KEY-----\n" + keyText + "-----END PRIVATE KEY-----", "qgtzJ6GR"},
		{"private key without end", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + keyText, "NMoSfm76"},
		{"private key without begin", keyText + "-----END PRIVATE KEY-----\n", "qgtzJ6GR"},
		{"middle of a private key", keyText, "MzEfYyji"},
		{"private key in a literal", `key := "-----BEGIN EC PRIVATE KEY-----\n` + strings.ReplaceAll(keyText, "\n", `\n`) + `-----END EC PRIVATE KEY-----\n"`, "NMoSfm76"},
		{"private key in lines of literals", `"` + strings.ReplaceAll(keyText, "\n", "\\n\" +\n\"") + `"`, "MzEfYyji"},
		{"PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" + keyText + "-----END PGP PRIVATE KEY BLOCK-----", "MIIEvQ"},
		{"AWS", "aws configure set id AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"},
		{"AWS secret", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"},
		{"GitHub", "git clone with ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7"},
		{"GitHub, fine-grained", `curl -H "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ"`, "11ABCDEFG0"},
		{"OpenAI", "call(sk-proj-abcdefghijklmnop1234567890)", "abcdefghijklmnop"},
		{"Slack", "notify xoxb-123456789012-abcdefGHIJKL", "123456789012"},
		{"Stripe", "charge(sk_live_4eC39HqLyjWDarjtT1zdp7dc)", "4eC39HqL"},
		{"Google", "maps?v=3&AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "SyDaGmWK"},
		{"JWT", "cookie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "dozjgNry"},
		{"JWT cut off", "cookie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0", "eyJzdWIi"},
		{"URL", "postgres://app:hunter2@db.internal:5432/shop", "hunter2"},
		{"bearer", "Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA", "2YotnFZF"},
		{"basic", `req.Header.Set("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZTEy")`, "QWxhZGRp"},
		{"Go", `const password = "correct horse"`, "correct horse"},
		{"Go, short", `password := "x"`, `"x"`},
		{"Go, typed", `const dbPassword string = "swordfish"`, "swordfish"},
		{"Rust", `let passphrase: &str = "swordfish";`, "swordfish"},
		{"TypeScript", `private clientSecret: string = 'swordfish'`, "swordfish"},
		{"JSON", `{"user": "bob", "password": "sword\"fish"}`, "fish"},
		{"YAML", "db:\n  password: hunter2\n", "hunter2"},
		{"env", "export DB_PASSWORD=hunter2\nPORT=1", "hunter2"},
		{"env, short", "DB_PASS=hunter2\nFTP_PASS=x9!\n", "hunter2"},
		{"pass", `{"pass": "swordfish"}`, "swordfish"},
		{"connection string", `"host=db user=app password=hunter22 dbname=shop"`, "hunter22"},
		{"call", `client.SetPassword("swordfish")`, "swordfish"},
		{"two arguments", `os.Setenv("DB_PASSWORD", "swordfish")`, "swordfish"},
		{"comparison", `if password == "swordfish" {`, "swordfish"},
		{"index", `config['secret'] = 'swordfish'`, "swordfish"},
		{"XML", `<password>hunter22</password>`, "hunter22"},
		{"token", `const apiToken = "9f86d081884c7d659a2feaa0c55ad015"`, "9f86d081"},
		{"API key", `API_KEY: "a8Fk3LmQ92xZpW7vT4rB"`, "a8Fk3LmQ"},
		{"key", `signingKey = []byte("k3J9fLq0Zx7Vb2Nm5Tc8")`, "k3J9fLq0"},
	} {
		got := redact(c.text)
		if strings.Contains(got, c.secret) || !strings.Contains(got, mask) {
			t.Errorf("%s: %q became %q", c.what, c.text, got)
		}
		if again := redact(got); again != got {
			t.Errorf("%s: redacted twice: %q, once: %q", c.what, again, got)
		}
	}
}

// Code that only talks about secrets is what people search for.
func TestRedactLeavesCodeAlone(t *testing.T) {
	for _, text := range []string{
		"",
		"func checkPassword(user *User, password string) (bool, error) {\n\treturn compare(user.passwordHash, digest(password))\n}",
		"password = getPassword()",
		"self.password = password",
		"login(user=user, password=password)",
		`password := ""`,
		"password: string;",
		"let password: String = form.password;",
		"if token == nil { return errNoToken }",
		`key := "user_id"`,
		`return fmt.Errorf("no such key: %q", key)`,
		`tokenType = "identifier"`,
		"for key, value := range headers {",
		`const beginMarker = "-----BEGIN PRIVATE KEY-----"` + "\n" + `const endMarker = "-----END PRIVATE KEY-----"`,
		`if strings.HasPrefix(line, "-----BEGIN RSA PRIVATE KEY-----") { return parsePKCS1(rest) }`,
		"// basic authentication-related helpers and bearer authentication-schemes",
		"https://example.com:8080/path?user=bob@example.com",
		"x := AKIA",
		"sk-learn and task-runner-with-a-long-name",
		"a line\r\nanother line\r\n",
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop\nshort\n",
	} {
		if got := redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Texts that make a careless pattern or search quadratic, or read each word again
// for every name in it. The slowest takes six times as long as code does; where
// each name of a word reads to the word's end it is 300 times, and where a pattern
// is quadratic the test's own deadline ends it.
func TestRedactIsLinear(t *testing.T) {
	const size, most = 512 << 10, 30
	took := func(unit string) time.Duration {
		text := strings.Repeat(unit, size/len(unit))
		best := time.Duration(math.MaxInt64)
		for range 3 { // the best of three is not disturbed by a busy machine
			start := time.Now()
			if got := redact(text); len(got) > len(text)+len(mask) {
				t.Errorf("%.20q: %d bytes became %d", unit, len(text), len(got))
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	plain := took(codeText)
	for _, unit := range []string{
		"password", "password=", `password="`, "password='\"", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "-----END PRIVATE KEY-----\n",
		"eyJabcdefgh.", "://a:", "bearer ", "key = ", strings.Repeat("A", 64) + "\n", `"\`, "token: [[[[", "AKIA", "x",
		"key:", `"key:"`, "k1:key:", "password:", "key", "key" + strings.Repeat(" ", maxBlanks),
	} {
		if got := took(unit); got > most*plain {
			t.Errorf("%.20q: %v, code of that size: %v", unit, got, plain)
		}
	}
}

func TestIsKeyLine(t *testing.T) {
	plain := regexp.MustCompile(`^[^0-9A-Za-z+/=]*[0-9A-Za-z+/]{5,}={0,2}(?:\\[nr]|[^0-9A-Za-z/=])*$`)
	random := rand.New(rand.NewPCG(1, 2))
	bytes := []rune("aaaaaaaaZ0+/==\\nr\" \n_-é")
	for range 100_000 {
		line := make([]rune, random.IntN(14))
		for i := range line {
			line[i] = bytes[random.IntN(len(bytes))]
		}
		if got := isKeyLine(string(line), 5); got != plain.MatchString(string(line)) {
			t.Fatalf("%q: %v", string(line), got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add(`password = "x"`)
	f.Add("-----BEGIN PRIVATE KEY-----\n" + keyText)
	f.Add("a://b:c@d\nBearer 1234567890abcdef")
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
		if got := redact(text + "\n" + secret + "\n" + text); strings.Contains(got, secret) {
			t.Errorf("%q hides a token", text)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat(codeText, 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		redact(text)
	}
}
