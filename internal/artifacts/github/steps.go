package github

import (
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/stack"
)

func (w *writer) steps(j *plan.Job) {
	w.checkout()
	switch j.Kind {
	case plan.Image:
		w.image(j.Image)
	case plan.Publish:
		w.publish(j.Image)
	case plan.Scan:
		w.scanFiles()
	case plan.Links:
		w.links()
	default:
		w.commands(j)
	}
}

// step writes one step; name comes first, because it is what the run's page shows.
func (w *writer) step(name string, inside func()) {
	w.Item(func() {
		w.Key("name", name)
		inside()
	})
}

func (w *writer) checkout() {
	w.once("The token is not kept on disk: no later step pushes, and a dependency that turns bad finds nothing.")
	w.step("Check out", func() {
		w.uses("actions/checkout")
		w.Map("with", func() { w.Raw("persist-credentials", "false") })
	})
}

// commands are the steps of a job that runs the repository's own tools.
func (w *writer) commands(j *plan.Job) {
	matrix := j.Kind == plan.Test && len(j.Part.Matrix) > 0
	w.toolchain(j.Part, matrix)
	w.install(j.Part)
	for _, s := range j.Steps {
		w.Comment(s.Why)
		w.step(s.Name, func() { w.Text("run", s.Run) })
	}
	if j.Coverage != "" {
		w.coverage(j)
	}
}

// install is one step, however many commands it takes: nobody reads the results of its parts.
func (w *writer) install(part *plan.Part) {
	cmds := part.Recipe.Install
	if len(cmds) == 0 {
		return
	}
	w.Comment(whys(cmds))
	w.step("Install dependencies", func() { w.Text("run", runs(cmds)) })
}

func whys(cmds []stack.Command) string {
	var out []string
	for _, c := range cmds {
		if c.Why != "" {
			out = append(out, c.Why)
		}
	}
	return strings.Join(out, " ")
}

func runs(cmds []stack.Command) string {
	var out []string
	for _, c := range cmds {
		out = append(out, c.Run)
	}
	return strings.Join(out, "\n")
}

// coverage keeps the report with the run, or sends it to the service that the task names.
func (w *writer) coverage(j *plan.Job) {
	matrix := ""
	if len(j.Part.Matrix) > 0 {
		matrix = "-${{ matrix." + j.Part.VersionKey() + " }}"
	}
	if w.plan.Coverage == "codecov" {
		w.Comment("A lost report fails the run, but not that of a pull request: those from forks get no token.")
		w.step("Upload coverage to Codecov", func() {
			w.uses("codecov/codecov-action")
			w.Map("with", func() {
				w.Key("token", "${{ secrets.CODECOV_TOKEN }}")
				w.Key("files", j.Coverage)
				if j.Part.Prefix != "" {
					w.Key("flags", output(j.Part))
				}
				w.Raw("disable_search", "true")
				w.Key("fail_ci_if_error", "${{ github.event_name != 'pull_request' }}")
			})
		})
		return
	}
	w.step("Keep the coverage report", func() {
		w.uses("actions/upload-artifact")
		w.Map("with", func() {
			w.Key("name", j.Part.Prefix+"coverage"+matrix)
			w.Key("path", j.Coverage)
			w.Key("if-no-files-found", "error")
			w.Raw("retention-days", "14")
		})
	})
}

func (w *writer) scanFiles() {
	w.Comment("A vulnerability without a fix blocks nothing: nobody could act on it.")
	w.step("Scan the repository with Trivy", func() {
		w.uses("aquasecurity/trivy-action")
		w.Map("with", func() {
			w.Key("scan-type", "fs")
			w.Key("scan-ref", ".")
			w.Key("scanners", "vuln,secret")
			w.scanLimits()
		})
	})
}

func (w *writer) scanLimits() {
	w.Key("severity", w.plan.Scan.Severities)
	w.Raw("ignore-unfixed", "true")
	w.Key("exit-code", "1")
}

func (w *writer) links() {
	args := "--offline --no-progress --root-dir '${{ github.workspace }}' './**/*.md'"
	if w.plan.Purpose == plan.Nightly {
		w.Comment("Other sites are asked too. 403 and 429 mean that a site turns robots away, not that the page is gone.")
		args = "--no-progress --max-retries 3 --accept '200..=299,403,429' --root-dir '${{ github.workspace }}' './**/*.md'"
	} else {
		w.Comment("Links between the repository's own files. Other sites are not asked: their bad day must not block a change.")
	}
	w.step("Check links in Markdown files", func() {
		w.uses("lycheeverse/lychee-action")
		w.Map("with", func() {
			w.Key("args", args)
			w.Raw("fail", "true")
		})
	})
}
