package gitlab

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
)

// tool writes the image of a job whose entrypoint is the tool itself, so that the script gets a shell.
func (w *writer) tool(image string) {
	w.Map("image", func() {
		w.Key("name", image)
		w.List("entrypoint", []string{""})
	})
}

func (w *writer) builder() {
	w.once("BuildKit without root and without a Docker daemon: the job needs no privileged runner. The image brings the emulators for other architectures.")
	w.tool(buildkitImage)
}

// image builds for all platforms and pushes nowhere.
func (w *writer) image(j *plan.Job) {
	w.builder()
	w.Map("variables", func() { w.Key("BUILDKITD_FLAGS", "--oci-worker-no-process-sandbox") })
	w.Map("cache", func() {
		w.Key("key", "layers-"+j.ID)
		w.List("paths", []string{".buildkit-cache"})
	})
	if len(j.Only) == 0 {
		w.filter(j.Part)
	}
	w.Map("script", func() {
		w.Comment("No output is named, so nothing is pushed; the layers stay in the cache.")
		w.Value(build(j.Image, j.Image.Platforms,
			"--import-cache type=local,src=.buildkit-cache",
			"--export-cache type=local,dest=.buildkit-cache,mode=max"))
		if w.plan.Scan.Images {
			w.Value(build(j.Image, []string{"linux/amd64"}, "--output type=docker,name="+j.ID+",dest=image.tar"))
		}
	})
	if w.plan.Scan.Images {
		w.Map("artifacts", func() {
			w.Key("expire_in", "1 day")
			w.List("paths", []string{"image.tar"})
		})
	}
}

// filter gives an image job the rules of its part; other jobs get them from the part's template.
func (w *writer) filter(part *plan.Part) {
	if part == nil || !w.plan.Filtered() || !w.plan.Events.PullRequest {
		return
	}
	w.Map("rules", func() {
		w.Item(func() { w.Key("if", `$CI_PIPELINE_SOURCE != "merge_request_event"`) })
		w.Item(func() { w.List("changes", w.changes(part)) })
	})
}

func build(img *plan.ImageBuild, platforms []string, more ...string) string {
	dir, file := path.Split(img.Dockerfile)
	lines := []string{
		"buildctl-daemonless.sh build", "--frontend dockerfile.v0",
		"--local context=" + shellPath(img.Context), "--local dockerfile=" + shellPath(path.Clean("./"+dir)),
	}
	if file != "Dockerfile" {
		lines = append(lines, "--opt filename="+shellPath(file))
	}
	lines = append(lines, "--opt platform="+strings.Join(platforms, ","))
	return strings.Join(append(lines, more...), " \\\n  ")
}

// publish builds anew and pushes. It reads no cache: what a cache holds was not reviewed.
func (w *writer) publish(j *plan.Job) {
	w.builder()
	w.Raw("interruptible", "false")
	w.Map("variables", func() { w.Key("BUILDKITD_FLAGS", "--oci-worker-no-process-sandbox") })
	w.Map("rules", func() {
		if w.plan.Publish.OnTag {
			w.Item(func() { w.Key("if", "$CI_COMMIT_TAG") })
		}
		if w.plan.Publish.OnBranch {
			for _, b := range w.plan.Events.Branches {
				w.Item(func() { w.Key("if", `$CI_PIPELINE_SOURCE == "push" && `+branchIs(b)) })
			}
		}
	})
	host, user, secret, image := w.registry()
	w.Map("before_script", func() {
		w.Value("mkdir -p ~/.docker")
		w.Comment("The password goes from a masked variable into a file of this job only, never onto a command line.")
		w.Value(`printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "` + host + `" "` + user + `" "` + secret + `" > ~/.docker/config.json`)
	})
	if j.Image.Name != "" {
		image += "/" + j.Image.Name
	}
	w.Map("script", func() {
		w.Comment("Provenance and the list of contents are attached, so that users can check the image.")
		w.Value(build(j.Image, j.Image.Platforms, "--opt attest:provenance=mode=max", "--opt attest:sbom=",
			`--output "type=image,name=`+image+`:${CI_COMMIT_TAG:-$CI_COMMIT_SHA},push=true"`))
	})
}

// registry says where the image goes and with which variables; GitLab's own registry brings its variables along.
func (w *writer) registry() (host, user, secret, image string) {
	r := w.plan.Publish.Registry
	if slices.Contains([]string{"", "gitlab", "registry.gitlab.com"}, strings.ToLower(r)) {
		return "$CI_REGISTRY", "$CI_REGISTRY_USER", "$CI_REGISTRY_PASSWORD", "$CI_REGISTRY_IMAGE"
	}
	w.plan.Notes = append(w.plan.Notes, "publishing to "+r+" needs the CI/CD variables REGISTRY_USER and REGISTRY_PASSWORD, masked and protected")
	host, _, hasPath := strings.Cut(r, "/")
	image = r
	if !hasPath {
		image += "/$CI_PROJECT_PATH"
	}
	if host == "docker.io" {
		host = "https://index.docker.io/v1/"
	}
	return host, "$REGISTRY_USER", "$REGISTRY_PASSWORD", image
}

func (w *writer) trivy(args string) {
	w.tool(trivyImage)
	w.Map("variables", func() { w.Key("TRIVY_CACHE_DIR", "$CI_PROJECT_DIR/.trivycache") })
	w.Map("cache", func() {
		w.Key("key", "trivy")
		w.List("paths", []string{".trivycache"})
	})
	w.Map("script", func() {
		w.Comment("A vulnerability without a fix blocks nothing: nobody could act on it.")
		w.Value("trivy " + args + " --severity " + w.plan.Scan.Severities + " --ignore-unfixed --exit-code 1 --no-progress")
	})
}

func (w *writer) scan() { w.trivy("fs . --scanners vuln,secret --skip-dirs .trivycache") }

func (w *writer) scanImage(j *plan.Job) {
	w.Map(j.ID+"-scan", func() {
		w.Key("stage", "build")
		w.List("needs", []string{j.ID})
		w.Key("timeout", "15 minutes")
		w.filter(j.Part)
		w.trivy("image --input image.tar")
	})
}

func (w *writer) links() {
	w.tool(lycheeImage)
	w.Map("script", func() {
		w.Comment("Links between the repository's own files. Other sites are not asked: their bad day must not block a change.")
		w.Value(`lychee --offline --no-progress --root-dir "$CI_PROJECT_DIR" './**/*.md'`)
	})
}
