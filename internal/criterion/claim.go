package criterion

import (
	"slices"
	"strings"
)

// Claim is a checkable statement that a criterion was understood to make.
type Claim struct {
	Name   string            `json:"claim"`
	Params map[string]string `json:"params,omitempty"` // a list is joined by commas
	Not    bool              `json:"not,omitempty"`    // the criterion forbids it
}

// Param is a parameter's value, empty when it is not given.
func (c Claim) Param(name string) string { return c.Params[name] }

// List is a parameter's comma-separated values; none when it is not given.
func (c Claim) List(name string) []string {
	if c.Params[name] == "" {
		return nil
	}
	return strings.Split(c.Params[name], ",")
}

// Find returns the claims of a name, so that a writer can shape its output by what is asked.
func Find(claims []Claim, name string) []Claim {
	var out []Claim
	for _, c := range claims {
		if c.Name == name && !c.Not {
			out = append(out, c)
		}
	}
	return out
}

// The claims about pipelines. Params in braces; "?" marks those that may be missing.
const (
	Trigger           = "trigger"            // {events: push,pull_request,tag,merge_request,schedule,manual; only?: true; branches?; job?: the claim whose job it speaks of}
	Lint              = "lint"               // {tool?, component?}
	TypeCheck         = "typecheck"          // {tool?}
	FormatCheck       = "format-check"       // {tool?}
	Test              = "test"               // {tool?, coverage?: true}
	Order             = "order"              // {first: lint, then: test}
	CacheDependencies = "cache-dependencies" // {}
	CacheLayers       = "cache-layers"       // {}
	Matrix            = "matrix"             // {language?, versions: 3.10,3.11}
	CancelOutdated    = "cancel-outdated"    // {}
	CoverageUpload    = "coverage-upload"    // {service?: codecov}
	CoverageThreshold = "coverage-threshold" // {percent: 80}
	Scan              = "scan"               // {tool?: trivy, severities?: CRITICAL,HIGH, target?: fs|image}
	ImageBuild        = "image-build"        // {platforms?: linux/amd64,linux/arm64, multi?: true}
	NoPush            = "no-push"            // {event: pull_request}
	Publish           = "publish"            // {registry: ghcr.io, on?: tag, branches?, only?: true}
	LeastPermissions  = "least-permissions"  // {}
	ActionsPinned     = "actions-pinned"     // {}
	LinkCheck         = "link-check"         // {}
	Timeout           = "timeout"            // {minutes?: 15}
	Schedule          = "schedule"           // {cron: "0 2 * * *"} in UTC
	IntegrationTest   = "integration-test"   // {service: postgres, version?: 16}
	FailFast          = "fail-fast"          // {}
	RunnerTags        = "runner-tags"        // {tags: arm64,gpu}: every job runs on runners that have these tags
)

// The claims about images.
const (
	MultiStage   = "multi-stage"    // {}
	NonRoot      = "non-root"       // {uid?}
	HealthCheck  = "healthcheck"    // {path?, interval?: 30s, service?, each?: true}
	Signals      = "signals"        // {}
	ImageSize    = "image-size"     // {max: 50MB}: only a build can prove it
	NoBuildTools = "no-build-tools" // {}
	BasePinned   = "base-pinned"    // {}
	NoSecrets    = "no-secrets"     // {}
	LockFile     = "lock-file"      // {}
	Platform     = "platform"       // {platforms: linux/arm64}
	Expose       = "expose"         // {port}
	Labels       = "labels"         // {keys: source,version}
	SmallBase    = "small-base"     // {}
)

// The claims about Compose files.
const (
	WaitsHealthy     = "waits-healthy"      // {service?: postgres}
	Restart          = "restart"            // {policy: unless-stopped}
	PersistentVolume = "persistent-volume"  // {service?: database}
	MemoryLimit      = "memory-limit"       // {limit?: 512M, service?}
	CPULimit         = "cpu-limit"          // {limit?}
	ReadOnlyRoot     = "read-only-root"     // {}
	NoLiteralSecrets = "no-literal-secrets" // {}
	OnlyAppPublished = "only-app-published" // {}
	SeparateNetworks = "separate-networks"  // {names?: frontend,backend}
	HotReload        = "hot-reload"         // {}
	LogRotation      = "log-rotation"       // {}
	EnvFile          = "env-file"           // {file: .env}
	NoNewPrivileges  = "no-new-privileges"  // {}
	CapDrop          = "cap-drop"           // {}
	HasService       = "service"            // {name: redis}
	ImagesPinned     = "images-pinned"      // {}
)

// The claims about Makefiles.
const (
	HelpListsAll  = "help-lists-all" // {}
	Targets       = "targets"        // {names: install,test,lint}
	TargetRuns    = "target-runs"    // {target, tool?, coverage?: true, file?: docker-compose.prod.yml, job?: test|lint|image-build|clean}
	NoRoot        = "no-root"        // {}
	DefaultTarget = "default-target" // {name: help}
	Phony         = "phony"          // {}
)

// The claims that standards forbid to turn round (see Forbidden), and a few that stand beside those above.
const (
	Build           = "build"            // {}: the code is compiled or packed
	GatesFail       = "gates-fail"       // {}: no check may fail without failing the pipeline
	NotPrivileged   = "not-privileged"   // {}
	TLSVerified     = "tls-verified"     // {}
	NoDockerSocket  = "no-docker-socket" // {}
	DependencyLayer = "dependency-layer" // {}: dependencies are installed before the source is copied
	Dockerignore    = "dockerignore"     // {}
	RuntimeVersion  = "runtime-version"  // {language, version}: what is built and run with
)

// String writes a claim shortly: lint{tool=ruff}, !cache-dependencies.
func (c Claim) String() string {
	keys := make([]string, 0, len(c.Params))
	for k := range c.Params {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var b strings.Builder
	if c.Not {
		b.WriteByte('!')
	}
	b.WriteString(c.Name)
	for i, k := range keys {
		sep := byte('{')
		if i > 0 {
			sep = ' '
		}
		b.WriteByte(sep)
		b.WriteString(k + "=" + c.Params[k])
	}
	if len(keys) > 0 {
		b.WriteByte('}')
	}
	return b.String()
}
