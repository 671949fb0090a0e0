package docker

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func dk005() rule.Rule {
	r := base("DK005", finding.Error, rule.Security, "hadolint:DL3064", "trivy:DS-0031", "buildkit:SecretsUsedInArgOrEnv")
	r.Doc = rule.Doc{
		Title: "secret in ENV or ARG", Since: "0.1.0",
		Why:  "Values of ENV and ARG stay readable in the image's history for all who can pull it. Mount a secret in the build, and hand the program its secrets when it starts.",
		Bad:  "FROM alpine:3.22\nENV DB_PASSWORD=hunter2\nUSER 10001\n",
		Good: "FROM alpine:3.22\nENV DB_PASSWORD_FILE=/run/secrets/db_password\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			if in.Name != "ENV" && in.Name != "ARG" {
				continue
			}
			for _, v := range in.Vars {
				if v.Set && secret.IsLiteral(v.Name, v.Text) {
					p.Broken(p.Span(v.Start, v.End), fmt.Sprintf("%s %s holds a secret (%s) that everyone who has the image can read: use a build secret or give it at run time", in.Name, v.Name, secret.Masked(v.Text)))
				}
			}
		}
	}
	return r
}

func dk006() rule.Rule {
	r := base("DK006", finding.Error, rule.Security, "trivy:DS-0031")
	r.Doc = rule.Doc{
		Title: "credential written into the build", Since: "0.1.0",
		Why:  "Whatever stands in a Dockerfile is in version control and in the image's history. Mount it: RUN --mount=type=secret,id=token.",
		Bad:  "FROM alpine:3.22\nRUN wget https://deploy:hunter2@files.example.org/app.tar\nUSER 10001\n",
		Good: "FROM alpine:3.22\nRUN --mount=type=secret,id=netrc,target=/root/.netrc wget https://files.example.org/app.tar\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			for _, m := range secret.Find(in.Text) {
				span := p.Span(in.Offset(m.Start), in.Offset(m.End-1)+1)
				p.Broken(span, fmt.Sprintf("%s stands in the Dockerfile (%s): mount it as a build secret and revoke this one", m.What, secret.Masked(in.Text[m.Start:m.End])))
			}
			for _, h := range in.Heredocs {
				for _, m := range secret.Find(h.Content) {
					p.Broken(p.Span(h.Start+m.Start, h.Start+m.End), fmt.Sprintf("%s stands in the Dockerfile (%s): mount it as a build secret and revoke this one", m.What, secret.Masked(h.Content[m.Start:m.End])))
				}
			}
		}
		for _, s := range steps(p) {
			for _, c := range s.Shell.Commands {
				if w, ok := passwordArgument(c); ok {
					p.Broken(s.bytes(p, w.Start, w.End), fmt.Sprintf("%s is called with a password (%s): mount it as a build secret", c.Tool(), secret.Masked(w.Text)))
				}
			}
		}
	}
	return r
}

// passwordArgument is the argument of a command that is a password: "curl -u user:password".
func passwordArgument(c shell.Command) (shell.Word, bool) {
	for i, w := range c.Words {
		if i == 0 || !w.Literal {
			continue
		}
		before := c.Words[i-1].Text
		name, value, ok := strings.Cut(w.Text, "=")
		switch {
		case c.Tool() == "curl" && (before == "-u" || before == "--user"):
			if _, pw, ok := strings.Cut(w.Text, ":"); ok && !secret.IsPlaceholder(pw) {
				return w, true
			}
		case before == "--password" && !strings.HasPrefix(w.Text, "-") && !secret.IsPlaceholder(w.Text):
			return w, true
		case ok && (name == "--password" || name == "--http-password") && !secret.IsPlaceholder(value):
			return w, true
		}
	}
	return shell.Word{}, false
}

func dk007() rule.Rule {
	r := base("DK007", finding.Error, rule.Security, "trivy:DS-0031")
	r.Doc = rule.Doc{
		Title: "secret file copied into the image", Since: "0.1.0",
		Why:  "A file stays in its layer, even when a later step deletes it. Mount it in the build (RUN --mount=type=secret) or at run time.",
		Bad:  "FROM alpine:3.22\nCOPY id_rsa /root/.ssh/id_rsa\nUSER 10001\n",
		Good: "FROM alpine:3.22\nRUN --mount=type=ssh ssh-add -l\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			if in.Name != "COPY" && in.Name != "ADD" || len(in.Words) < 2 {
				continue
			}
			if _, from := in.Flag("from"); from {
				continue
			}
			for i, w := range in.Words[:len(in.Words)-1] {
				if secretFile(p, w) && !isHeredoc(in, w) {
					start, end := in.Place(i)
					p.Broken(p.Span(start, end), fmt.Sprintf("%s holds secrets and would stay in the image: mount it as a secret instead", w))
				}
			}
		}
	}
	return r
}

func isHeredoc(in *dockerfile.Instruction, w string) bool {
	return len(in.Heredocs) > 0 && strings.HasPrefix(w, "<<")
}

var (
	secretName = regexp.MustCompile(`^(?:\.env(?:\..+)?|.+\.env|id_(?:rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc|\.git-credentials|kubeconfig|credentials\.json|service-account.*\.json|.+\.(?:p12|pfx|kdbx|key)|.*(?:priv|_key|-key).*\.pem|\.htpasswd)$`)
	sampleName = regexp.MustCompile(`(?i)(?:example|sample|template|dist|default|schema|\.pub)$|public`)
	secretPath = regexp.MustCompile(`(?:^|/)(?:\.aws/credentials|\.kube/config|\.docker/config\.json|\.ssh)(?:/|$)`)
)

// secretFile tells whether a source of COPY is a file of secrets, by its name and, where the name says too
// little, by what it holds.
func secretFile(p *rule.Pass, src string) bool {
	if strings.Contains(src, "://") {
		return false // what others publish is no secret
	}
	b := path.Base(path.Clean(src))
	if sampleName.MatchString(b) {
		return false
	}
	if b == ".npmrc" || b == ".yarnrc" || b == ".yarnrc.yml" {
		return npmrcSecret(p, src, b)
	}
	return secretName.MatchString(b) || secretPath.MatchString(src)
}

// npmrcSecret: most .npmrc files only name a registry. One that is not in the repository is there for its token.
func npmrcSecret(p *rule.Pass, src, b string) bool {
	for _, f := range []string{path.Join(folder(p), src), path.Clean(src), b} {
		if p.Tree.Has(f) {
			t := p.Tree.Text(f)
			return npmToken.MatchString(t)
		}
	}
	return b == ".npmrc"
}

var npmToken = regexp.MustCompile(`(?m)(?:_authToken|_auth|_password|npmAuthToken)\s*[=:]\s*"?[^$\s"{]`)
