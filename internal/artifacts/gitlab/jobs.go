package gitlab

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/stack"
)

// uses tells whether some job runs a part's own tools.
func (w *writer) uses(part *plan.Part) bool {
	return slices.ContainsFunc(w.plan.Jobs, func(j *plan.Job) bool { return j.Part == part && len(j.Steps) > 0 })
}

// templateName is the hidden job that a part's jobs extend.
func (w *writer) templateName(part *plan.Part) string {
	if part.Prefix != "" {
		return "." + strings.TrimSuffix(part.Prefix, "-")
	}
	return "." + cmp.Or(artifact.Slug(part.Title()), part.Stack)
}

// template holds what all jobs of a part share: the image, the cache, the installation.
func (w *writer) template(part *plan.Part) {
	tc := part.Recipe.Toolchain
	w.Map(w.templateName(part), func() {
		if image := jobImage(part, part.Version.String()); image != "" {
			w.Key("image", image)
		}
		if len(tc.CacheEnv) > 0 {
			w.Map("variables", func() {
				for _, kv := range tc.CacheEnv {
					w.Key(kv.Key, kv.Value)
				}
			})
		}
		w.cache(part)
		w.beforeScript(part)
		if w.plan.Filtered() && w.plan.Events.PullRequest {
			w.once("In a merge request only the parts run that it touches. Elsewhere all of them: two changes that each pass alone can fail together.")
			w.Map("rules", func() {
				w.Item(func() { w.Key("if", `$CI_PIPELINE_SOURCE != "merge_request_event"`) })
				w.Item(func() { w.List("changes", w.changes(part)) })
			})
		}
	})
}

// cache keeps downloaded dependencies from one pipeline to the next.
func (w *writer) cache(part *plan.Part) {
	paths := part.Recipe.Toolchain.CachePaths
	if len(paths) == 0 {
		return
	}
	w.once("The cache lives as long as the lock file stays the same.")
	w.Map("cache", func() {
		w.cacheKey(part)
		w.List("paths", paths)
	})
}

func jobImage(part *plan.Part, version string) string {
	return strings.ReplaceAll(part.Recipe.Toolchain.GitLabImage, stack.VersionPlaceholder, version)
}

// cacheKey is the lock file's hash; GitLab takes two files at most.
func (w *writer) cacheKey(part *plan.Part) {
	prefix := cmp.Or(artifact.Slug(part.Name), part.Stack)
	keys := part.Recipe.Toolchain.CacheKeys
	if len(keys) == 0 {
		w.Key("key", prefix)
		return
	}
	w.Map("key", func() {
		w.List("files", keys[:min(len(keys), 2)])
		w.Key("prefix", prefix)
	})
}

// changes are GitLab's patterns: "dir/**/*" is what lies below a folder at any depth.
func (w *writer) changes(part *plan.Part) []string {
	var out []string
	for _, p := range append(slices.Clone(part.Watched), w.path) {
		if strings.HasSuffix(p, "**") {
			p += "/*"
		}
		out = append(out, p)
	}
	return out
}

func (w *writer) beforeScript(part *plan.Part) {
	var cmds []stack.Command
	if part.Path != "." {
		cmds = append(cmds, stack.Command{Run: "cd " + shellPath(part.Path)})
	}
	cmds = append(cmds, part.Recipe.Toolchain.GitLabSetup...)
	cmds = append(cmds, part.Recipe.Install...)
	if len(cmds) == 0 {
		return
	}
	w.Map("before_script", func() {
		for _, c := range cmds {
			w.Comment(c.Why)
			w.Value(strings.ReplaceAll(c.Run, stack.VersionPlaceholder, part.Version.String()))
		}
	})
}

func shellPath(p string) string {
	if strings.ContainsAny(p, " '\"$&|;<>()?*`\\") {
		return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
	}
	return p
}

func (w *writer) job(j *plan.Job) {
	w.Comment(j.Why)
	w.Map(j.ID, func() {
		if len(j.Steps) > 0 {
			w.Key("extends", w.templateName(j.Part))
		}
		w.Key("stage", stageOf[j.Kind])
		w.needs(j)
		w.Key("timeout", fmt.Sprintf("%d minutes", j.Minutes))
		if len(j.Only) > 0 && j.Kind != plan.Publish {
			w.Map("rules", func() {
				for _, e := range j.Only {
					w.Item(func() { w.Key("if", ruleOf[e]) })
				}
			})
		}
		switch j.Kind {
		case plan.Image:
			w.image(j)
		case plan.Publish:
			w.publish(j)
		case plan.Scan:
			w.scan()
		case plan.Links:
			w.links()
		default:
			w.commands(j)
		}
	})
	if j.Kind == plan.Image && w.plan.Scan.Images {
		w.Blank()
		w.scanImage(j)
	}
}

