package e2e

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/autogit/autogit/internal/dockertest"
	"github.com/rhysd/actionlint"
	"mvdan.cc/sh/v3/shell"
)

// runner executes the jobs of a GitHub workflow on this machine as GitHub's runner would on its own: the scripts of
// run steps by the same shells, services in containers, one combination of the matrix. Steps that use actions are
// not executed; what such a step demands of the work tree is checked where it is known.
type runner struct {
	t        *testing.T
	dir      string
	workflow *actionlint.Workflow
	// offline names programs whose steps need a service that this machine cannot reach, and why.
	offline map[string]string
	// ran are the scripts that were executed, by job.
	ran map[string][]string
}

func newRunner(t *testing.T, dir, file string) *runner {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	workflow, faults := actionlint.Parse(src)
	for _, f := range faults {
		t.Errorf("%s:%d: %s", file, f.Line, f.Message)
	}
	if workflow == nil || len(faults) > 0 {
		t.FailNow()
	}
	return &runner{t: t, dir: dir, workflow: workflow, ran: map[string][]string{}}
}

// run executes all jobs in the order of their needs.
func (r *runner) run() {
	done := map[string]bool{}
	for len(done) < len(r.workflow.Jobs) {
		before := len(done)
		for _, id := range slices.Sorted(maps.Keys(r.workflow.Jobs)) {
			job := r.workflow.Jobs[id]
			ready := !slices.ContainsFunc(job.Needs, func(n *actionlint.String) bool { return !done[strings.ToLower(n.Value)] })
			if done[id] || !ready {
				continue
			}
			r.t.Run(id, func(t *testing.T) { r.job(t, id, job) })
			done[id] = true
		}
		if len(done) == before {
			r.t.Fatal("the jobs need each other in a circle")
		}
	}
}

// contexts are what a run for a pull request sees.
func (r *runner) contexts(job *actionlint.Job) contexts {
	matrix := map[string]any{}
	if job.Strategy != nil && job.Strategy.Matrix != nil {
		for name, row := range job.Strategy.Matrix.Rows {
			if len(row.Values) > 0 {
				matrix[name] = strings.Trim(row.Values[0].String(), `"`)
			}
		}
	}
	return contexts{
		"github": map[string]any{
			"event_name": "pull_request", "ref": "refs/pull/1/merge", "ref_name": "1/merge", "run_id": "4711", "sha": strings.Repeat("0", 40),
			"repository": "example/service", "repository_owner": "example", "workflow": "CI", "actor": "someone", "workspace": r.dir,
			"server_url": "https://github.com", "event": map[string]any{"*": ""}, "token": "",
		},
		"runner":  map[string]any{"os": "Linux", "arch": "X64", "temp": os.TempDir()},
		"secrets": map[string]any{"*": ""},
		"vars":    map[string]any{"*": ""},
		"matrix":  matrix,
		"env":     map[string]any{},
		"steps":   map[string]any{"*": ""},
	}
}

