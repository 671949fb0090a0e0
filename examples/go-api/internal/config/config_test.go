package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFromEnv(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("p@ss/word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		port, url, file string
		want            Config
		err             string
	}{
		"defaults":           {want: Config{Port: 8080}},
		"port":               {port: "9000", want: Config{Port: 9000}},
		"not a port":         {port: "http", err: "PORT"},
		"port too large":     {port: "65536", err: "PORT"},
		"url as it is":       {url: "postgres://app:x@db/app", want: Config{Port: 8080, DatabaseURL: "postgres://app:x@db/app"}},
		"password from file": {url: "postgres://app@db:5432/app?sslmode=disable", file: secret, want: Config{Port: 8080, DatabaseURL: "postgres://app:p%40ss%2Fword@db:5432/app?sslmode=disable"}},
		"file without url":   {file: secret, want: Config{Port: 8080}},
		"file is missing":    {url: "postgres://app@db/app", file: secret + ".none", err: "DATABASE_PASSWORD_FILE"},
		"not a url":          {url: "nonsense", file: secret, err: "DATABASE_URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PORT", tt.port)
			t.Setenv("DATABASE_URL", tt.url)
			t.Setenv("DATABASE_PASSWORD_FILE", tt.file)
			got, err := FromEnv()
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error is %v, want one about %s", err, tt.err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}