// needs names the jobs waited for. Where one of them may be left out by its rules, the order of the stages does it instead:
// GitLab refuses a pipeline in which a needed job is missing.
func (w *writer) needs(j *plan.Job) {
	if !slices.ContainsFunc(j.Needs, func(id string) bool { return w.mayLack(j, w.plan.Job(id)) }) {
		w.List("needs", j.Needs)
		return
	}
	stage := slices.Index(w.stages(), stageOf[j.Kind])
	if !slices.ContainsFunc(j.Needs, func(id string) bool { return slices.Index(w.stages(), stageOf[w.plan.Job(id).Kind]) >= stage }) {
		w.once("Without needs it waits for the stages before: a job there may be left out by its rules.")
		return
	}
	w.Map("needs", func() {
		for _, id := range j.Needs {
			w.Item(func() {
				w.Key("job", id)
				if w.mayLack(j, w.plan.Job(id)) {
					w.Raw("optional", "true")
				}
			})
		}
	})
}

// mayLack tells whether a pipeline may have job j and not the job that it waits for.
func (w *writer) mayLack(j, need *plan.Job) bool {
	if need == nil {
		return false
	}
	narrowed := len(need.Only) > 0 && !slices.Equal(need.Only, j.Only)
	return narrowed || (w.plan.Filtered() && need.Part != nil && need.Part != j.Part)
}

// commands are the jobs that run the repository's own tools.
func (w *writer) commands(j *plan.Job) {
	if j.Kind == plan.Test {
		w.matrix(j.Part)
		w.services(j.Part)
	}
	steps := j.Steps
	line, measured := stack.CoverageLine(*j.Part.Recipe)
	measured = measured && j.Coverage != ""
	if measured && !slices.ContainsFunc(steps, func(s plan.Step) bool { return s.Name == "Check the coverage" }) {
		steps = append(slices.Clone(steps), plan.Step{Run: line.Run, Why: line.Why})
	}
	w.Map("script", func() {
		for _, s := range steps {
			w.Comment(s.Why)
			w.Value(s.Run)
		}
	})
	if j.Coverage != "" {
		w.coverage(j, measured)
	}
}

// matrix runs the tests once for each version, each in that version's image and with a cache of its own.
func (w *writer) matrix(part *plan.Part) {
	if len(part.Matrix) == 0 {
		return
	}
	name := matrixName(part)
	w.Key("image", jobImage(part, "$"+name))
	w.Map("parallel", func() {
		w.Map("matrix", func() {
			w.Item(func() { w.List(name, part.Matrix) })
		})
	})
	if tc := part.Recipe.Toolchain; len(tc.CachePaths) > 0 && len(tc.CacheKeys) > 0 {
		w.Map("cache", func() {
			w.Map("key", func() { w.Key("prefix", cmp.Or(artifact.Slug(part.Name), part.Stack)+"-$"+name) })
		})
	}
}

// matrixName is the variable that holds the version of a job of the matrix.
func matrixName(part *plan.Part) string {
	return strings.ToUpper(strings.ReplaceAll(part.VersionKey(), "-", "_"))
}

// coverage shows the report in merge requests, in the formats that GitLab reads, and keeps it.
func (w *writer) coverage(j *plan.Job, measured bool) {
	if measured {
		w.Raw("coverage", `'/^Coverage: (\d+(?:\.\d+)?) %/'`)
	}
	w.Map("artifacts", func() {
		w.Key("expire_in", "14 days")
		w.List("paths", []string{j.Coverage})
		if format := reportFormat(j.Coverage); format != "" {
			w.Map("reports", func() {
				w.Map("coverage_report", func() {
					w.Key("coverage_format", format)
					w.Key("path", j.Coverage)
				})
			})
		}
	})
}

// reportFormat is the name of a report's format, for those that GitLab draws into the changes of a merge request.
func reportFormat(file string) string {
	base := strings.ToLower(path.Base(file))
	switch {
	case !strings.HasSuffix(base, ".xml") || strings.Contains(base, "clover"):
		return ""
	case strings.Contains(base, "jacoco"):
		return "jacoco"
	}
	return "cobertura"
}
