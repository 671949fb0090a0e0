// Package secret recognises credentials that stand in files as text: tokens of a known shape, values of keys that
// are named like secrets, and passwords in addresses. It is made to be quiet: placeholders, references to variables
// and examples are no secrets.
package secret

import (
	"math"
	"regexp"
	"strings"
)

// Match is one credential in a text.
type Match struct {
	What       string // "GitHub token"
	Start, End int
}

// shape is a kind of credential that can be told by its form alone.
type shape struct {
	what    string
	literal string // a text that must be there, so that the expression need not be tried
	re      *regexp.Regexp
}

// shapes are the forms that providers document for their tokens.
var shapes = []shape{
	{"AWS access key", "A", regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"GitHub token", "gh", regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36,255}\b`)},
	{"GitHub token", "github_pat_", regexp.MustCompile(`\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b`)},
	{"GitLab token", "gl", regexp.MustCompile(`\bgl(?:pat|rt|dt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,}\b`)},
	{"Slack token", "xox", regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{10,}\b`)},
	{"Slack webhook", "hooks.slack.com", regexp.MustCompile(`hooks\.slack\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]{20,}`)},
	{"Google API key", "AIza", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}\b`)},
	{"Stripe key", "k_live_", regexp.MustCompile(`\b[sr]k_live_[0-9A-Za-z]{20,}\b`)},
	{"npm token", "npm_", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`)},
	{"PyPI token", "pypi-", regexp.MustCompile(`\bpypi-[A-Za-z0-9_-]{50,}`)},
	{"Docker Hub token", "dckr_pat_", regexp.MustCompile(`\bdckr_pat_[A-Za-z0-9_-]{20,}\b`)},
	{"SendGrid key", "SG.", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b`)},
	{"DigitalOcean token", "do", regexp.MustCompile(`\bdo[opr]_v1_[a-f0-9]{64}\b`)},
	{"Hugging Face token", "hf_", regexp.MustCompile(`\bhf_[A-Za-z0-9]{34,}\b`)},
	{"OpenAI key", "sk-", regexp.MustCompile(`\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}\b`)},
	{"Anthropic key", "sk-ant-", regexp.MustCompile(`\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}\b`)},
	{"private key", "PRIVATE KEY", regexp.MustCompile(`-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----`)},
	{"JSON web token", "eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}\b`)},
}

// address is a URL with a user and a password.
var address = regexp.MustCompile(`\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@'"<>]{0,100}:([^\s/@'"<>]{1,200})@[A-Za-z0-9\[_.${-]`)

// Find looks for credentials in a text by their form: known tokens, and passwords in addresses.
func Find(text string) []Match {
	var out []Match
	for _, s := range shapes {
		if !strings.Contains(text, s.literal) {
			continue
		}
		for _, m := range s.re.FindAllStringIndex(text, 20) {
			if !documented(text[m[0]:m[1]]) {
				out = append(out, Match{s.what, m[0], m[1]})
			}
		}
	}
	if strings.Contains(text, "://") {
		for _, m := range address.FindAllStringSubmatchIndex(text, 20) {
			if v := text[m[2]:m[3]]; !IsPlaceholder(v) {
				out = append(out, Match{"password in an address", m[2], m[3]})
			}
		}
	}
	return out
}

// documented tells whether a token is one that its provider uses in documentation, or plainly a dummy.
func documented(token string) bool {
	return strings.HasSuffix(token, "EXAMPLE") || strings.Contains(strings.ToLower(token), "xxxxxx") || strings.Contains(token, "000000000000")
}

