package docker

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func dk017() rule.Rule {
	r := base("DK017", finding.Warning, rule.Code, "hadolint:DL3020", "trivy:DS-0005", "checkov:CKV_DOCKER_4")
	r.Doc = rule.Doc{
		Title: "ADD where COPY is enough", Since: "0.1.0",
		Why:  "ADD unpacks archives and fetches addresses, which surprises when a file changes its name. COPY only copies.",
		Bad:  "FROM alpine:3.22\nADD app.py /app/\nUSER 10001\n",
		Good: "FROM alpine:3.22\nCOPY app.py /app/\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			if in.Name != "ADD" || len(in.Words) < 2 || len(in.Heredocs) > 0 || needsAdd(in) {
				continue
			}
			p.Broken(name(p, in), "ADD is for archives and addresses: use COPY", p.Replace("use COPY", in.Start, in.Start+len("ADD"), "COPY"))
		}
	}
	return r
}

var archive = regexp.MustCompile(`(?i)\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|zip)$|[*?]$`)

// needsAdd tells whether a source is one that COPY cannot take, or may be one.
func needsAdd(in *dockerfile.Instruction) bool {
	for _, f := range in.Flags {
		if f.Name == "checksum" || f.Name == "keep-git-dir" || f.Name == "unpack" {
			return true
		}
	}
	for _, src := range in.Words[:len(in.Words)-1] {
		if strings.Contains(src, "$") || strings.Contains(src, "://") || strings.HasPrefix(src, "git@") || archive.MatchString(src) {
			return true
		}
	}
	return false
}

func dk018() rule.Rule {
	r := base("DK018", finding.Error, rule.Security, "checkov:CKV2_DOCKER_curl")
	sum := "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	r.Doc = rule.Doc{
		Title: "download that is not verified", Since: "0.1.0",
		Why:  "Who controls the server, or the way to it, controls the image. ADD can check a checksum; a script piped into a shell is run before anyone could look at it.",
		Bad:  "FROM alpine:3.22\nRUN curl -fsSL https://example.org/install.sh | sh\nUSER 10001\n",
		Good: "FROM alpine:3.22\nADD --checksum=" + sum + " https://example.org/install.sh /tmp/install.sh\nRUN sh /tmp/install.sh\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			if _, ok := in.Flag("checksum"); in.Name != "ADD" || ok || len(in.Words) < 2 {
				continue
			}
			for i, src := range in.Words[:len(in.Words)-1] {
				if (strings.HasPrefix(src, "http://") || strings.HasPrefix(src, "https://")) && !strings.Contains(src, ".git") {
					start, end := in.Place(i)
					p.Broken(p.Span(start, end), "the download is not verified: add --checksum=sha256:…")
				}
			}
		}
		for _, s := range steps(p) {
			if c, what, ok := PipedDownload(s.Shell, s.Script.Text); ok {
				p.Broken(s.span(p, c), what+" runs a script straight from the network: download it, check its checksum, then run it")
			}
		}
	}
	return r
}

// PipedDownload finds a download that goes straight into an interpreter: a pipe, "sh -c $(curl …)", "bash <(curl …)".
func PipedDownload(f *shell.File, script string) (c shell.Command, what string, ok bool) {
	for _, p := range f.Pipes {
		var from *shell.Command
		for _, i := range p.Stages {
			c := f.Commands[i]
			switch {
			case downloads(c):
				from = &c
			case from != nil && interprets(c):
				return *from, from.Tool() + " | " + c.Tool(), true
			}
		}
	}
	for _, c := range f.Commands {
		e := c.Effective()
		if !shell.IsShell(e.Name) && e.Name != "eval" && e.Name != "source" && e.Name != "." {
			continue
		}
		for _, w := range e.Words {
			if w.Literal || w.End > len(script) {
				continue
			}
			if m := substituted.FindString(script[w.Start:w.End]); m != "" {
				return c, e.Name + " with a download", true
			}
		}
	}
	return shell.Command{}, "", false
}

var substituted = regexp.MustCompile("(?:\\$\\(|<\\(|`)\\s*(?:sudo\\s+)?(?:curl|wget)\\b")

func downloads(c shell.Command) bool { t := c.Tool(); return t == "curl" || t == "wget" }

// interprets tells whether a command runs what it reads from its input.
func interprets(c shell.Command) bool {
	e := c.Effective()
	if shell.IsShell(e.Name) {
		return !e.Has("-c")
	}
	switch c.Tool() {
	case "python", "perl", "ruby", "node", "php":
		return len(e.Args) == 0 || e.Args[0] == "-" || e.Args[0] == "--"
	}
	return false
}

