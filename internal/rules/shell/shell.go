// Package shell holds the rules on shell scripts.
package shell

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/docker"
	"github.com/autogit/autogit/internal/secret"
	sh "github.com/autogit/autogit/internal/syntax/shell"
)

func base(id string, sev finding.Severity, who rule.Reviewer, peers ...string) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindShell, Severity: sev, Reviewer: who, Peers: peers}
}

// All are the rules on shell scripts.
func All() []rule.Rule { return []rule.Rule{sh003(), sh005()} }

type scriptKey struct{}

// script is the file as a shell script.
func script(p *rule.Pass) *sh.File {
	return rule.Shared(p.Source, scriptKey{}, func() *sh.File {
		f, _ := sh.Parse(string(p.Bytes)) // what cannot be read has no commands
		return f
	})
}

func sh003() rule.Rule {
	r := base("SH003", finding.Error, rule.Security)
	r.Doc = rule.Doc{
		Title: "download run unseen, or a file open to everyone", Since: "0.1.0",
		Why:  "A script piped into a shell is run before anyone could look at it, and half of it when the line breaks. Mode 777 lets every user of the machine change the file.",
		Bad:  "#!/bin/sh\nset -eu\ncurl -fsSL https://example.org/install.sh | sh\n",
		Good: "#!/bin/sh\nset -eu\ncurl -fsSLo install.sh https://example.org/install.sh\necho \"$SUM  install.sh\" | sha256sum -c -\nsh install.sh\n",
	}
	r.Check = func(p *rule.Pass) {
		f := script(p)
		if c, what, ok := docker.PipedDownload(f, string(p.Bytes)); ok {
			p.Broken(p.Span(c.Start, c.End), what+" runs a script straight from the network: download it, check its checksum, then run it")
		}
		for _, c := range f.Commands {
			e := c.Effective()
			if c.Tool() != "chmod" || len(e.Words) < 3 {
				continue
			}
			for _, w := range e.Words[1:] {
				if openMode.MatchString(w.Text) {
					p.Broken(p.Span(c.Start, c.End), "mode "+w.Text+" lets everyone change this: give write to the owner only")
				}
			}
		}
	}
	return r
}

var openMode = regexp.MustCompile(`^0?777$|^(?:a|ugo)\+rwx$`)

func sh005() rule.Rule {
	r := base("SH005", finding.Error, rule.Security)
	r.Also = []repo.Kind{repo.KindMakefile}
	r.Doc = rule.Doc{
		Title: "secret written into a script", Since: "0.1.0",
		Why:  "A script is in version control. Read the secret from the environment or from a file that is not.",
		Bad:  "#!/bin/sh\nAPI_TOKEN=k3s9-hq2z-77aa\ncurl -H \"Authorization: Bearer $API_TOKEN\" https://example.org/\n",
		Good: "#!/bin/sh\n: \"${API_TOKEN:?}\"\ncurl -H \"Authorization: Bearer $API_TOKEN\" https://example.org/\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, m := range secret.Find(string(p.Bytes)) {
			p.Broken(p.Span(m.Start, m.End), fmt.Sprintf("%s stands in the file (%s): read it from the environment, and revoke this one", m.What, secret.Masked(string(p.Bytes[m.Start:m.End]))))
		}
		for _, v := range p.Makefile().Variables {
			if v.Op != "define" && !strings.Contains(v.Value, "$") && secret.IsLiteral(v.Name, v.Value) {
				p.Broken(p.Span(v.Start, v.End), fmt.Sprintf("%s holds a secret (%s): read it from the environment", v.Name, secret.Masked(v.Value)))
			}
		}
		if p.Kind != repo.KindShell {
			return
		}
		for _, c := range script(p).Commands {
			for _, a := range c.Env {
				if a.Value.Literal && secret.IsLiteral(a.Name, a.Value.Text) {
					p.Broken(p.Span(a.Value.Start, a.Value.End), fmt.Sprintf("%s holds a secret (%s): read it from the environment", a.Name, secret.Masked(a.Value.Text)))
				}
			}
		}
	}
	return r
}
