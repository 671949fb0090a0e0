package golang

import (
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// Dated November 2026. Go supports its two newest versions; go.mod often names an older one, whose last patch is used then.
const defaultGo = "1.26"

var supported = []string{"1.26", "1.27"}

// patches are the last patch releases whose images were seen in use.
var patches = map[string]string{
	"1.20": "1.20.14", "1.21": "1.21.13", "1.22": "1.22.12", "1.23": "1.23.12", "1.24": "1.24.11",
	"1.25": "1.25.13", "1.26": "1.26.8", "1.27": "1.27.1",
}

// The tools that a recipe runs from their modules, so that every machine runs the same version.
const (
	golangciLint  = "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0"
	golangciLint1 = "github.com/golangci/golangci-lint/cmd/golangci-lint@v1.64.8"
	govulncheck   = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"
	staticcheck   = "honnef.co/go/tools/cmd/staticcheck@v0.6.1"
	air           = "github.com/air-verse/air@v1.67.4"
)

const (
	// distroless has time zones, certificates and a user and no shell. It has no version tags, so it is pinned by digest.
	staticImage = "gcr.io/distroless/static-debian13:nonroot@sha256:1c2c046bc09ed40fad370b599a0b1ae7987f55b01e247cf27a7c27cd97e5bbc7"
	debianImage = "debian:trixie-20260803-slim"
	oldDebian   = "debian:bookworm-20250929-slim"
)

// goImage is the image that builds with a version: the exact patch that is pinned, or the last one of its line.
func goImage(version string) string {
	if version == "" {
		version = defaultGo
	}
	exact := version
	if strings.Count(version, ".") < 2 {
		exact = patches[stack.Shorten(version, 2)]
	}
	if exact == "" {
		exact = version
	}
	return "golang:" + exact + "-" + codename(version)
}

// codename is the Debian release that the images of a version have: Go 1.25 was the first with Debian 13 from its first day.
func codename(version string) string {
	if stack.CompareVersions(stack.Shorten(version, 2), "1.25") >= 0 {
		return "trixie"
	}
	return "bookworm"
}

// runtimeImage is the glibc base for cgo: the same Debian release as the build image, so that the C library fits.
func runtimeImage(version string) string {
	if codename(version) == "trixie" {
		return debianImage
	}
	return oldDebian
}

func matrix(c *stack.Component) []string {
	v := stack.Shorten(c.Version.String(), 2)
	if c.Version.String() != v || c.VersionRange == nil {
		return []string{c.Version.String()}
	}
	out := []string{v}
	for _, s := range supported {
		if stack.CompareVersions(s, v) > 0 {
			out = append(out, s)
		}
	}
	return out
}
