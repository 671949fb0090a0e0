package github

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
)

// image builds for all platforms and pushes nowhere: a change that breaks the image is seen before it is merged.
func (w *writer) image(img *plan.ImageBuild) {
	w.builder(img)
	scope := ""
	if img.Name != "" {
		scope = ",scope=" + img.Name
	}
	w.Comment("Nothing is pushed. Layers are kept in the cache of GitHub Actions, those of intermediate stages too.")
	w.step("Build for "+platformNames(img.Platforms), func() {
		w.uses("docker/build-push-action")
		w.Map("with", func() {
			w.context(img)
			w.Key("platforms", strings.Join(img.Platforms, ","))
			w.Raw("push", "false")
			w.Key("cache-from", "type=gha"+scope)
			w.Key("cache-to", "type=gha,mode=max"+scope)
		})
	})
	if w.plan.Scan.Images {
		w.scanImage(img, scope)
	}
}

func (w *writer) builder(img *plan.ImageBuild) {
	if img.Emulated {
		w.once("Stages that run commands for another architecture are emulated.")
		w.step("Set up QEMU", func() {
			w.uses("docker/setup-qemu-action")
			w.Map("with", func() { w.Key("platforms", foreign(img.Platforms)) })
		})
	}
	w.step("Set up Buildx", func() { w.uses("docker/setup-buildx-action") })
}

// foreign are the architectures that the runner is not: "arm64,riscv64".
func foreign(platforms []string) string {
	var out []string
	for _, p := range platforms {
		if p != "linux/amd64" {
			out = append(out, strings.Split(strings.TrimPrefix(p, "linux/"), "/")[0])
		}
	}
	return strings.Join(slices.Compact(out), ",")
}

func platformNames(platforms []string) string {
	var out []string
	for _, p := range platforms {
		out = append(out, strings.TrimPrefix(p, "linux/"))
	}
	return join(out)
}

func (w *writer) context(img *plan.ImageBuild) {
	w.Key("context", img.Context)
	if path.Join(img.Context, "Dockerfile") != img.Dockerfile {
		w.Key("file", img.Dockerfile)
	}
}

// scanImage loads the image of the runner's own architecture, from the layers just built, and scans it.
func (w *writer) scanImage(img *plan.ImageBuild, scope string) {
	tag := "scan-" + orDefault(img.Name, "image") + ":ci"
	w.step("Load the image for the scan", func() {
		w.uses("docker/build-push-action")
		w.Map("with", func() {
			w.context(img)
			w.Raw("load", "true")
			w.Raw("push", "false")
			w.Key("tags", tag)
			w.Key("cache-from", "type=gha"+scope)
		})
	})
	w.step("Scan the image with Trivy", func() {
		w.uses("aquasecurity/trivy-action")
		w.Map("with", func() {
			w.Key("image-ref", tag)
			w.scanLimits()
		})
	})
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func (w *writer) publishPermissions() {
	w.Map("permissions", func() {
		w.Key("contents", "read")
		if w.registry() == "ghcr.io" {
			w.Noted("packages", "write", "to push the image; no other job has it")
		}
	})
}

func (w *writer) registry() string {
	if w.plan.Publish.Registry == "" {
		return "ghcr.io"
	}
	return w.plan.Publish.Registry
}

// publishCondition keeps publishing to the events it is meant for. Pull requests never publish.
func (w *writer) publishCondition() string {
	var refs []string
	if w.plan.Publish.OnBranch {
		for _, b := range w.plan.Events.Branches {
			refs = append(refs, "github.ref == 'refs/heads/"+strings.ReplaceAll(b, "'", "''")+"'")
		}
	}
	if w.plan.Publish.OnTag {
		refs = append(refs, "startsWith(github.ref, 'refs/tags/v')")
	}
	cond := strings.Join(refs, " || ")
	if len(refs) > 1 {
		cond = "(" + cond + ")"
	}
	return "github.event_name == 'push' && " + cond
}

// publish builds anew and pushes. It reads no cache: what a cache holds was not reviewed.
func (w *writer) publish(img *plan.ImageBuild) {
	w.builder(img)
	host, _, _ := strings.Cut(w.registry(), "/")
	w.step("Log in to "+host, func() {
		w.uses("docker/login-action")
		w.Map("with", func() {
			w.Key("registry", host)
			user, secret := credentials(host)
			w.Key("username", user)
			w.Key("password", secret)
		})
	})
	w.step("Name the image", func() {
		w.Key("id", "meta")
		w.uses("docker/metadata-action")
		w.Map("with", func() {
			w.Key("images", w.imageName(img))
			w.Comment("No latest: what is deployed names a version.")
			w.Key("flavor", "latest=false")
			w.Text("tags", w.tags())
		})
	})
	w.Comment("Built without the cache, which other runs write. Provenance and the list of contents are attached, so that users can check the image.")
	w.step("Build and push", func() {
		w.uses("docker/build-push-action")
		w.Map("with", func() {
			w.context(img)
			w.Key("platforms", strings.Join(img.Platforms, ","))
			w.Raw("push", "true")
			w.Key("tags", "${{ steps.meta.outputs.tags }}")
			w.Key("labels", "${{ steps.meta.outputs.labels }}")
			w.Key("provenance", "mode=max")
			w.Raw("sbom", "true")
		})
	})
}

func credentials(host string) (user, secret string) {
	switch host {
	case "ghcr.io":
		return "${{ github.actor }}", "${{ secrets.GITHUB_TOKEN }}"
	case "docker.io":
		return "${{ secrets.DOCKERHUB_USERNAME }}", "${{ secrets.DOCKERHUB_TOKEN }}"
	}
	return "${{ secrets.REGISTRY_USERNAME }}", "${{ secrets.REGISTRY_PASSWORD }}"
}

// imageName is the repository's own name in the registry; metadata-action makes it lower-case.
func (w *writer) imageName(img *plan.ImageBuild) string {
	name := w.registry()
	if !strings.Contains(name, "/") {
		name += "/${{ github.repository }}"
	}
	if img.Name != "" {
		name += "/" + img.Name
	}
	return name
}

func (w *writer) tags() string {
	var tags []string
	if w.plan.Publish.OnTag {
		tags = append(tags, "type=semver,pattern={{version}}", "type=semver,pattern={{major}}.{{minor}}")
	}
	if w.plan.Publish.OnBranch {
		tags = append(tags, "type=sha,format=long", "type=ref,event=branch")
	}
	return strings.Join(tags, "\n")
}
