package docker

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func dk001() rule.Rule {
	r := base("DK001", finding.Error, rule.Security, "hadolint:DL3002", "trivy:DS-0002", "checkov:CKV_DOCKER_3", "checkov:CKV_DOCKER_8")
	r.Doc = rule.Doc{
		Title: "final image runs as root", Since: "0.1.0",
		Why:  "A process that breaks out of its container, or writes to a mounted folder, does so as root of the host. A numeric user is best: Kubernetes can check it.",
		Bad:  "FROM python:3.13-slim\nCOPY app.py /app.py\nCMD [\"python\", \"/app.py\"]\n",
		Good: "FROM python:3.13-slim\nCOPY app.py /app.py\nUSER 10001:10001\nCMD [\"python\", \"/app.py\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		st := p.Dockerfile().Final()
		if st == nil {
			return
		}
		if u := st.Last("USER"); u != nil {
			checkUser(p, st, u)
			return
		}
		if nonRootImage(st.Root().Image) || dropsRoot(p, st) {
			return
		}
		f := finding.Finding{Span: text(p, st.From), Message: "the final stage has no USER, so its process runs as root: add USER with a numeric id"}
		if !knownRoot(st.Root().Image) {
			f.Severity = finding.Warning // the image may set a user of its own
			f.Message = "the final stage has no USER: unless " + st.Root().Image + " sets one, its process runs as root"
		}
		p.Report(f)
	}
	return r
}

func checkUser(p *rule.Pass, st *dockerfile.Stage, u *dockerfile.Instruction) {
	user, _, _ := strings.Cut(strings.Trim(resolve(st, u.Text), `"'`), ":")
	if user == "root" || user != "" && strings.Trim(user, "0") == "" {
		if !dropsRoot(p, st) {
			p.Broken(text(p, u), fmt.Sprintf("the last USER of the final stage is %s: end with a user that is not root", user))
		}
		return
	}
	p.Holds(text(p, u))
}

// resolve fills in the ARG and ENV values of a stage; what has none stays.
func resolve(st *dockerfile.Stage, s string) string {
	if !strings.Contains(s, "$") {
		return s
	}
	for _, st := range st.Lineage() {
		for _, in := range st.Body {
			for _, v := range in.Vars {
				if (in.Name == "ARG" || in.Name == "ENV") && v.Set {
					s = strings.NewReplacer("${"+v.Name+"}", v.Text, "$"+v.Name, v.Text).Replace(s)
				}
			}
		}
	}
	return s
}

var nonRoot = regexp.MustCompile(`nonroot|unprivileged|rootless|^cgr\.dev/chainguard/|^(?:docker\.io/)?bitnami(?:legacy)?/|^registry\.access\.redhat\.com/ubi[0-9]+/(?:nodejs|python|openjdk|nginx|php|ruby)`)

// nonRootImage tells whether an image is known to set a user of its own.
func nonRootImage(ref string) bool { return nonRoot.MatchString(ref) }

// knownRoot tells whether an image is known to run as root: Docker's official images, scratch, distroless.
func knownRoot(ref string) bool {
	n := split(ref).short()
	return !strings.Contains(n, "$") && (!strings.Contains(n, "/") || strings.HasPrefix(n, "gcr.io/distroless/") || strings.HasPrefix(n, "mcr.microsoft.com/dotnet/") || strings.HasPrefix(n, "public.ecr.aws/docker/library/"))
}

// dropsRoot tells whether the image starts as root on purpose, and its entrypoint changes to another user.
func dropsRoot(p *rule.Pass, st *dockerfile.Stage) bool {
	for _, kind := range []string{"ENTRYPOINT", "CMD"} {
		in := st.Last(kind)
		if in == nil {
			continue
		}
		if dropper.MatchString(in.Text) {
			return true
		}
		for _, w := range in.Words {
			for _, f := range []string{path.Join(folder(p), path.Base(w)), path.Base(w)} {
				if strings.HasSuffix(w, ".sh") && p.Tree.Has(f) && dropper.MatchString(p.Tree.Text(f)) {
					return true
				}
			}
		}
	}
	return false
}

var dropper = regexp.MustCompile(`\b(?:gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst)\b`)
