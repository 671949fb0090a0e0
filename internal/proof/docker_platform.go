package proof

import (
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// fixedArch are words that tie an image to one architecture.
var fixedArch = regexp.MustCompile(`(?i)\b(amd64|x86_64|x86-64|aarch64|arm64|x64)\b`)

// platformsOf are the platforms of official bases; riscv marks those that also exist for RISC-V.
func supports(image, platform string) (ok, sure bool) {
	if image == "scratch" {
		return true, true
	}
	name, tag := imageParts(image)
	alpine, trixie := strings.Contains(tag, "alpine"), strings.Contains(tag, "trixie") || strings.Contains(tag, "sid")
	common := platform == "linux/amd64" || platform == "linux/arm64"
	switch name {
	case "alpine", "busybox", "debian", "ubuntu":
		old := name == "debian" && (strings.Contains(tag, "bookworm") || strings.Contains(tag, "bullseye") || strings.HasPrefix(tag, "12") || strings.HasPrefix(tag, "11"))
		return common || !old, true
	case "golang", "python", "rust", "postgres", "redis", "ruby", "php", "nginx", "nginx-unprivileged", "httpd", "haproxy", "caddy", "memcached":
		return common || platform == "linux/riscv64" && (alpine || trixie) || platform != "linux/riscv64", true
	case "eclipse-temurin", "gradle", "maven":
		return true, true
	case "node", "bun", "deno", "sdk", "aspnet", "runtime", "runtime-deps", "composer", "mysql", "mariadb", "mongo":
		return common, true
	}
	if strings.Contains(image, "distroless") {
		return common || strings.Contains(image, "debian13") || platform != "linux/riscv64", true
	}
	return false, false
}

// platform proves that an image can be had for an architecture: nothing in the Dockerfile is tied to another one, every base exists
// for it, and where a pipeline builds it, it builds it for that one too.
func platform(p *prover) Result {
	want := p.claim.List("platforms")
	var out Result
	images := len(p.of(repo.KindDockerfile)) > 0
	if images {
		out = p.everyImage(func(im *image) Result { return im.portable(want) })
		if out.Status != Proven {
			return out
		}
	}
	if len(p.ci) == 0 {
		return out
	}
	hs := p.imageHits()
	if images && len(hs) == 0 {
		return out
	}
	r := imageBuild(p)
	if r.Status == Proven && len(want) == 0 && p.claim.Param("multi") == "" {
		return unproven("no platform is named")
	}
	if r.Status == Proven {
		r.Evidence = append(r.Evidence, out.Evidence...)
	}
	return r
}

func (im *image) portable(want []string) Result {
	p := im.p
	for _, s := range im.Stages {
		if s.Platform != "" && !strings.Contains(s.Platform, "BUILDPLATFORM") && !strings.Contains(s.Platform, "TARGETPLATFORM") && !slices.Contains(want, s.Platform) {
			return unproven("the stage is tied to "+s.Platform, p.at(im.path, s.Line))
		}
		for _, in := range s.Body {
			if in.Name != "RUN" && in.Name != "ADD" && in.Name != "ENV" && in.Name != "COPY" {
				continue
			}
			text := in.Source()
			if fixedArch.MatchString(text) && !strings.Contains(text, "TARGETARCH") && !strings.Contains(text, "uname -m") && !strings.Contains(text, "dpkg --print-architecture") && !strings.Contains(text, "apk --print-arch") {
				return unproven("it is tied to one architecture", p.at(im.path, in.Line))
			}
		}
	}
	if r := im.basesExist(want); r.Status != Proven {
		return r
	}
	for _, s := range im.Stages {
		if strings.Contains(s.Root().Platform, "BUILDPLATFORM") && !im.crossCompiles(s) {
			return unproven("the stage runs on the platform that builds and never asks for the target's", p.at(im.path, s.Line))
		}
	}
	return proven(p.at(im.path, im.Final().Root().Line))
}

// basesExist proves that the bases of all stages that run on the target exist for it.
func (im *image) basesExist(want []string) Result {
	p, final := im.p, im.Final()
	if strings.Contains(final.Root().Platform, "BUILDPLATFORM") {
		return unproven("the final stage has the platform of the machine that builds", p.at(im.path, final.Root().Line))
	}
	for _, s := range im.Stages {
		if s.Parent != nil || strings.Contains(s.Platform, "BUILDPLATFORM") {
			continue // cross-compiles
		}
		for _, w := range want {
			ok, sure := supports(s.Image, w)
			switch {
			case !sure:
				return unproven("it is not known for which platforms "+s.Image+" exists", p.at(im.path, s.Line))
			case !ok:
				return unproven(s.Image+" does not exist for "+w, p.at(im.path, s.Line))
			}
		}
	}
	return Result{Status: Proven}
}

// crossCompiles: a stage on BUILDPLATFORM must use the target's architecture, or make nothing that depends on one.
func (im *image) crossCompiles(s *dockerfile.Stage) bool {
	for _, st := range s.Lineage() {
		for _, in := range st.Body {
			if strings.Contains(in.Source(), "TARGETARCH") || strings.Contains(in.Source(), "TARGETPLATFORM") {
				return true
			}
		}
	}
	for _, in := range s.Body {
		if in.Name == "RUN" && slices.ContainsFunc(im.commands(in), compiles) {
			return false
		}
	}
	return true
}

// compiles tells whether a command makes something for one architecture. .NET does so only when it is told to bring the runtime along.
func compiles(c pipeline.Command) bool {
	switch c.Tool() {
	case "go":
		return c.Sub() == "build" || c.Sub() == "install"
	case "cargo":
		return c.Sub() != "fetch" && c.Sub() != "vendor"
	case "gcc", "make", "pip", "pip3", "uv", "poetry":
		return true
	case "dotnet":
		return slices.ContainsFunc(c.Args, func(a string) bool { return a == "-r" || a == "--runtime" || strings.Contains(a, "PublishAot") }) ||
			slices.Contains(c.Args, "--self-contained") && !slices.Contains(c.Args, "false")
	}
	return false
}
