package trial

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Step is one thing that a trial did.
type Step struct {
	Name     string
	OK       bool
	Detail   string
	Duration time.Duration
}

// Report is what a trial found out.
type Report struct {
	Steps  []Step
	Images map[string]int64 // size in bytes of the image that each Dockerfile makes
}

// OK tells whether every step was.
func (r *Report) OK() bool {
	for _, s := range r.Steps {
		if !s.OK {
			return false
		}
	}
	return true
}

// ErrNoDocker is returned when there is no Docker engine to try with.
var ErrNoDocker = errors.New("no Docker engine answers: start one, or leave --try out")

// healthLimit is how long containers may take to become healthy.
const healthLimit = 3 * time.Minute

// Run tries the Dockerfiles and Compose files among files, as they are in the Tree.
func Run(ctx context.Context, tree *repo.Tree, facts *stack.Facts, files []string) (*Report, error) {
	t := &trial{ctx: ctx, facts: facts, report: &Report{Images: map[string]int64{}}, name: "autogit-try-" + strings.ToLower(rand.Text()[:10])}
	if _, err := t.docker("version", "--format", "{{.Server.Version}}"); err != nil {
		return nil, ErrNoDocker
	}
	dir, err := os.MkdirTemp("", "autogit-try-")
	if err != nil {
		return nil, fmt.Errorf("make a private copy: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := tree.Export(ctx, dir); err != nil {
		return nil, fmt.Errorf("make a private copy: %w", err)
	}
	t.dir, t.tree = dir, tree
	defer t.cleanUp()
	for _, f := range files {
		if ctx.Err() != nil {
			return t.report, ctx.Err()
		}
		switch tree.Kind(f) {
		case repo.KindDockerfile:
			t.image(f)
		case repo.KindCompose:
			t.stack(f)
		}
	}
	return t.report, ctx.Err()
}

type trial struct {
	ctx        context.Context
	tree       *repo.Tree
	facts      *stack.Facts
	dir        string
	name       string // of everything that the trial makes
	report     *Report
	images     []string
	containers []string
}

// step runs one step and records how it went.
func (t *trial) step(name string, do func() (string, error)) bool {
	begin := time.Now()
	detail, err := do()
	if err != nil {
		detail = err.Error()
	}
	t.report.Steps = append(t.report.Steps, Step{Name: name, OK: err == nil, Detail: detail, Duration: time.Since(begin)})
	return err == nil
}

// image builds a Dockerfile and, when its program needs no other server, runs it until it is healthy.
func (t *trial) image(file string) {
	tag := fmt.Sprintf("%s-%d", t.name, len(t.images))
	built := t.step("build "+file, func() (string, error) {
		t.images = append(t.images, tag)
		if _, err := t.docker("build", "-t", tag, "-f", t.local(file), t.local(t.contextOf(file))); err != nil {
			return "", err
		}
		size, err := t.size(tag)
		t.report.Images[file] = size
		return fmt.Sprintf("%.1f MB", float64(size)/1e6), err
	})
	if !built {
		return
	}
	if need := t.needs(file); need != "" {
		t.step("run "+file, func() (string, error) {
			return "built and not run by itself: it needs " + need + "; the Compose file tries both", nil
		})
		return
	}
	t.step("run "+file, func() (string, error) { return t.runHealthy(tag) })
}

func (t *trial) runHealthy(tag string) (string, error) {
	name := tag + "-run"
	t.containers = append(t.containers, name)
	if _, err := t.docker("run", "-d", "--name", name, tag); err != nil {
		return "", err
	}
	return t.waitHealthy(name, false)
}

var buildLine = regexp.MustCompile(`(?m)^#\s+docker build\s.*\s(\S+)$`)

// contextOf is the build context of a Dockerfile: the folder that its header says it is built from, else its own.
func (t *trial) contextOf(file string) string {
	if m := buildLine.FindStringSubmatch(t.tree.Text(file)); m != nil && (m[1] == "." || t.tree.HasDir(m[1])) {
		return m[1]
	}
	return path.Dir(file)
}

// needs is what the component of a Dockerfile cannot run without.
func (t *trial) needs(file string) string {
	var names []string
	for i := range t.facts.Components {
		if c := &t.facts.Components[i]; c.Path == path.Dir(file) || len(t.facts.Components) == 1 {
			for _, s := range c.Services {
				names = append(names, s.Value)
			}
		}
	}
	return strings.Join(names, ", ")
}

func (t *trial) local(p string) string { return path.Join(t.dir, p) }
