// Package config reads the service's settings from the environment.
package config

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Config is everything that the service is told from outside.
type Config struct {
	Port        int
	DatabaseURL string // empty when there is no database
}

// FromEnv reads PORT, DATABASE_URL and DATABASE_PASSWORD_FILE.
func FromEnv() (Config, error) {
	cfg := Config{Port: 8080, DatabaseURL: os.Getenv("DATABASE_URL")}
	if s := os.Getenv("PORT"); s != "" {
		port, err := strconv.Atoi(s)
		if err != nil || port < 0 || port > 65535 {
			return Config{}, fmt.Errorf("PORT is %q: use a number from 0 to 65535", s)
		}
		cfg.Port = port
	}
	if file := os.Getenv("DATABASE_PASSWORD_FILE"); file != "" && cfg.DatabaseURL != "" {
		full, err := withPassword(cfg.DatabaseURL, file)
		if err != nil {
			return Config{}, err
		}
		cfg.DatabaseURL = full
	}
	return cfg, nil
}

// withPassword puts the password that a file holds into the URL. It never repeats the URL in an error: that may hold a secret.
func withPassword(raw, file string) (string, error) {
	secret, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("DATABASE_PASSWORD_FILE: %w", err)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("DATABASE_URL is not a URL: use postgres://user@host:5432/name")
	}
	u.User = url.UserPassword(u.User.Username(), strings.TrimRight(string(secret), "\r\n"))
	return u.String(), nil
}