func dk019() rule.Rule {
	r := base("DK019", finding.Error, rule.Security, "checkov:CKV2_DOCKER_2", "checkov:CKV2_DOCKER_3", "checkov:CKV2_DOCKER_4", "checkov:CKV2_DOCKER_5", "checkov:CKV2_DOCKER_6")
	r.Doc = rule.Doc{
		Title: "verification of certificates or signatures switched off", Since: "0.1.0",
		Why:  "Without it, anyone on the way can answer in the server's place, and what they send is built into the image.",
		Bad:  "FROM alpine:3.22\nRUN curl -fk https://example.org/app -o /app\nUSER 10001\n",
		Good: "FROM alpine:3.22\nRUN curl -f https://example.org/app -o /app\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, in := range p.Dockerfile().Instructions {
			for _, v := range in.Vars {
				if in.Name != "LABEL" && v.Set && unverifiedVariable(v.Name, v.Text) {
					p.Broken(p.Span(v.Start, v.End), v.Name+" switches verification off: remove it, and add the missing certificate instead")
				}
			}
		}
		for _, s := range steps(p) {
			for _, c := range s.Shell.Commands {
				if flag, ok := unverified(c); ok {
					p.Broken(s.span(p, c), fmt.Sprintf("%s %s switches verification off: remove it, and add the missing certificate or key instead", c.Tool(), flag))
				}
			}
		}
	}
	return r
}

func unverifiedVariable(name, value string) bool {
	on := value == "1" || strings.EqualFold(value, "true") || strings.EqualFold(value, "yes")
	off := value == "0" || strings.EqualFold(value, "false") || strings.EqualFold(value, "no")
	switch strings.ToUpper(name) {
	case "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "NPM_CONFIG_STRICT_SSL", "YARN_ENABLE_STRICT_SSL":
		return off
	case "GIT_SSL_NO_VERIFY", "CURL_INSECURE", "GOINSECURE", "PIP_TRUSTED_HOST":
		return on
	}
	return false
}

// unverified is the flag of a command that switches verification off.
func unverified(c shell.Command) (flag string, ok bool) {
	for _, a := range c.Env {
		if unverifiedVariable(a.Name, a.Value.Text) {
			return a.Name, true
		}
	}
	e := c.Effective()
	flags := map[string][]string{
		"curl": {"-k", "--insecure"}, "wget": {"--no-check-certificate"}, "pip": {"--trusted-host"}, "apt-get": {"--allow-unauthenticated", "--force-yes"},
		"apt": {"--allow-unauthenticated"}, "apk": {"--allow-untrusted"}, "yum": {"--nogpgcheck"}, "dnf": {"--nogpgcheck"}, "zypper": {"--no-gpg-checks"},
	}[c.Tool()]
	for _, fl := range flags {
		if e.Has(fl) && !local(e) {
			return fl, true
		}
	}
	line := e.String()
	switch c.Tool() {
	case "git":
		if m := gitVerify.FindString(line); m != "" {
			return m, true
		}
	case "npm", "yarn", "pnpm":
		if m := strictSSL.FindString(line); m != "" {
			return m, true
		}
	case "apt-get", "apt":
		if m := aptVerify.FindString(line); m != "" {
			return m, true
		}
	}
	return "", false
}

var (
	gitVerify = regexp.MustCompile(`http\.sslVerify[= ]+"?(?:false|0)`)
	strictSSL = regexp.MustCompile(`strict-ssl[= ]+"?false`)
	aptVerify = regexp.MustCompile(`(?i)Verify-Peer=false|Verify-Host=false|AllowInsecureRepositories=true`)
)

// local tells whether a command speaks to this machine only.
func local(c shell.Command) bool {
	return strings.Contains(c.String(), "://localhost") || strings.Contains(c.String(), "://127.0.0.1")
}

func dk020() rule.Rule {
	r := base("DK020", finding.Warning, rule.Security, "hadolint:DL3004", "trivy:DS-0010", "checkov:CKV2_DOCKER_1")
	r.Doc = rule.Doc{
		Title: "sudo in RUN", Since: "0.1.0",
		Why:  "A build step runs as root until USER says otherwise. sudo in an image is a way back to root for every intruder.",
		Bad:  "FROM debian:13-slim\nRUN sudo mkdir /data\nUSER 10001\n",
		Good: "FROM debian:13-slim\nRUN mkdir /data\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			for _, c := range s.Shell.Commands {
				if c.Name == "sudo" || c.Name == "/usr/bin/sudo" {
					p.Broken(s.span(p, c), "sudo in a build step: put the step before USER, or switch with USER root and back")
				}
			}
		}
	}
	return r
}