// words of a key that name a secret, and words that show that the key only speaks about one.
var (
	secretWord = regexp.MustCompile(`(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|SECRET_KEY|ENCRYPTION_KEY|SIGNING_KEY|AUTH_KEY|CREDENTIALS?|AUTH)(?:_?[0-9]+)?$`)
	aboutWord  = regexp.MustCompile(`(?:^|_)(?:FILE|PATH|DIR|NAME|URL|URI|HOST|TTL|LENGTH|SIZE|EXPIRES|EXPIRY|EXPIRATION|TYPE|POLICY|PUBLIC|HEADER|FIELD|ALGORITHM|ALG|ENABLED|REQUIRED|MIN|MAX|TIMEOUT|ID|ISSUER|AUDIENCE|ENDPOINT|METHOD|PROVIDER|MODE)$`)
	camel      = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// IsKey tells whether a key is named like one that holds a secret: DB_PASSWORD, apiKey, AUTH_TOKEN; not
// POSTGRES_PASSWORD_FILE, TOKEN_TTL or OLDPWD.
func IsKey(name string) bool {
	n := strings.ToUpper(camel.ReplaceAllString(name, "${1}_${2}"))
	n = strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(n)
	switch n {
	case "PWD", "OLDPWD", "AUTH", "SSH_AUTH", "XAUTH":
		return false
	}
	if strings.HasSuffix(n, "_AUTH") || strings.HasPrefix(n, "ALLOW_EMPTY") || strings.Contains(n, "PUBLIC") || strings.Contains(n, "RANDOM_ROOT") {
		return strings.HasSuffix(n, "BASIC_AUTH") || strings.HasSuffix(n, "_REGISTRY_AUTH")
	}
	return secretWord.MatchString(n) && !aboutWord.MatchString(n)
}

// placeholders are words that stand where a secret will be, and values that are no secret.
var placeholder = regexp.MustCompile(`(?i)^(?:|true|false|yes|no|on|off|null|none|nil|empty|unset|undefined|0|1|\*+|x+|\.+|-+|` +
	`change[-_ ]?(?:me|it|this)[-_!0-9a-z]*|replace[-_ ]?(?:me|with|this).*|your[-_ ].*|my[-_ ]?(?:secret|password|token).*example.*|todo|tbd|fixme|` +
	`example.*|placeholder.*|dummy.*|redacted|insert.*here|<.*>|\[.*\]|\{\{.*\}\}|%[a-z_]+%|__.*__|enter[-_ ].*)$`)

var reference = regexp.MustCompile(`^(?:\$|!Ref|!Sub|!reference|vault:|op://|arn:|ref\+|ssm:|secretKeyRef|file:|/run/secrets/|/var/run/secrets/|/etc/|\./|/)`)

// IsPlaceholder tells whether a value is none: empty, a reference to a variable or a file, or a word that says so.
func IsPlaceholder(v string) bool {
	v = strings.TrimSpace(strings.Trim(strings.TrimSpace(v), `"'`))
	return placeholder.MatchString(v) || reference.MatchString(v) || strings.Contains(v, "${") || strings.Contains(v, "$(") || strings.Contains(v, "{{")
}

// IsLiteral tells whether the value of a key named like a secret is the secret itself.
func IsLiteral(key, value string) bool {
	return IsKey(key) && !IsPlaceholder(value) && !isDigits(value)
}

// isDigits holds for numbers that are settings: "TOKEN=3600" is no token.
func isDigits(v string) bool {
	return len(v) < 6 && strings.Trim(v, "0123456789") == ""
}

// Entropy is how many bits each character of a text carries.
func Entropy(s string) float64 {
	if s == "" {
		return 0
	}
	var count [256]int
	for i := range len(s) {
		count[s[i]]++
	}
	h := 0.0
	for _, c := range count {
		if c > 0 {
			p := float64(c) / float64(len(s))
			h -= p * math.Log2(p)
		}
	}
	return h
}

// Masked is a value that may be printed: never more than its first four characters, and those only of a long one.
func Masked(v string) string {
	if len(v) < 16 {
		return "****"
	}
	for _, c := range v[:4] {
		if c >= 0x80 {
			return "****"
		}
	}
	return v[:4] + "****"
}
