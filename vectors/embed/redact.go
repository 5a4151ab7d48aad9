package embed

import (
	"math"
	"regexp"
	"strings"
)

// mask stands for what was taken out. It is no word, so it moves no vector.
const mask = "***"

// tokens are secrets that show what they are by their form, wherever they stand.
// The lengths are those of real ones, or less where issuers have varied them. A
// pattern is tried only on texts that hold its hint: that makes redaction 20
// times as fast as one pattern of all.
var tokens = []struct {
	hint    string
	pattern *regexp.Regexp
}{
	{"AKIA", regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`)}, // AWS
	{"ASIA", regexp.MustCompile(`\bASIA[0-9A-Z]{16}\b`)},
	{"gh", regexp.MustCompile(`\bgh[opsur]_[0-9A-Za-z]{20,}`)}, // GitHub
	{"github_pat_", regexp.MustCompile(`\bgithub_pat_\w{22,}`)},
	{"gl", regexp.MustCompile(`\bgl[a-z]{2,5}-[0-9A-Za-z_-]{20,}`)},  // GitLab
	{"sk-", regexp.MustCompile(`\bsk-[0-9A-Za-z_-]{20,}`)},           // OpenAI, Anthropic and kin
	{"k_live_", regexp.MustCompile(`\b[rs]k_live_[0-9A-Za-z]{16,}`)}, // Stripe
	{"k_test_", regexp.MustCompile(`\b[rs]k_test_[0-9A-Za-z]{16,}`)},
	{"whsec_", regexp.MustCompile(`\bwhsec_\w{16,}`)},
	{"xox", regexp.MustCompile(`\bxox[a-z]-[0-9A-Za-z-]{10,}`)}, // Slack
	{"xapp-", regexp.MustCompile(`\bxapp-[0-9A-Za-z-]{10,}`)},
	{"hooks.slack.com/", regexp.MustCompile(`\bhooks\.slack\.com/services/[0-9A-Za-z/]+`)},
	{"AIza", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`)}, // Google
	{"ya29.", regexp.MustCompile(`\bya29\.[0-9A-Za-z_-]{20,}`)},
	{"npm_", regexp.MustCompile(`\bnpm_[0-9A-Za-z]{30,}`)},
	{"pypi-", regexp.MustCompile(`\bpypi-[0-9A-Za-z_-]{40,}`)},
	{"hf_", regexp.MustCompile(`\bhf_[0-9A-Za-z]{30,}`)},
	{"SG.", regexp.MustCompile(`\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}`)},                   // SendGrid
	{"dop_v1_", regexp.MustCompile(`\bdop_v1_[0-9a-f]{40,}`)},                                     // DigitalOcean
	{"eyJ", regexp.MustCompile(`\beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)?`)}, // JWT
}

// bearer is the credential of an HTTP header.
var bearer = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)([0-9a-z._~+/=-]{16,})`)

// keyBegin is the first line of a private key, and keyBody what tells a key from
// code that only names the markers.
var (
	keyBegin = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----`)
	keyBody  = regexp.MustCompile(`[0-9A-Za-z+/]{40}`)
)

// redact masks what looks like a secret: private keys, the tokens of well-known
// issuers, JWTs, passwords in URLs and on command lines, credentials of headers,
// values given to names like password or secret, and random-looking ones given to
// names like key or token. It would rather mask a harmless string than send a secret. It takes
// time linear in the length of text, 0.1 s per MiB at most.
func redact(text string) string {
	text = redactKeys(text)
	for _, t := range tokens {
		if strings.Contains(text, t.hint) {
			text = t.pattern.ReplaceAllString(text, mask)
		}
	}
	text = redactLogins(text)
	if containsFold(text, "bearer") || containsFold(text, "basic") {
		text = bearer.ReplaceAllStringFunc(text, func(s string) string {
			m := bearer.FindStringSubmatch(s)
			if !mixed(m[3]) {
				return s // "basic authentication-related"
			}
			return m[1] + m[2] + mask
		})
	}
	return redactAssignments(text)
}

// mixed tells whether s holds both digits and letters.
func mixed(s string) bool {
	digit, letter := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letter = true
		}
		if digit && letter {
			return true
		}
	}
	return false
}

// random tells whether s looks drawn by lot: 16 characters or more without a
// space, with digits and letters, and of 3 bits or more a character (16 random hex
// digits have 3.4 on average; words with a number repeat their letters more).
func random(s string) bool {
	const (
		shortest = 16
		minBits  = 3
	)
	if len(s) < shortest || !mixed(s) || strings.ContainsAny(s, " \t") {
		return false
	}
	var count [256]uint16 // s is a value or a piece of one, of maxValue bytes at most
	for i := range len(s) {
		count[s[i]]++
	}
	bits := 0.0
	for _, n := range &count {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= minBits
}

// redactKeys masks private keys: what stands between BEGIN and END, or behind a
// BEGIN whose END was cut off; and, without a BEGIN, two or more lines in a row
// that are nothing but base64.
func redactKeys(text string) string {
	return redactLines(redactBlocks(text))
}

// redactBlocks leaves markers alone that enclose no key: code that reads keys
// names them too.
func redactBlocks(text string) string {
	var b strings.Builder
	rest := text
	for {
		m := keyBegin.FindStringIndex(rest)
		if m == nil {
			break
		}
		body := rest[m[1]:]
		end := strings.Index(body, "-----END")
		if end < 0 {
			end = len(body)
		}
		b.WriteString(rest[:m[1]])
		if keyBody.MatchString(body[:end]) {
			b.WriteString(mask)
		} else {
			b.WriteString(body[:end])
		}
		rest = body[end:]
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(rest)
	return b.String()
}

func redactLines(text string) string {
	var b strings.Builder
	held := ""      // a line of base64: the next one decides
	masked := false // the line before was masked, or came before one that was
	changed := false
	for line := range strings.SplitAfterSeq(text, "\n") {
		switch {
		case isKeyLine(line, 60):
			switch {
			case masked:
			case held == "":
				held = line
			default:
				held, masked, changed = "", true, true
				b.WriteString(mask + "\n")
			}
		case masked && isKeyLine(line, 4):
			masked = false
		default:
			b.WriteString(held)
			held, masked = "", false
			b.WriteString(line)
		}
	}
	if !changed {
		return text
	}
	b.WriteString(held)
	return b.String()
}

// isKeyLine tells whether a line, perhaps inside a string literal, holds nothing
// but base64: at least that many characters of it.
func isKeyLine(line string, least int) bool {
	digit := func(c byte) bool { return c != '_' && isWord(c) || c == '+' || c == '/' }
	i := skip(line, 0, len(line), func(c byte) bool { return !digit(c) && c != '=' })
	end := skip(line, i, len(line), digit)
	if end-i < least {
		return false
	}
	for end = skip(line, end, 2, func(c byte) bool { return c == '=' }); end < len(line); end++ {
		switch c := line[end]; {
		case c == '\\' && end+1 < len(line) && (line[end+1] == 'n' || line[end+1] == 'r'):
			end++
		case digit(c) && c != '+' || c == '=':
			return false
		}
	}
	return true
}
