package compose

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
)

// applyClaims shapes the services by what the task asks for.
func (b *builder) applyClaims() error {
	for _, c := range b.r.Claims {
		if c.Not {
			continue
		}
		apply, ok := appliers[c.Name]
		if !ok {
			continue
		}
		if err := apply(b, c); err != nil {
			return err
		}
	}
	return nil
}

// appliers are the claims that change a stack beyond what it has anyway.
var appliers = map[string]func(*builder, criterion.Claim) error{
	criterion.Restart:         (*builder).claimRestart,
	criterion.MemoryLimit:     (*builder).claimMemory,
	criterion.CPULimit:        (*builder).claimCPU,
	criterion.HealthCheck:     (*builder).claimHealth,
	criterion.ReadOnlyRoot:    (*builder).claimReadOnly,
	criterion.CapDrop:         (*builder).claimCapDrop,
	criterion.EnvFile:         (*builder).claimEnvFile,
	criterion.HotReload:       (*builder).claimHotReload,
	criterion.NoNewPrivileges: (*builder).claimHardening,
	criterion.LogRotation:     (*builder).claimHardening,
}

var restartPolicy = regexp.MustCompile(`^(no|always|unless-stopped|on-failure(:[0-9]+)?)$`)

func (b *builder) claimRestart(c criterion.Claim) error {
	policy := c.Param("policy")
	if policy == "" {
		policy = "unless-stopped"
	}
	if !restartPolicy.MatchString(policy) {
		return refuse("%s: %q is no restart policy; Docker has no, always, on-failure and unless-stopped", b.r.Path, policy)
	}
	for _, s := range b.p.services {
		if b.means(c.Param("service"), s) {
			s.restart = policy
		}
	}
	return nil
}

func (b *builder) claimMemory(c criterion.Claim) error {
	if c.Param("limit") == "" {
		return nil
	}
	limit, err := memory(c.Param("limit"))
	if err != nil {
		return refuse("%s: %v", b.r.Path, err)
	}
	for _, s := range b.p.services {
		if b.means(c.Param("service"), s) {
			s.memory = limit
		}
	}
	return nil
}

var memoryPattern = regexp.MustCompile(`(?i)^([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?b)?$`)

// memory writes an amount as Compose does: "512 MB" and "512MiB" are 512M, "1.5GB" is 1536M.
func memory(s string) (string, error) {
	m := memoryPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", fmt.Errorf("%q is no amount of memory; write it as 512M or 2G", s)
	}
	unit := strings.ToUpper(m[2])
	if unit == "" {
		unit = "B"
	}
	if !strings.Contains(m[1], ".") {
		return m[1] + unit, nil
	}
	smaller := map[string]string{"T": "G", "G": "M", "M": "K", "K": "B"}[unit]
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil || smaller == "" {
		return "", fmt.Errorf("%q is no amount of memory; write it as 512M or 2G", s)
	}
	return strconv.FormatInt(int64(n*1024), 10) + smaller, nil
}

var cpuPattern = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func (b *builder) claimCPU(c criterion.Claim) error {
	limit := strings.TrimSpace(c.Param("limit"))
	if limit == "" {
		return nil
	}
	if m, ok := strings.CutSuffix(limit, "m"); ok {
		if n, err := strconv.Atoi(m); err == nil {
			limit = strconv.FormatFloat(float64(n)/1000, 'f', -1, 64)
		}
	}
	if !cpuPattern.MatchString(limit) {
		return refuse("%s: %q is no number of CPUs; write it as 0.5 or 2", b.r.Path, c.Param("limit"))
	}
	if !strings.Contains(limit, ".") {
		limit += ".0"
	}
	for _, s := range b.p.services {
		if b.means(c.Param("service"), s) {
			s.cpus = limit
		}
	}
	return nil
}

// claimHealth holds the route against the survey's, and sets the interval.
func (b *builder) claimHealth(c criterion.Claim) error {
	if want := c.Param("path"); want != "" {
		if err := b.claimRoute(c, want); err != nil {
			return err
		}
	}
	interval := c.Param("interval")
	for _, s := range b.p.services {
		named := c.Param("service") != ""
		if s.health != nil && regexp.MustCompile(`^[0-9]+(ms|s|m|h)$`).MatchString(interval) && (named && b.means(c.Param("service"), s) || !named && s.app) {
			s.health.interval = interval
		}
	}
	return nil
}

func (b *builder) claimRoute(c criterion.Claim, want string) error {
	var known []string
	for i, p := range b.parts {
		if named := artifact.Slug(c.Param("service")); named != "" && named != b.appNames[i] {
			continue
		}
		if p.Health.String() == want {
			return nil
		}
		if p.Health != nil {
			known = append(known, fmt.Sprintf("%s of %s (%s:%d)", p.Health.Value, p.Name, p.Health.Evidence.File, p.Health.Evidence.Line))
		}
	}
	if len(known) == 0 {
		return refuse("%s: a health check on %s is asked for, but the survey found no such route: add it to the source first", b.r.Path, want)
	}
	return refuse("%s: a health check on %s is asked for, but the source has %s: change the criterion or the source", b.r.Path, want, strings.Join(known, ", "))
}

func (b *builder) claimReadOnly(c criterion.Claim) error {
	for _, s := range b.p.services {
		if !b.means(c.Param("service"), s) {
			continue
		}
		if !s.app && !s.readOnly {
			b.note("%s keeps a writable root file system: its image does not start without one", s.name)
			continue
		}
		s.readOnly = true
		if !slices.ContainsFunc(s.tmpfs, func(t string) bool { return t == "/tmp" || strings.HasPrefix(t, "/tmp:") }) {
			s.tmpfs = append([]string{"/tmp"}, s.tmpfs...)
		}
	}
	return nil
}

func (b *builder) claimCapDrop(c criterion.Claim) error {
	for _, s := range b.p.services {
		if b.means(c.Param("service"), s) {
			s.dropCaps = true
		}
	}
	return nil
}

func (b *builder) claimHardening(criterion.Claim) error {
	for _, s := range b.p.services {
		s.noNewPrivs, s.rotateLogs = true, true
	}
	return nil
}

var envFilePattern = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

func (b *builder) claimEnvFile(c criterion.Claim) error {
	file := c.Param("file")
	if file == "" {
		file = ".env"
	}
	if !envFilePattern.MatchString(file) || strings.HasPrefix(file, "/") || strings.Contains(file, "..") {
		return refuse("%s: %q is no file of this repository", b.r.Path, file)
	}
	for _, s := range b.p.apps() {
		s.envFile = []string{file}
	}
	return nil
}

// claimHotReload is met by every development stack; where nothing reloads, that is said.
func (b *builder) claimHotReload(criterion.Claim) error {
	if !b.p.dev || slices.ContainsFunc(b.p.apps(), func(s *service) bool { return len(s.watch)+len(s.command)+len(s.entrypoint) > 0 }) {
		return nil
	}
	return refuse("%s: hot reload is asked for, but nothing in this stack is built from source", b.r.Path)
}

func refuse(format string, args ...any) error {
	return &artifact.Refusal{Reason: fmt.Sprintf(format, args...)}
}
