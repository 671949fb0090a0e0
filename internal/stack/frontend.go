package stack

import "path"

// Stage is the image stage that builds a frontend, and the ARG that names its base; ok is false when the survey does not
// know how, or where the built files lie. context is the folder that the image's build reads. The built files lie at BuiltIn(context) of the stage.
func (f *Frontend) Stage(context string) (stage Stage, arg KV, ok bool) {
	if f == nil || f.Image == "" || f.Build == "" || f.Output == "" || !within(f.Path, context) {
		return Stage{}, KV{}, false
	}
	dir := path.Join("/web", Rel(context, f.Path))
	src := Rel(context, f.Path)
	steps := []Step{{Text: "WORKDIR " + dir}}
	if f.Install != "" {
		manifests := src + "/package.json"
		if src == "." {
			manifests = "package.json"
		}
		if f.LockFile != "" && within(f.LockFile, context) && path.Dir(f.LockFile) == f.Path {
			manifests += " " + Rel(context, f.LockFile)
		}
		steps = append(steps,
			Step{Why: "Dependencies first: this layer stays cached until the lock file changes.", Text: "COPY " + manifests + " ./"},
			Step{Text: "RUN --mount=type=cache,target=/root/.npm " + f.Install})
	}
	steps = append(steps, Step{Text: "COPY " + src + "/ ./"}, Step{Text: "RUN " + f.Build})
	if src == "." {
		steps[len(steps)-2].Text = "COPY . ./"
	}
	return Stage{
		Name: "frontend", From: "${FRONTEND_IMAGE}", Cross: true, Steps: steps,
		Why: "The frontend is the same for every architecture, so it is built once, on the build machine.",
	}, KV{Key: "FRONTEND_IMAGE", Value: f.Image}, true
}

// BuiltIn is where the stage of Stage leaves the built files.
func (f *Frontend) BuiltIn(context string) string {
	return path.Join("/web", Rel(context, f.Output))
}
