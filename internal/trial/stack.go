package trial

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/autogit/autogit/internal/syntax/yaml"
)

// stack starts a Compose file and waits until every container is healthy.
func (t *trial) stack(file string) {
	t.step("start "+file, func() (string, error) {
		compose, err := t.composeCommand()
		if err != nil {
			return "", err
		}
		if err := t.inventSecrets(file); err != nil {
			return "", err
		}
		base := append(compose[1:len(compose):len(compose)], "-p", t.name, "-f", t.local(file))
		defer t.down(compose[0], base)
		if _, err := t.command(t.ctx, compose[0], append(base, "up", "-d", "--build")...); err != nil {
			return "", err
		}
		return t.allHealthy(compose[0], base)
	})
}

func (t *trial) down(program string, base []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 2*time.Minute)
	defer cancel()
	_, _ = t.command(ctx, program, append(base, "down", "-v", "--rmi", "local", "--remove-orphans", "-t", "5")...)
}

func (t *trial) allHealthy(program string, base []string) (string, error) {
	ids, err := t.command(t.ctx, program, append(base, "ps", "-a", "-q")...)
	if err != nil {
		return "", err
	}
	names := strings.Fields(ids)
	if len(names) == 0 {
		return "", errors.New("no container was started")
	}
	begin := time.Now()
	for _, n := range names {
		if _, err := t.waitHealthy(n, true); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d containers healthy or ended well after %s", len(names), time.Since(begin).Round(100*time.Millisecond)), nil
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[?+-][^}]*)?\}`)

// inventSecrets gives the private copy what a person would set before the first start: a value for each variable that
// has no default, and a file for each secret.
func (t *trial) inventSecrets(file string) error {
	src, err := t.tree.Read(file)
	if err != nil {
		return err
	}
	var env bytes.Buffer
	for _, m := range variable.FindAllSubmatch(src, -1) {
		if _, set := os.LookupEnv(string(m[1])); !set && !bytes.HasPrefix(m[2], []byte(":-")) && !bytes.HasPrefix(m[2], []byte("-")) {
			fmt.Fprintf(&env, "%s=%s\n", m[1], t.invented(string(m[1])))
		}
	}
	envFile := t.local(path.Join(path.Dir(file), ".env"))
	if err := os.WriteFile(envFile, env.Bytes(), 0o600); err != nil {
		return err
	}
	doc, err := yaml.Parse(src)
	if err != nil || len(doc.Docs) == 0 {
		return err
	}
	secrets := doc.Docs[0].Get("secrets")
	if secrets == nil {
		return nil
	}
	for _, p := range secrets.Pairs {
		at := p.Value.Get("file").Text()
		if at == "" || path.IsAbs(at) || strings.HasPrefix(path.Clean(at), "..") {
			continue
		}
		name := t.local(path.Join(path.Dir(file), at))
		if err := os.MkdirAll(path.Dir(name), 0o750); err != nil {
			return err
		}
		// Containers run as users of their own and must be able to read it.
		if err := os.WriteFile(name, []byte(rand.Text()), 0o644); err != nil { //nolint:gosec // a throw-away value in a private folder
			return err
		}
	}
	return nil
}

// invented is a value for a variable: the image that the trial built, or a random word.
func (t *trial) invented(name string) string {
	if strings.Contains(name, "IMAGE") && len(t.images) > 0 {
		return t.images[0]
	}
	return rand.Text()
}