func (r *runner) job(t *testing.T, id string, job *actionlint.Job) {
	c := r.contexts(job)
	if job.If != nil {
		if ok, err := c.holds(job.If.Value); err != nil || !ok {
			t.Skipf("not for this event: if %s (%v)", job.If.Value, err)
		}
	}
	if !slices.ContainsFunc(job.Steps, func(s *actionlint.Step) bool { _, ok := s.Exec.(*actionlint.ExecRun); return ok }) {
		t.Skip("only actions, which need GitHub")
	}
	r.services(t, c, job)
	var env []string
	env = r.environment(t, c, env, r.workflow.Env)
	env = r.environment(t, c, env, job.Env)
	files := t.TempDir()
	for _, name := range []string{"GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} {
		env = append(env, name+"="+filepath.Join(files, name))
	}
	env = append(env, "CI=true", "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+r.dir)
	for i, step := range job.Steps {
		if step.If != nil {
			if ok, err := c.holds(step.If.Value); err != nil {
				t.Fatalf("step %d: if %s: %v", i+1, step.If.Value, err)
			} else if !ok {
				t.Logf("step %d is not for this event: if %s", i+1, step.If.Value)
				continue
			}
		}
		switch exec := step.Exec.(type) {
		case *actionlint.ExecRun:
			r.script(t, c, id, job, step, exec, r.environment(t, c, env, step.Env))
		case *actionlint.ExecAction:
			r.action(t, c, exec)
		}
	}
}

// environment adds variables to those that a step sees.
func (r *runner) environment(t *testing.T, c contexts, env []string, more *actionlint.Env) []string {
	t.Helper()
	env = slices.Clip(env)
	if more == nil {
		return env
	}
	for _, v := range more.Vars {
		value := r.expand(t, c, v.Value.Value)
		env = append(env, v.Name.Value+"="+value)
		if m, ok := c["env"].(map[string]any); ok {
			m[strings.ToLower(v.Name.Value)] = value
		}
	}
	return env
}

func (r *runner) expand(t *testing.T, c contexts, text string) string {
	t.Helper()
	out, err := c.expand(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// script executes one run step.
func (r *runner) script(t *testing.T, c contexts, id string, job *actionlint.Job, step *actionlint.Step, run *actionlint.ExecRun, env []string) {
	t.Helper()
	text := r.expand(t, c, run.Run.Value)
	for program, why := range r.offline {
		if strings.Contains(text, program) {
			t.Logf("left out, %s: %s", why, strings.TrimSpace(text))
			return
		}
	}
	file := filepath.Join(t.TempDir(), "step.sh")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	interpreter, dir := r.defaults(job)
	if run.Shell != nil {
		interpreter = run.Shell.Value
	}
	if run.WorkingDirectory != nil {
		dir = run.WorkingDirectory.Value
	}
	// What GitHub documents: no shell named is bash -e; naming bash adds pipefail.
	words := map[string][]string{
		"": {"bash", "-e", file}, "bash": {"bash", "--noprofile", "--norc", "-eo", "pipefail", file}, "sh": {"sh", "-e", file},
	}[interpreter]
	if words == nil {
		t.Fatalf("shell %q is not known here", interpreter)
	}
	cmd := command(t, filepath.Join(r.dir, r.expand(t, c, dir)), words[0], words[1:]...)
	cmd.Env = append(os.Environ(), env...)
	start := time.Now()
	o := do(t, cmd)
	name := strings.TrimSpace(text)
	if step.Name != nil {
		name = step.Name.Value
	}
	if o.code != 0 {
		t.Fatalf("step %q: exit code %d\n%s\n%s%s", name, o.code, text, o.stdout, o.stderr)
	}
	t.Logf("step %q passed in %s", name, time.Since(start).Round(time.Millisecond))
	r.ran[id] = append(r.ran[id], text)
}

func (r *runner) defaults(job *actionlint.Job) (interpreter, dir string) {
	for _, d := range []*actionlint.Defaults{job.Defaults, r.workflow.Defaults} {
		if d == nil || d.Run == nil {
			continue
		}
		if d.Run.Shell != nil {
			interpreter = cmp.Or(interpreter, d.Run.Shell.Value)
		}
		if d.Run.WorkingDirectory != nil {
			dir = cmp.Or(dir, d.Run.WorkingDirectory.Value)
		}
	}
	return interpreter, dir
}

// action checks what an action would find in the work tree.
func (r *runner) action(t *testing.T, c contexts, a *actionlint.ExecAction) {
	t.Helper()
	// The inputs that name files, which must be there when the step begins.
	inputs := map[string][]string{
		"actions/setup-go": {"go-version-file"}, "actions/setup-node": {"node-version-file", "cache-dependency-path"},
		"actions/upload-artifact": {"path"},
	}
	name, _, _ := strings.Cut(a.Uses.Value, "@")
	for _, input := range inputs[name] {
		in, ok := a.Inputs[input]
		if !ok {
			continue
		}
		for pattern := range strings.FieldsSeq(r.expand(t, c, in.Value.Value)) {
			found, err := filepath.Glob(filepath.Join(r.dir, pattern))
			if err != nil || len(found) == 0 {
				t.Errorf("%s: %s %q is not there (%v)", name, input, pattern, err)
			}
		}
	}
}

// services starts a job's services in containers and waits until they are healthy.
func (r *runner) services(t *testing.T, c contexts, job *actionlint.Job) {
	t.Helper()
	if job.Services == nil || len(job.Services.Value) == 0 {
		return
	}
	dockertest.Require(t)
	for _, name := range slices.Sorted(maps.Keys(job.Services.Value)) {
		s := job.Services.Value[name].Container
		image := r.expand(t, c, s.Image.Value)
		dockertest.BaseImages(t, image)
		flags := shellWords(t, optionsOf(s))
		for _, p := range s.Ports {
			host, container, ok := strings.Cut(p.Value, ":")
			if !ok {
				host, container = "", p.Value
			}
			flags = append(flags, "-p", "127.0.0.1:"+host+":"+container)
		}
		env := map[string]string{}
		for _, kv := range r.environment(t, c, nil, s.Env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		dockertest.Run(t, image, dockertest.RunOptions{Env: env, Flags: flags}).WaitHealthy(time.Minute)
		t.Logf("service %s (%s) is healthy", name, image)
	}
}

func optionsOf(c *actionlint.Container) string {
	if c.Options == nil {
		return ""
	}
	return c.Options.Value
}

// shellWords splits a line as a shell would.
func shellWords(t *testing.T, line string) []string {
	t.Helper()
	words, err := shell.Fields(line, func(string) string { return "" })
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return words
}
