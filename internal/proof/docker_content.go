package proof

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// imageSize can be proven by a build only.
func imageSize(p *prover) Result {
	limit := bytesOf(p.claim.Param("max"))
	if limit <= 0 {
		return unproven("the size is not a number")
	}
	return p.everyImage(func(im *image) Result {
		ev := p.at(im.path, im.Final().Line)
		if p.in.Measured == nil || p.in.Measured.ImageBytes[im.path] <= 0 {
			return unproven("only a build can prove it: run with --try", ev)
		}
		n := p.in.Measured.ImageBytes[im.path]
		if n > limit {
			return unproven(fmt.Sprintf("the image has %d bytes, at most %d are allowed", n, limit), ev)
		}
		return proven(ev)
	})
}

// bytesOf reads 50M, 512m, 1G, 1.5GiB; -1 when it is no size.
func bytesOf(s string) int64 {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`))
	s = strings.TrimSuffix(strings.TrimSuffix(s, "b"), "i")
	factor := int64(1)
	switch {
	case strings.HasSuffix(s, "k"):
		factor = 1 << 10
	case strings.HasSuffix(s, "m"):
		factor = 1 << 20
	case strings.HasSuffix(s, "g"):
		factor = 1 << 30
	}
	f, err := strconv.ParseFloat(strings.TrimRight(s, "kmg"), 64)
	if err != nil || f < 0 || f > 1e15 {
		return -1
	}
	return int64(f * float64(factor))
}

// toolPackages are packages that only a build needs.
var toolPackages = []string{"gcc", "g++", "make", "cmake", "build-essential", "build-base", "git", "clang", "llvm", "rustc", "cargo", "golang", "go", "pkg-config", "pkgconf", "autoconf", "automake",

	"libtool", "musl-dev", "linux-headers", "python3-dev", "maven", "gradle", "default-jdk", "patch", "ninja-build", "ninja", "meson", "dpkg-dev", "gfortran", "bison", "flex"}

// toolImages are images that carry a toolchain.
func toolImage(image string) bool {
	name, tag := imageParts(image)
	switch name {
	case "golang", "rust", "gcc", "maven", "gradle", "buildpack-deps", "sdk", "swift", "clang", "composer":
		return true
	case "python", "node", "ruby", "php":
		return !strings.Contains(tag, "slim") && !strings.Contains(tag, "alpine") && name != "php"
	case "eclipse-temurin", "amazoncorretto", "openjdk", "liberica-openjdk-alpine", "zulu-openjdk":
		return !strings.Contains(tag, "jre")
	case "uv":
		return true
	}
	return false
}

func noBuildTools(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		root := final.Root()
		if toolImage(root.Image) {
			return unproven("the final image is built on "+root.Image+", which carries build tools", p.at(im.path, root.Line))
		}
		for _, in := range final.All("RUN") {
			for _, c := range im.commands(in) {
				if t := buildPackage(c, im); t != "" && !removed(im.commands(in), c, t) {
					return unproven("the final stage installs "+t, p.at(im.path, c.Line))
				}
			}
		}
		for _, in := range final.All("COPY") {
			for _, w := range in.Words {
				switch b := path.Base(w); {
				case slices.Contains([]string{"uv", "uvx", "poetry", "cargo", "rustc", "gcc"}, b) && strings.Contains(w, "/"):
					return unproven("the final stage gets "+b, p.at(im.path, in.Line))
				case w == "/usr/local/go" || w == "/usr/local/cargo" || w == "/root/.cargo":
					return unproven("the final stage gets a toolchain: "+w, p.at(im.path, in.Line))
				}
			}
		}
		return proven(p.at(im.path, final.Line))
	})
}

// buildPackage is the build tool that a command installs; empty for none.
func buildPackage(c pipeline.Command, _ *image) string {
	ops := operands(c)
	if len(ops) == 0 {
		return ""
	}
	install := slices.Contains([]string{"install", "add", "groupinstall"}, ops[0])
	switch c.Tool() {
	case "apt-get", "apt", "apk", "dnf", "microdnf", "yum", "zypper", "tdnf":
		if !install {
			return ""
		}
		for _, o := range ops[1:] {
			name, _, _ := strings.Cut(o, "=")
			if slices.Contains(toolPackages, name) || strings.HasSuffix(name, "-dev") || strings.HasSuffix(name, "-devel") {
				return name
			}
		}
	case "pip", "pip3", "uv":
		for _, o := range ops[1:] {
			name, _, _ := strings.Cut(o, "=")
			if slices.Contains([]string{"uv", "poetry", "pipenv", "build", "hatch", "pdm", "cython", "setuptools-rust"}, name) && slices.Contains(ops, "install") {
				return name
			}
		}
	}
	return ""
}

// removed: what one RUN installs and takes away again never gets into a layer.
func removed(all []pipeline.Command, installed pipeline.Command, pkg string) bool {
	virtual, _ := installed.Flag("--virtual")
	if v, ok := installed.Flag("-t"); ok && virtual == "" {
		virtual = v
	}
	for _, c := range all {
		if c.Start <= installed.Start || c.Swallowed {
			continue
		}
		ops := operands(c)
		if len(ops) < 2 || !slices.Contains([]string{"del", "purge", "remove", "erase"}, ops[0]) {
			continue
		}
		if slices.Contains(ops, pkg) || virtual != "" && slices.Contains(ops, virtual) {
			return true
		}
	}
	return false
}

func smallBase(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		root := im.Final().Root()
		ev := p.at(im.path, root.Line)
		name, tag := imageParts(root.Image)
		for _, s := range []string{"alpine", "slim", "distroless", "busybox", "chiseled", "wolfi", "micro", "minimal", "static"} {
			if name == s || strings.Contains(tag, s) || s == "distroless" && strings.Contains(root.Image, s) || strings.HasSuffix(name, "-"+s) {
				return proven(ev)
			}
		}
		if root.Image == "scratch" {
			return proven(ev)
		}
		return unproven(root.Image+" is not a small base", ev)
	})
}

func dockerignore(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		for _, f := range []string{im.path + ".dockerignore", path.Join(path.Dir(im.path), ".dockerignore"), ".dockerignore"} {
			for i, l := range p.in.Tree.Lines(f) {
				if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") && !strings.HasPrefix(l, "!") {
					return proven(p.at(f, i+1))
				}
			}
		}
		return unproven("there is no .dockerignore that leaves anything out", p.at(im.path, 1))
	})
}

// dependencyLayer proves that dependencies are installed before the source is copied, so that a change of the source keeps them.
func dependencyLayer(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		near := unproven("no stage installs dependencies", p.at(im.path, im.Final().Line))
		for _, s := range im.Stages {
			source := 0
			for _, in := range s.Body {
				switch in.Name {
				case "COPY", "ADD":
					if _, from := in.Flag("from"); !from && copiesAll(in) && source == 0 {
						source = in.Line
					}
				case "RUN":
					for _, c := range im.commands(in) {
						if kind, _ := installKind(c, im, s); kind == "" {
							continue
						}
						if source > 0 {
							return unproven("the source is copied before the dependencies are installed", p.at(im.path, source), p.at(im.path, in.Line))
						}
						near = proven(p.at(im.path, in.Line))
					}
				}
			}
		}
		return near
	})
}

func copiesAll(in *dockerfile.Instruction) bool {
	for _, w := range in.Words[:max(0, len(in.Words)-1)] {
		if w == "." || w == "./" || w == "/" || w == "*" {
			return true
		}
	}
	return false
}
