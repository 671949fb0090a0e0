package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// choose finds the component that the Dockerfile at r.Path is for: by its folder, its file name, the task's title,
// and last by being the only one. It refuses, with the candidates, where none of these decides.
func choose(r *artifact.Request) (artifact.Part, error) {
	var all []artifact.Part
	for _, p := range r.Parts() {
		if p.Recipe.Image != nil && len(p.Recipe.Image.Stages) > 0 {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return artifact.Part{}, &artifact.Refusal{Reason: nothingToRun(r)}
	}
	for _, narrow := range []func(*artifact.Request, artifact.Part) bool{inFolder, byFileName, byFolderName, byTitle, sameFolder, isService} {
		var left []artifact.Part
		for _, p := range all {
			if narrow(r, p) {
				left = append(left, p)
			}
		}
		if len(left) == 1 {
			return left[0], nil
		}
		if len(left) > 1 {
			all = left
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return artifact.Part{}, &artifact.Refusal{Reason: question(r, all)}
}

// otherProgram is a program beside the component's main one that the Dockerfile's folder, its name or the title speaks of.
// AutoGit puts all programs of a component into one image, which starts the main one: that would not be what was asked for.
func otherProgram(r *artifact.Request, p artifact.Part) string {
	for _, w := range p.Workers {
		dir := path.Dir(w.Evidence.File)
		name := path.Base(dir)
		if dir == p.Path || dir == "." || p.Entry != nil && path.Join(p.Path, p.Entry.Value) == dir {
			continue
		}
		asked := r.Dir() == dir || suffix(r.Path) == name || artifact.Mentions(r.Title, name) && !artifact.Mentions(r.Title, p.Name)
		if asked {
			return name
		}
	}
	return ""
}

// inFolder: services/api/Dockerfile builds the component in services/api.
func inFolder(r *artifact.Request, p artifact.Part) bool { return r.Dir() != "." && p.Path == r.Dir() }

// byFileName: Dockerfile.worker and worker.Dockerfile build the component of that name.
func byFileName(r *artifact.Request, p artifact.Part) bool { return is(p, suffix(r.Path)) }

// byFolderName: docker/api/Dockerfile builds the component api.
func byFolderName(r *artifact.Request, p artifact.Part) bool { return is(p, path.Base(r.Dir())) }

func byTitle(r *artifact.Request, p artifact.Part) bool {
	return artifact.Mentions(r.Title, p.Name) || p.Path != "." && artifact.Mentions(r.Title, path.Base(p.Path))
}

// sameFolder: a Dockerfile in the root builds the component in the root.
func sameFolder(r *artifact.Request, p artifact.Part) bool { return p.Path == r.Dir() }

func isService(_ *artifact.Request, p artifact.Part) bool { return p.Kind == stack.KindService }

func is(p artifact.Part, name string) bool {
	name = artifact.Slug(name)
	return name != "" && (name == artifact.Slug(p.Name) || p.Path != "." && name == artifact.Slug(path.Base(p.Path)))
}

// suffix is the part of a Dockerfile's name that says what it is for; empty for a plain Dockerfile.
func suffix(p string) string {
	base := path.Base(p)
	lower := strings.ToLower(base)
	for _, prefix := range []string{"dockerfile.", "containerfile."} {
		if strings.HasPrefix(lower, prefix) {
			return base[len(prefix):]
		}
	}
	if strings.HasSuffix(lower, ".dockerfile") {
		return base[:len(base)-len(".dockerfile")]
	}
	return ""
}

func nothingToRun(r *artifact.Request) string {
	var found []string
	for _, p := range r.Parts() {
		found = append(found, fmt.Sprintf("%s (%s, %s)", p.Path, p.Stack, p.Kind))
	}
	if len(found) == 0 {
		return fmt.Sprintf("%s: the survey found no component that AutoGit knows, so there is nothing to put into an image; "+
			"`autogit survey` shows what was looked for", r.Path)
	}
	return fmt.Sprintf("%s: nothing in this repository starts as a program, so an image would have nothing to run; found: %s",
		r.Path, strings.Join(found, ", "))
}

func question(r *artifact.Request, candidates []artifact.Part) string {
	var names []string
	for _, p := range candidates {
		names = append(names, fmt.Sprintf("%s (in %s)", p.Name, p.Path))
	}
	slices.Sort(names)
	first := candidates[0]
	return fmt.Sprintf("%s: which of these should it build: %s? Name one in the title, or ask for %s instead",
		r.Path, strings.Join(names, ", "), path.Join(first.Path, "Dockerfile"))
}
