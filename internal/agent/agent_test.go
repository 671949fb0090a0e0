package agent_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/agent"
	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts"
	"github.com/autogit/autogit/internal/edit"
	"github.com/autogit/autogit/internal/engine"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rules"
	"github.com/autogit/autogit/internal/stacks"
	"github.com/autogit/autogit/internal/task"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is an engine that proposes what it was given, round by round; the last proposal is repeated.
type scripted struct {
	rounds []engine.Proposal
	errs   []error
	seen   []engine.Request
}

func (s *scripted) Name() string { return "scripted" }

func (s *scripted) Propose(_ context.Context, r *engine.Request) (*engine.Proposal, error) {
	i := min(len(s.seen), len(s.rounds)-1)
	s.seen = append(s.seen, *r)
	if i < len(s.errs) && s.errs[i] != nil {
		return nil, s.errs[i]
	}
	return &s.rounds[i], nil
}

func files(pairs ...string) engine.Proposal {
	p := engine.Proposal{Files: map[string][]byte{}}
	for i := 0; i < len(pairs); i += 2 {
		p.Files[pairs[i]] = []byte(pairs[i+1])
	}
	return p
}

const program = `package main

import "net/http"

func main() {
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {})
	_ = http.ListenAndServe(":8080", nil)
}
`

