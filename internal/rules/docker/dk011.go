package docker

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func dk011() rule.Rule {
	r := base("DK011", finding.Warning, rule.Code, "hadolint:DL3015", "trivy:DS-0029")
	r.Doc = rule.Doc{
		Title: "apt-get install with recommended packages", Since: "0.1.0",
		Why:  "Recommended packages are what a desktop may like. In an image they cost size and bring faults to patch.",
		Bad:  "FROM debian:13-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nUSER 10001\n",
		Good: "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		off := false // an earlier step writes it into apt's configuration
		for _, s := range steps(p) {
			configured := strings.Contains(strings.ToLower(s.Text), "install-recommends")
			off = off || configured && strings.Contains(strings.ToLower(s.Text), "apt::install-recommends")
			for _, c := range s.Shell.Commands {
				manager, packages, ok := installs(c)
				if !ok || manager != "apt-get" && manager != "apt" || len(packages) == 0 {
					continue
				}
				if c.Has("--no-install-recommends") || off || configured && !strings.Contains(s.Text, "--no-install-recommends") {
					p.Holds(s.span(p, c))
					continue
				}
				w, _ := word(c.Effective(), "install")
				at := s.Script.Offset(w.End-1) + 1
				p.Broken(s.span(p, c), manager+" installs recommended packages too: add --no-install-recommends", p.Replace("add --no-install-recommends", at, at, " --no-install-recommends"))
			}
		}
	}
	return r
}

func dk012() rule.Rule {
	r := base("DK012", finding.Warning, rule.Code, "hadolint:DL3009")
	r.Doc = rule.Doc{
		Title: "apt package lists left in the image", Since: "0.1.0",
		Why:  "The lists are of no use later and old within days. Removed in another RUN they still cost their size: a layer only adds.",
		Bad:  "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nUSER 10001\n",
		Good: "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			update, ok := aptUpdate(s)
			if !ok || !s.final(p) {
				continue
			}
			if strings.Contains(s.Script.Text, "/var/lib/apt/lists") || strings.Contains(s.Script.Text, "/var/lib/apt/*") || s.cached("/var/lib/apt") || s.cached("/var/lib,") {
				p.Holds(s.span(p, update))
				continue
			}
			var fix []finding.Fix
			if len(s.Heredocs) == 0 && !strings.ContainsAny(s.Text, "|;#") {
				at := s.Offset(len(s.Text)-1) + 1
				fix = append(fix, p.Replace("remove the lists in the same layer", at, at, " && rm -rf /var/lib/apt/lists/*"))
			}
			p.Broken(s.span(p, update), "the package lists stay in this layer: end the RUN with rm -rf /var/lib/apt/lists/*", fix...)
		}
	}
	return r
}

func aptUpdate(s step) (shell.Command, bool) {
	for _, c := range s.Shell.Commands {
		if t := c.Tool(); (t == "apt-get" || t == "apt") && c.Effective().Sub() == "update" {
			return c, true
		}
	}
	return shell.Command{}, false
}

func dk013() rule.Rule {
	r := base("DK013", finding.Warning, rule.Code, "hadolint:DL3019", "hadolint:DL3032", "hadolint:DL3036", "hadolint:DL3040", "trivy:DS-0025")
	r.Doc = rule.Doc{
		Title: "package manager's cache left in the image", Since: "0.1.0",
		Why:  "The index and the downloaded packages are of no use later. apk can do without them, yum, dnf and zypper must clean up in the same RUN.",
		Bad:  "FROM alpine:3.22\nRUN apk add curl\nUSER 10001\n",
		Good: "FROM alpine:3.22\nRUN apk add --no-cache curl\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			if !s.final(p) {
				continue
			}
			for _, c := range s.Shell.Commands {
				if manager, packages, ok := installs(c); ok && len(packages) > 0 {
					checkCache(p, s, c, manager)
				}
			}
		}
	}
	return r
}

func checkCache(p *rule.Pass, s step, c shell.Command, manager string) {
	switch manager {
	case "apk":
		if c.Has("--no-cache") || s.cached("/apk") || strings.Contains(s.Script.Text, "/var/cache/apk") {
			p.Holds(s.span(p, c))
			return
		}
		w, _ := word(c.Effective(), "add")
		at := s.Script.Offset(w.End-1) + 1
		p.Broken(s.span(p, c), "apk leaves its index in the image: add --no-cache", p.Replace("add --no-cache", at, at, " --no-cache"))
	case "yum", "dnf", "microdnf", "zypper":
		dir := map[string]string{"yum": "/var/cache/yum", "dnf": "/var/cache/dnf", "microdnf": "/var/cache", "zypper": "/var/cache/zypp"}[manager]
		for _, o := range s.Shell.Commands {
			if sub := o.Effective().Sub(); sub == "clean" || sub == "cc" {
				return
			}
		}
		if s.cached("/var/cache") || strings.Contains(s.Script.Text, dir) || strings.Contains(s.Script.Text, "/var/cache/*") {
			return
		}
		p.Broken(s.span(p, c), manager+" leaves its cache in the image: end the RUN with "+manager+" clean"+map[bool]string{true: "", false: " all"}[manager == "zypper"])
	}
}

func dk016() rule.Rule {
	r := base("DK016", finding.Warning, rule.Code, "trivy:DS-0017", "checkov:CKV_DOCKER_5")
	r.Doc = rule.Doc{
		Title: "package lists updated in another RUN than the install", Since: "0.1.0",
		Why:  "The RUN with the update is cached: months later the install still asks for versions that the mirror has long removed.",
		Bad:  "FROM debian:13-slim\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 10001\n",
		Good: "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			update, ok := updates(s)
			if !ok {
				continue
			}
			alone := true
			for _, c := range s.Shell.Commands {
				switch _, _, installing := installs(c); {
				case installing, strings.Contains(c.String(), "upgrade"), strings.Contains(c.String(), "build-dep"), strings.Contains(c.Name, "install"), strings.HasSuffix(c.Name, ".sh"):
					alone = false
				}
			}
			if alone {
				p.Broken(s.span(p, update), "this RUN only updates the package lists, and is cached: update and install in one RUN")
			} else {
				p.Holds(s.span(p, update))
			}
		}
	}
	return r
}

func updates(s step) (shell.Command, bool) {
	if c, ok := aptUpdate(s); ok {
		return c, ok
	}
	for _, c := range s.Shell.Commands {
		if c.Tool() == "apk" && c.Effective().Sub() == "update" {
			return c, true
		}
	}
	return shell.Command{}, false
}
