package secret_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/secret"
)

func TestIsKey(t *testing.T) {
	for _, k := range []string{"PASSWORD", "DB_PASSWORD", "POSTGRES_PASSWORD", "API_KEY", "apiKey", "secret-key", "JWT_SECRET", "AUTH_TOKEN", "NPM_TOKEN", "GH_TOKEN", "redisPassword", "AWS_SECRET_ACCESS_KEY", "db.password", "MYSQL_PWD", "STRIPE_API_KEY_2"} {
		if !secret.IsKey(k) {
			t.Errorf("%s is named like a secret", k)
		}
	}
	for _, k := range []string{"POSTGRES_PASSWORD_FILE", "TOKEN_TTL", "PWD", "OLDPWD", "SSH_AUTH_SOCK", "PASSWORD_MIN_LENGTH", "KEYCLOAK_URL", "PUBLIC_KEY", "SECRET_NAME", "MONKEY", "COMPASS", "BYPASS", "ALLOW_EMPTY_PASSWORD", "AWS_ACCESS_KEY_ID", "TOKEN_ENDPOINT", "MYSQL_RANDOM_ROOT_PASSWORD", "KEY", "CACHE_KEY", "ACCESS_TOKEN_EXPIRES"} {
		if secret.IsKey(k) {
			t.Errorf("%s is no secret", k)
		}
	}
}

func TestIsLiteral(t *testing.T) {
	for _, v := range []string{"hunter2", "postgres", "s3cr3t!", "p4$sw0rd", "correct horse"} {
		if !secret.IsLiteral("DB_PASSWORD", v) {
			t.Errorf("%q is a password", v)
		}
	}
	for _, v := range []string{"", "${DB_PASSWORD}", "$PW", "${{ secrets.X }}", "/run/secrets/db", "changeme", "change-me", "<password>", "your-token-here", "***", "true", "3600", "{{ .Values.x }}", "$(cat x)", "example", "__TOKEN__"} {
		if secret.IsLiteral("DB_PASSWORD", v) {
			t.Errorf("%q is a placeholder", v)
		}
	}
}

func TestFind(t *testing.T) {
	hits := map[string]string{
		"AWS access key":         "id AKIA" + "QWERTYUIOPASDFGH",
		"GitHub token":           "x ghp_" + strings.Repeat("aB3d", 9),
		"GitLab token":           "glpat-" + "abcdEFGH1234_-abcd99",
		"private key":            "-----BEGIN RSA PRIVATE" + " KEY-----",
		"password in an address": "postgres://app:hunter2@db:5432/x",
		"JSON web token":         "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + strings.Repeat("Ab1", 10),
	}
	for what, text := range hits {
		m := secret.Find(text)
		if len(m) != 1 || m[0].What != what {
			t.Errorf("%q: %v, want %s", text, m, what)
		}
	}
	for _, text := range []string{
		"AKIAIOSFODNN7EXAMPLE", "https://github.com/a/b", "postgres://app:${PW}@db/x", "postgres://app@db", "postgres://db:5432/x", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"redis://redis:6379/0", "image: ghcr.io/a/b@sha256:" + strings.Repeat("ab", 32), "http://user:$PASS@h", "git@github.com:a/b.git", "amqp://user:<password>@host",
	} {
		if m := secret.Find(text); len(m) != 0 {
			t.Errorf("%q: %v", text, m)
		}
	}
}

func TestMaskedNeverShowsAValue(t *testing.T) {
	for _, v := range []string{"", "a", "hunter2", "ghp_abcdefghijklmnopqrstuvwxyz", strings.Repeat("ä", 20)} {
		m := secret.Masked(v)
		if len(v) > 4 && (strings.Contains(m, v) || len(strings.TrimRight(m, "*")) > 4) {
			t.Errorf("%q shows %q", v, m)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("postgres://a:b@c AKIAQWERTYUIOPASDFGH")
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range secret.Find(s) {
			if m.Start < 0 || m.End > len(s) || m.Start >= m.End {
				t.Fatalf("bad place %+v", m)
			}
		}
		_, _ = secret.IsLiteral(s, s), secret.Masked(s)
	})
}