func repository(t *testing.T, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	all := append([]string{"go.mod", "module example.com/app\n\ngo 1.26\n", "main.go", program}, more...)
	for i := 0; i < len(all); i += 2 {
		p := filepath.Join(dir, all[i])
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(all[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func options(dir string, e engine.Engine) agent.Options {
	return agent.Options{
		Dir: dir, Boundary: edit.DefaultBoundary(), Engine: e, Stacks: stacks.All(), Artifacts: artifacts.All(), Rules: rules.All(),
	}
}

func run(t *testing.T, o agent.Options, tasks ...task.Task) []*agent.Result {
	t.Helper()
	var out []*agent.Result
	err := agent.New(o).Run(context.Background(), tasks, func(r *agent.Result) error {
		out = append(out, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func builtin() engine.Engine { return engine.Builtin{Artifacts: artifacts.All()} }

func dockerfileTask(criteria ...string) task.Task {
	if len(criteria) == 0 {
		criteria = []string{"Multi-stage build for smaller image", "Non-root user for security", "Health check endpoint", "Proper signal handling"}
	}
	return task.Task{ID: "T041", Title: "Create production Dockerfile", Criteria: criteria, Create: []string{"Dockerfile"}}
}

func TestDoneAndTheSameAgain(t *testing.T) {
	dir := repository(t)
	r := run(t, options(dir, builtin()), dockerfileTask())[0]
	if r.Status != agent.Done {
		t.Fatalf("status %s: %+v", r.Status, r)
	}
	if !slices.Equal(r.FilesCreated, []string{"Dockerfile"}) || r.Diff == "" || r.Attempts != 1 {
		t.Errorf("result %+v", r)
	}
	for _, c := range r.Criteria {
		for _, d := range c.Claims {
			if d.Evidence == nil || d.Evidence.Line == 0 {
				t.Errorf("%q has no evidence", c.Text)
			}
		}
	}
	before := snapshot(t, dir)
	again := run(t, options(dir, builtin()), dockerfileTask())[0]
	if again.Status != agent.Done || len(again.FilesCreated)+len(again.FilesModified) != 0 {
		t.Errorf("the second run changed something: %+v", again)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// Each of these must leave the work tree as it was.
func TestNothingWritten(t *testing.T) {
	good := "FROM scratch\nUSER 65532:65532\n"
	tests := []struct {
		name   string
		engine engine.Engine
		task   task.Task
		status agent.Status
		kind   agent.ErrorType
		say    string // somewhere in the question, the reason or the message
	}{
		{"a criterion that the rulebook forbids", builtin(), dockerfileTask("Run as root"), agent.Escalation, "", "root"},
		{"a tool of another language", builtin(), task.Task{ID: "T", Title: "CI", Criteria: []string{"Run linting with ruff"}, Create: []string{".github/workflows/ci.yml"}}, agent.Escalation, "", "ruff"},
		{"a health route that the source does not have", builtin(), dockerfileTask("Health check on /status"), agent.Escalation, "", "/status"},
		{"a file to modify that is not there", builtin(), task.Task{ID: "T", Title: "x", Modify: []string{"Makefile"}}, agent.Error, agent.MissingFile, "Makefile"},
		{"a kind of file that nobody writes", builtin(), task.Task{ID: "T", Title: "x", Create: []string{"scripts/deploy.sh"}, Criteria: []string{"Non-root user"}}, agent.Blocked, "", "scripts/deploy.sh"},
		{"a file that no parser reads", &scripted{rounds: []engine.Proposal{files("Dockerfile", "FROM scratch\nCOPPY a b\n")}}, dockerfileTask(), agent.Error, agent.SyntaxError, "Dockerfile:2"},
		{"a file that a reviewer refuses", &scripted{rounds: []engine.Proposal{files("Dockerfile", "FROM debian:latest\n")}}, dockerfileTask(), agent.Error, agent.ReviewRejected, "Dockerfile:1"},
		{"a file that is not proposed", &scripted{rounds: []engine.Proposal{files()}}, dockerfileTask(), agent.Error, agent.MissingFile, "did not write"},
		{"an engine that refuses", &scripted{rounds: []engine.Proposal{{}}, errs: []error{&artifact.Refusal{Reason: "which of the two?"}}}, dockerfileTask(), agent.Escalation, "", "which of the two?"},
		{"an engine that takes too long", &scripted{rounds: []engine.Proposal{{}}, errs: []error{&engine.CommandError{Program: "x", Timeout: true}}}, dockerfileTask(), agent.Error, agent.Timeout, ""},
		{"an engine that is not installed", &scripted{rounds: []engine.Proposal{{}}, errs: []error{&engine.CommandError{Program: "x", Missing: true}}}, dockerfileTask(), agent.Error, agent.DependencyMissing, ""},
		{"an engine that touched the work tree", &scripted{rounds: []engine.Proposal{{}}, errs: []error{engine.ErrTouchedTree}}, dockerfileTask(), agent.Error, agent.PermissionDenied, ""},
		{"files that nobody asked for", &scripted{rounds: []engine.Proposal{{Files: files("Dockerfile", good, "Makefile", "x:\n").Files}}}, task.Task{ID: "T", Title: "x", Create: []string{"src.yml"}}, agent.Error, agent.MissingFile, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := repository(t)
			before := snapshot(t, dir)
			r := run(t, options(dir, tt.engine), tt.task)[0]
			if r.Status != tt.status {
				t.Errorf("status %s, want %s: %+v", r.Status, tt.status, r)
			}
			said := r.Question + r.BlockedBy
			if r.Failure != nil {
				said += r.Failure.Message
				if r.Failure.Type != tt.kind || r.Failure.Resolution == "" || len(r.Failure.Attempted) == 0 {
					t.Errorf("failure %+v, want type %s with a next step", r.Failure, tt.kind)
				}
			}
			if !strings.Contains(said, tt.say) {
				t.Errorf("said %q, want %q in it", said, tt.say)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A file that is on disk and that the survey does not list is no new file; a dry run says so too.
func TestFilesThatAreHiddenAreNotWrittenOver(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		".gitignore": func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("Dockerfile\n"), 0o600), os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM x\n"), 0o600))
		},
		"symbolic link": func(dir string) error { return os.Symlink("go.mod", filepath.Join(dir, "Dockerfile")) },
		"folder":        func(dir string) error { return os.Mkdir(filepath.Join(dir, "Dockerfile"), 0o750) },
		"too large": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "Dockerfile"), bytes.Repeat([]byte("#"), repo.MaxFile+1), 0o600)
		},
	} {
		for _, dry := range []bool{false, true} {
			dir := repository(t)
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, dir)
			o := options(dir, builtin())
			o.DryRun = dry
			r := run(t, o, dockerfileTask())[0]
			if r.Failure == nil || r.Failure.Type != agent.PermissionDenied || !strings.Contains(r.Failure.Message, name) {
				t.Errorf("%s, dry run %v: %+v", name, dry, r.Failure)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestNotUnderstoodIsNeverDone(t *testing.T) {
	r := run(t, options(repository(t), builtin()), dockerfileTask("Non-root user", "Frobnicate the widgets"))[0]
	if r.Status != agent.Partial || r.Criteria[1].Status != "not_understood" || r.Criteria[0].Status != "proven" {
		t.Errorf("status %s, criteria %+v", r.Status, r.Criteria)
	}
}

func TestRepairRounds(t *testing.T) {
	e := &scripted{rounds: []engine.Proposal{files("Dockerfile", "FROM debian:latest\n"), files("Dockerfile", "FROM scratch\nCOPPY\n"), files("Dockerfile", "FROM scratch\nUSER 65532:65532\n")}}
	r := run(t, options(repository(t), e), dockerfileTask("Non-root user"))[0]
	if r.Status != agent.Done || r.Attempts != 3 {
		t.Fatalf("status %s after %d rounds: %+v", r.Status, r.Attempts, r)
	}
	if len(e.seen[1].Feedback.Problems) == 0 || e.seen[1].Tree.Text("Dockerfile") != "FROM debian:latest\n" {
		t.Error("the second round does not know of the first")
	}
	if !strings.Contains(strings.Join(e.seen[2].Feedback.Remarks, "\n"), "buildkit") {
		t.Errorf("remarks %v", e.seen[2].Feedback.Remarks)
	}
}

func TestAnEngineThatRepeatsItselfIsNotAskedForEver(t *testing.T) {
	e := &scripted{rounds: []engine.Proposal{files("Dockerfile", "FROM debian:latest\n")}}
	o := options(repository(t), e)
	o.Rounds = 10
	run(t, o, dockerfileTask())
	if len(e.seen) != 2 {
		t.Errorf("asked %d times, want 2", len(e.seen))
	}
}

// What was wrong before is not held against the change, and is told.
func TestFindingsFromBeforeDoNotBlock(t *testing.T) {
	old := "FROM debian:latest\nEXPOSE 8080\n"
	e := &scripted{rounds: []engine.Proposal{files("Dockerfile", old+"USER 65532:65532\n")}}
	tk := dockerfileTask("Non-root user")
	tk.Create, tk.Modify = nil, tk.Create
	r := run(t, options(repository(t, "Dockerfile", old), e), tk)[0]
	if r.Status != agent.Done || len(r.FilesModified) != 1 {
		t.Errorf("status %s: %+v", r.Status, r.Failure)
	}
	total := 0
	for _, v := range r.Reviews {
		total += len(v.Findings)
	}
	if total == 0 {
		t.Error("the finding from before is not reported")
	}
}

func TestDependencies(t *testing.T) {
	dir := repository(t)
	bad := dockerfileTask("Run as root")
	bad.ID = "A"
	next := task.Task{ID: "B", Title: "Makefile", Criteria: []string{"default target is help"}, Create: []string{"Makefile"}, Dependencies: []string{"A"}}
	free := task.Task{ID: "C", Title: "Makefile", Criteria: []string{"default target is help"}, Create: []string{"Makefile"}, Dependencies: []string{"T039"}}
	r := run(t, options(dir, builtin()), next, bad, free)
	got := map[string]agent.Status{}
	for _, x := range r {
		got[x.TaskID] = x.Status
	}
	want := map[string]agent.Status{"A": agent.Escalation, "B": agent.Blocked, "C": agent.Done}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r[0].TaskID != "A" {
		t.Errorf("%s came before what it depends on", r[0].TaskID)
	}
}

func TestDryRunAndSuggested(t *testing.T) {
	dir := repository(t)
	before := snapshot(t, dir)
	o := options(dir, builtin())
	o.DryRun = true
	r := run(t, o, dockerfileTask())[0]
	if r.Status != agent.Done || !r.DryRun || !strings.Contains(r.Diff, "+++ b/Dockerfile") {
		t.Errorf("result %+v", r)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("a dry run wrote:\n%s", diff)
	}
	r = run(t, options(dir, builtin()), dockerfileTask())[0]
	if len(r.Suggested) != 1 || r.Suggested[0].Path != ".dockerignore" || r.Suggested[0].Written {
		t.Errorf("suggested %+v", r.Suggested)
	}
	o = options(repository(t), builtin())
	o.WithSuggested = true
	r = run(t, o, dockerfileTask())[0]
	if !slices.Contains(r.FilesCreated, ".dockerignore") {
		t.Errorf("created %v", r.FilesCreated)
	}
}

func TestAUsersEditsAreKept(t *testing.T) {
	dir := repository(t)
	run(t, options(dir, builtin()), dockerfileTask())
	p := filepath.Join(dir, "Dockerfile")
	b, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	mine := strings.Replace(string(b), "EXPOSE 8080\n", "# mine\nEXPOSE  8080\n", 1)
	if mine == string(b) {
		t.Fatalf("no EXPOSE in\n%s", b)
	}
	if err := os.WriteFile(p, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	r := run(t, options(dir, builtin()), dockerfileTask())[0]
	after, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != agent.Done || !strings.Contains(string(after), "# mine\nEXPOSE  8080\n") {
		t.Errorf("status %s, file:\n%s", r.Status, after)
	}
}

func TestInterrupted(t *testing.T) {
	dir := repository(t)
	before := snapshot(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	o := options(dir, builtin())
	o.Progress = func(e agent.Event) {
		if e.Phase == agent.PhaseReview {
			cancel()
		}
	}
	var r *agent.Result
	if err := agent.New(o).Run(ctx, []task.Task{dockerfileTask()}, func(x *agent.Result) error { r = x; return nil }); err != nil {
		t.Fatal(err)
	}
	if r.Status != agent.Error || r.Failure.Type != agent.Interrupted {
		t.Errorf("result %+v", r)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestRepositoriesThatCannotBeWrittenFor(t *testing.T) {
	for name, content := range map[string][]string{"empty": nil, "without a known stack": {"a.xyz", "x", "b.xyz", "y"}} {
		dir := t.TempDir()
		for i := 0; i+1 < len(content); i += 2 {
			if err := os.WriteFile(filepath.Join(dir, content[i]), []byte(content[i+1]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := run(t, options(dir, builtin()), dockerfileTask())[0]
		if r.Status != agent.Error || r.Failure.Type != agent.DependencyMissing || !strings.Contains(r.Failure.Message, "no known stack") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestContextThatContradictsTheRepository(t *testing.T) {
	tk := dockerfileTask()
	tk.Context = task.Context{ProjectType: "python", Framework: "fastapi"}
	r := run(t, options(repository(t), builtin()), tk)[0]
	if r.Status != agent.Done || len(r.Warnings) != 2 || !strings.Contains(r.Warnings[0], "python") {
		t.Errorf("warnings %v", r.Warnings)
	}
}
