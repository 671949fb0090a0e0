package docker

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func dk008() rule.Rule {
	r := base("DK008", finding.Warning, rule.Code, "hadolint:DL3057", "trivy:DS-0026", "checkov:CKV_DOCKER_2")
	r.Doc = rule.Doc{
		Title: "service image without a HEALTHCHECK", Since: "0.1.0",
		Why:  "A process that hangs still runs. Without a check nothing notices, and nothing that waits for the service knows when it is ready. A check in Compose or a probe in Kubernetes counts as well.",
		Bad:  "FROM python:3.13-slim\nUSER 10001\nEXPOSE 8000\nCMD [\"python\", \"-m\", \"http.server\"]\n",
		Good: "FROM python:3.13-slim\nUSER 10001\nEXPOSE 8000\nHEALTHCHECK CMD [\"python\", \"-c\", \"import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')\"]\nCMD [\"python\", \"-m\", \"http.server\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		st := p.Dockerfile().Final()
		if st == nil || !starts(st) || len(st.All("EXPOSE")) == 0 || developing(st) {
			return
		}
		if h := st.Last("HEALTHCHECK"); h != nil {
			if h.Command() != nil {
				p.Holds(name(p, h))
			}
			return // NONE says that it is meant so
		}
		if checkedElsewhere(p) {
			return
		}
		in := st.All("EXPOSE")[0]
		p.Broken(text(p, in), "the image serves a port and nothing checks its health: add a HEALTHCHECK that the image's own programs can run")
	}
	return r
}

// checkedElsewhere tells whether a Compose file checks the service built from this Dockerfile, or Kubernetes
// manifests (whose probes another rule reads) are there.
func checkedElsewhere(p *rule.Pass) bool {
	for _, f := range p.Tree.Files() {
		switch repo.KindOf(f.Path, nil) {
		case repo.KindHelmChart:
			return true
		case repo.KindCompose:
			for _, e := range p.Other(f.Path).YAML().Root().Get("services").Entries() {
				if e.Value.Get("healthcheck") != nil && builds(f.Path, e.Value.Get("build").Text(), e.Value.Get("build", "context").Text(), e.Value.Get("build", "dockerfile").Text(), p.Path) {
					return true
				}
			}
		}
	}
	for _, dir := range []string{"k8s", "kubernetes", "manifests", "deploy/k8s", "deploy/kubernetes"} {
		if p.Tree.HasDir(dir) {
			return true
		}
	}
	return false
}

// builds tells whether a Compose service's build names this Dockerfile.
func builds(compose, short, context, file, dockerfile string) bool {
	if context == "" {
		context = short
	}
	if context == "" || strings.Contains(context, "://") {
		return false
	}
	if file == "" {
		file = "Dockerfile"
	}
	return path.Join(path.Dir(compose), context, file) == dockerfile
}

func dk009() rule.Rule {
	r := base("DK009", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "image ships its compiler", Since: "0.1.0",
		Why:  "A toolchain makes the image many times larger, and gives an intruder what they need. Build in one stage, copy the result into a small one.",
		Bad:  "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nUSER 10001\nENTRYPOINT [\"/app\"]\n",
		Good: "FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nUSER 10001\nENTRYPOINT [\"/app\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		st := p.Dockerfile().Final()
		if st == nil || !starts(st) || developing(st) {
			return
		}
		root := st.Root()
		if n := split(root.Image).short(); toolchain(n) {
			start, end := root.From.Place(0)
			p.Broken(p.Span(start, end), "the final image is built on "+n+", which is a toolchain: copy the built program into a small image in a second stage")
			return
		}
		p.Holds(text(p, st.From))
	}
	return r
}

// toolchain tells whether an image is a compiler, of a language whose programs run without it.
func toolchain(n string) bool {
	switch n {
	case "golang", "rust", "gcc", "maven", "gradle", "haskell", "swift", "mcr.microsoft.com/dotnet/sdk", "sbtscala/scala-sbt", "clux/muslrust":
		return true
	}
	return false
}

func dk010() rule.Rule {
	r := base("DK010", finding.Warning, rule.Code)
	r.Doc = rule.Doc{
		Title: "build tools left in the final image", Since: "0.1.0",
		Why:  "Compilers and header packages are needed while building only. In the final image they cost size and help an intruder.",
		Bad:  "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*\nUSER 10001\nCMD [\"python\"]\n",
		Good: "FROM python:3.13-slim AS build\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*\n\nFROM python:3.13-slim\nUSER 10001\nCMD [\"python\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		st := p.Dockerfile().Final()
		if st == nil || !starts(st) || developing(st) {
			return
		}
		for _, s := range steps(p) {
			if s.final(p) && !removes(s) {
				reportBuildTools(p, s)
			}
		}
	}
	return r
}

func reportBuildTools(p *rule.Pass, s step) {
	for _, c := range s.Shell.Commands {
		_, packages, ok := installs(c)
		if !ok || c.Has("--virtual") || c.Has("-t") {
			continue
		}
		for _, pkg := range packages {
			n, _, _ := strings.Cut(pkg, "=")
			if w, ok := word(c, pkg); ok && buildPackage(n) {
				p.Broken(s.bytes(p, w.Start, w.End), n+" is needed to build only: install it in a build stage, or remove it in the same RUN")
			}
		}
	}
}

// removes tells whether the step takes packages away again.
func removes(s step) bool {
	for _, c := range s.Shell.Commands {
		switch c.Tool() + " " + c.Effective().Sub() {
		case "apt-get purge", "apt-get remove", "apt-get autoremove", "apt purge", "apt remove", "apt autoremove", "apk del", "yum remove", "dnf remove", "yum autoremove", "dnf autoremove":
			return true
		}
	}
	return false
}

func buildPackage(n string) bool {
	switch n {
	case "gcc", "g++", "make", "cmake", "build-essential", "build-base", "clang", "musl-dev", "libc6-dev", "automake", "autoconf", "rustc", "cargo", "golang", "maven", "gradle":
		return true
	}
	return strings.HasSuffix(n, "-dev") || strings.HasSuffix(n, "-devel")
}

func dk022() rule.Rule {
	r := base("DK022", finding.Error, rule.Code, "hadolint:DL4003", "hadolint:DL4004", "hadolint:DL3012", "buildkit:MultipleInstructionsDisallowed")
	r.Doc = rule.Doc{
		Title: "several CMD, ENTRYPOINT or HEALTHCHECK in one stage", Since: "0.1.0",
		Why:  "Only the last one counts. The others look as if they did something.",
		Bad:  "FROM alpine:3.22\nUSER 10001\nCMD [\"one\"]\nCMD [\"two\"]\n",
		Good: "FROM alpine:3.22\nUSER 10001\nCMD [\"two\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, st := range p.Dockerfile().Stages {
			first := map[string]*dockerfile.Instruction{}
			for _, in := range st.Body {
				if in.Name != "CMD" && in.Name != "ENTRYPOINT" && in.Name != "HEALTHCHECK" {
					continue
				}
				if prev := first[in.Name]; prev != nil {
					p.Report(finding.Finding{
						Span: name(p, in), Message: "a second " + in.Name + " in this stage: only the last one counts, remove the others",
						Related: []finding.Related{{Span: name(p, prev), Message: "the one before"}},
					})
				}
				first[in.Name] = in
			}
		}
	}
	return r
}
