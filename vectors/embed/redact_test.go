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
		{"compose", "services:\n  db:\n    environment:\n      POSTGRES_DB: shop\n      POSTGRES_PASSWORD: supersecret\n    ports:\n", "supersecret"},
		{"compose, last line", "config compose \n      POSTGRES_PASSWORD: supersecret", "supersecret"},
		{"compose, list", "environment:\n  - POSTGRES_PASSWORD=supersecret\n", "supersecret"},
		{"compose, list of strings", "environment:\n  - \"POSTGRES_PASSWORD=super secret\"\n", "secret\"\n"},
		{"compose, remark", "environment:\n  MYSQL_ROOT_PASSWORD: supersecret # not in production\n", "supersecret"},
		{"YAML, a word", "config database \ndb:\n  host: localhost\n  password: swordfish\n  port: 5432\n", "swordfish"},
		{"YAML, last line", "config database \ndb:\n  user: app\n  password: swordfish", "swordfish"},
		{"YAML, template", "{{- if .Values.db }}\n  password: swordfish\n{{- end }}\n", "swordfish"},
		{"YAML, item", "users:\n- password: swordfish\n  name: bob\n", "swordfish"},
		{"YAML, only line", "password: swordfish", "swordfish"},
		{"properties in YAML", "spring.datasource.password: swordfish\n", "swordfish"},
		{"env, a word", "DB_PASSWORD=correcthorsebattery\nPORT=1\n", "correcthorse"},
		{"env, CRLF", "A=1\r\nDB_PASSWORD=correcthorsebattery\r\nPORT=1\r\n", "correcthorse"},
		{"env, digits", "PGPASSWORD=20240501", "20240501"},
		{"env, brackets", "DB_PASSWORD=ab(cd[ef\n", "(cd"},
		{"env, key", "SECRET_KEY=swordfish\nSECRET_KEY_BASE=swordfish\nDJANGO_SECRET=swordfish", "swordfish"},
		{"env, begins with a sign", "DB_PASSWORD=@swordfish\nFTP_PASSWORD=!swordfish\n", "swordfish"},
		{"shell", "  PGPASSWORD=swordfish psql -h db shop\n", "swordfish"},
		{"shell, function", "start() {\n  export DB_PASSWORD=swordfish\n}\n", "swordfish"},
		{"shell, export", "export DB_PASSWORD=swordfish; run\n", "swordfish"},
		{"shell, lower case", "password=swordfish\nmysql -u root\n", "swordfish"},
		{"Dockerfile", "FROM x\nENV DB_PASSWORD=swordfish DEBUG=1\nENV DB_SECRET swordfish\n", "swordfish"},
		{"docker", "docker run -e MYSQL_ROOT_PASSWORD=my-secret-pw -d mysql", "my-secret-pw"},
		{"systemd", "[Service]\nEnvironment=DB_PASSWORD=swordfish\n", "swordfish"},
		{"Go environment", `cmd.Env = append(os.Environ(), "DB_PASSWORD=swordfish")`, "swordfish"},
		{"makefile", "DB_PASSWORD ?= swordfish\nDB_SECRET := swordfish\n", "swordfish"},
		{"properties", "spring.datasource.username=sa\nspring.datasource.password=swordfish\n", "swordfish"},
		{"properties, blanks", "spring.datasource.password = swordfish\n", "swordfish"},
		{"INI", "[client]\nuser = root\n# the password\npassword = swordfish\nhost = db\n", "swordfish"},
		{"INI, words", "[client]\n  password=correct horse\n", "horse"},
		{"XML, a word", `<password>swordfish</password>`, "swordfish"},
		{"XML, words", "<db:password enc=\"none\">correct horse</db:password>", "horse"},
		{"XML, lines", "<Password>\n  swordfish\n</Password>", "swordfish"},
		{"XML, data", `<password><![CDATA[sword<fish]]></password>`, "fish"},
		{"XML, property", `<property name="hibernate.connection.password">swordfish</property>`, "swordfish"},
		{"XML, value", `<add key="DbPassword" value="swordfish"/>`, "swordfish"},
		{"plist", "<key>password</key>\n\t<string>swordfish</string>", "swordfish"},
		{"ADO", `"Server=db;User=sa;Password=swordfish;"`, "swordfish"},
		{"ADO, last", `c = new SqlConnection("Data Source=db; User Id=sa; Pwd=sword fish");`, "fish"},
		{"ADO, blanks", `"Server = db; Password = swordfish; Pooling = true"`, "swordfish"},
		{"ADO, first", `'Password=correct horse;Server=db'`, "horse"},
		{"ADO in JSON", `  "Default": "Server=db;Database=shop;User Id=sa;Password=swordfish"`, "swordfish"},
		{"ADO in env", "CONNECTION=Server=db;User=sa;Password=swordfish;\n", "swordfish"},
		{"JDBC", "url: jdbc:sqlserver://db:1433;user=sa;password=swordfish;encrypt=true", "swordfish"},
		{"JDBC, query", "spring.datasource.url=jdbc:mysql://db/shop?user=app&password=swordfish&useSSL=false", "swordfish"},
		{"libpq", `"host=db user=app password=swordfish dbname=shop"`, "swordfish"},
		{"libpq, first", `"password=swordfish host=db"`, "swordfish"},
		{"form", `-d 'password=swordfish&user=bob'`, "swordfish"},
		{"curl", "curl -u admin:swordfish https://example.com", "swordfish"},
		{"curl, quoted", `curl -s -u "admin:correct horse" https://example.com`, "horse"},
		{"curl, long", "curl \\\n  --user admin:swordfish \\\n  https://example.com", "swordfish"},
		{"curl, long with =", "curl --user='admin:swordfish'", "swordfish"},
		{"curl, list", `["curl", "-u", "admin:swordfish"]`, "swordfish"},
		{"option", "mysqld --password=swordfish --port=1", "swordfish"},
		{"option in a list", `args = ["--db-password=swordfish"]`, "swordfish"},
		{"option, blank", "tool --password hunter2 --port 1", "hunter2"},
		{"netrc", "machine example.com login bob password swordfish\n", "swordfish"},
		{"netrc, lines", "machine example.com\n  login bob\n  account x\n  password swordfish\n", "swordfish"},
		{"netrc, default", "default login bob password swordfish", "swordfish"},
		{"netrc, without machine", "_ netrc \n  login bob\n  password swordfish\n", "swordfish"},
		{"netrc in shell", `echo "machine example.com login bob password swordfish" > ~/.netrc`, "swordfish"},
		{"URL, @ in the password", "mysql://root:p@ssw0rd1@db", "ssw0rd1"},
		{"URL, signs in the password", "amqp://root:sword#fish?@db:5672/x", "fish"},
		{"URL without user", "redis://:swordfish@cache:6379", "swordfish"},
		{"Go MySQL", `sql.Open("mysql", "root:sword@fish@tcp(db:3306)/shop")`, "fish"},
		{"SQL", "CREATE ROLE app WITH LOGIN ENCRYPTED PASSWORD 'swordfish';", "swordfish"},
		{"SQL, MySQL", "create user app identified by 'swordfish'", "swordfish"},
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
		"$this->password = $password;",
		"$user->password = $request->input('password');",
		"self.password=password",
		"this.password=password",
		"@password = password\nself.password = @password",
		"user.Password = *password",
		"password: form?.password,",
		"const hash = { password: user!.password }",
		"passwordHash = sha256(password)",
		"digest = (password) => sha256(password)",
		"login(\n    user=user,\n    password=password,\n)",
		"login(\n    user=user,\n    password=secret\n)",
		"login(\nuser=user,\npassword=secret\n)",
		"app.config.update(\n    SECRET_KEY=key\n)",
		"connect(USER=user, PASSWORD=password)",
		"override_settings(SECRET_KEY=key)",
		"PASSWORD=password;",
		"const PASSWORD = password",
		"DB_PASSWORD = os.environ.get(DB)",
		"MAX_PASSWORD_LENGTH = 72\nPASSWORD_RESET_URL = reset_url",
		"PASSWORD_MIN_LENGTH=eight\nPASSWORD_FILE=/run/secrets/db",
		"PWD=/home/bob\nOLDPWD=/tmp",
		"DB_PASSWORD=$DB_PASSWORD\nA_PASSWORD=${B}\nC_SECRET=$(cat file)\nD_PASSWORD=%PASSWORD%\nE_PASSWORD=<password>\nF_PASSWORD=\n",
		"environment:\n  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n  OTHER_PASSWORD: {{ .Values.password }}\n",
		"class Settings(BaseSettings):\n    POSTGRES_USER: str\n    POSTGRES_PASSWORD: SecretStr\n    SECRET_KEY: Optional[str]\n    DB_SECRET: str = None\n",
		"@dataclass\nclass Login:\n    user: str\n    password: str\n",
		"@dataclass\nclass Login:\n    user: str\n    password: Password\n",
		"interface Login {\n  user: string\n  password: Secret\n}",
		"type Login {\n  user: String!\n  password: Password\n  age: Int\n}",
		"class Login(\n    val user: String,\n    password: String\n)",
		"return {\n  user: user,\n  password: secret\n}",
		"return {\n  PASSWORD: password\n}",
		"login(user: user,\n      password: secret)",
		"struct Login {\n    user: String,\n    password: String,\n}",
		"password: true\nsecret: false\npassword: required\n",
		"db:\n  password: *password\n  secret: !vault |\n",
		"existing:\n  passwordFile: somewhere\n  secretName: shop\n",
		"PASS: TestLogin",
		"Password: the word that the user has chosen, see below",
		"a password = b secret",
		"// password = the word of the user\n// password: what is typed",
		"The machine asks for login and password before it starts.",
		"Use --password to set it, --password PASSWORD or --password <password>.",
		"docker run -u 1000:1000 -u www:www --user $USER:$GROUP -u \"$USER:$PASSWORD\" image",
		"git push -u origin main:main",
		"touch $(date -u +%Y-%m-%dT%H:%M:%SZ)",
		"type line struct {\n\tmachine  string\n\tlogin    string\n\tpassword string\n}",
		"# the default password callback",
		"Args:\n  http: the client\n  credentials: auth.Credentials.\n",
		"export GOOGLE_APPLICATION_CREDENTIALS=/home/bob/key.json\nexport X_CREDENTIALS=key.json",
		`print("get_credentials=Yes, http=None")`,
		`"""Returns the object identified by 'name'."""`,
		"acl ch -u bob@example.com:R",
		"// adds PWD=dir to the environment",
		`fmt.Sprintf("GOROOT=%v PWD=%v PASSWORD=%v %v", root, dir, password, args)`,
		`// the function identified by "repeat" is overwritten`,
		"e.user=t;e.password=n;return e",
		"var user=a;password=b;c=d",
		`f("a", password=form, "b")`,
		`<Login user="bob" password=form />`,
		"don't set password=form",
		`q := "UPDATE users SET name = $1, password = $2 WHERE id = $3"`,
		`"UPDATE users SET password=? WHERE user=?"`,
		`fmt.Sprintf("user=%s password=%s dbname=%s", user, password, name)`,
		`"Server={0};Password={1};"`,
		`"password=\(password)"`,
		"[features]\nsecret = [\"dep:keyring\"]\n",
		`conn = f"host={host} password={password}"`,
		`<ForgotPassword>Forgot your password?</ForgotPassword>`,
		`<input name="password" type="password" class="wide">`,
		`<label for="password">Password</label><a href="/reset-password">Reset</a>`,
		`<password>${db.password}</password>`,
		"List<Password> passwords = load();",
		"<Password>(form)",
		"https://example.com:8080/users/@bob",
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
// for every name in it. The slowest takes about six times as long as code does; where
// each name of a word reads to the word's end it is 300 times, and where a pattern
// is quadratic the test's own deadline ends it.
func TestRedactIsLinear(t *testing.T) {
	const size, most = 256 << 10, 30
	took := func(unit string) time.Duration {
		text := strings.Repeat(unit, size/len(unit))
		best := time.Duration(math.MaxInt64)
		for range 3 { // the best of three is not disturbed by a busy machine
			start := time.Now()
			if got := redact(text); len(got) > 2*len(text) {
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
		"mysql://root:p@", "PASSWORD=", "PASSWORD=,", "PASSWORD=$,", "?password={", "&password={", "--password={ ", "<password>", "<password ", "password: \n", "password: x\n",
		"password: x,\n", "[a]\npassword = {\n", ";password={", "\"a=b;password={", "'password= ", "password\n", "login x password y ", "login\npassword ", "-u a:", "-u 1:1 ", "@tcp(", "a:@tcp(",
		"\t", strings.Repeat("\t", 200) + "password: x\n", "\n\n\n\npassword: x", "</key>password", "password</key>", `password">`,
		"PASSWORD=x ", "PASSWORD=a, ", "<password><![CDATA[", "password = x\n", "a.b.password = x\n", "password: x # ", "'password=x=", "\"a=b password={ ", "--password a1 ", "ENV A_SECRET $ ",
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
	f.Add("[client]\npassword = x\nDB_PASSWORD: x\nmachine a login b password c\n<password>x</password>\n\"a=b;password=x;\"\n--password=x -u a:b")
	f.Add("<property name=\"password\">x</property>\n<key>password</key><string>x</string>\nENV DB_PASSWORD x\nA_SECRET ?= x\n?password=x&password=y")
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
