package compose

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/dockerfile"
	"github.com/autogit/autogit/internal/stack"
)

// develop makes s build from source and follow its changes.
func (b *builder) develop(s *service, p artifact.Part) error {
	file, own, err := b.dockerfileOf(p)
	if err != nil {
		return err
	}
	context := contextOf(p)
	s.build = &build{context: relative(b.r.Dir(), context)}
	if rel := strings.TrimPrefix(relative(context, file), "./"); rel != "Dockerfile" {
		s.build.dockerfile = rel
	}
	target := p.Recipe.DevTarget
	if target == "" || len(p.Recipe.DevCommand) == 0 || elsewhere(p) || !own && !hasStage(b.r.Tree.Text(file), target) {
		s.watch = []watch{{action: "rebuild", path: relative(b.r.Dir(), p.Path), ignore: b.ignored(p)}}
		return nil
	}
	s.build.target = target
	im := p.Recipe.Image
	final := im.Stages[len(im.Stages)-1].Name
	s.command = escapeDollar(p.Recipe.DevCommand)
	if target == final && len(im.Entrypoint) > 0 {
		s.entrypoint, s.command = s.command, nil // the image's entrypoint would take the command for its arguments
	}
	if baseOf(im, target) != baseOf(im, final) {
		s.stopSignal = "" // that of the server in the final image
	}
	b.mounts(s, p)
	return nil
}

// elsewhere tells whether the development server of a site may listen on another port than the image's web server: then the image
// itself is run, and built again when the source changes.
func elsewhere(p artifact.Part) bool {
	im := p.Recipe.Image
	return p.Kind == stack.KindStatic && im.Port != "" && baseOf(im, p.Recipe.DevTarget) != baseOf(im, im.Stages[len(im.Stages)-1].Name) &&
		!slices.ContainsFunc(p.Recipe.DevCommand, func(word string) bool { return strings.HasSuffix(word, im.Port) })
}

// mounts binds the source into the container where its server reloads by itself; where it does not, Compose watches and restarts it.
func (b *builder) mounts(s *service, p artifact.Part) {
	for _, m := range p.Recipe.DevMounts {
		src, dst, ok := strings.Cut(m, ":")
		switch {
		case !ok:
			s.volumes = append(s.volumes, m)
		case strings.HasPrefix(src, ".") || strings.HasPrefix(src, "/"):
			host := relative(b.r.Dir(), path.Join(p.Path, src))
			if p.Recipe.DevReload {
				s.volumes = append(s.volumes, host+":"+dst)
			} else {
				s.watch = append(s.watch, watch{action: "sync+restart", path: host, target: strings.TrimSuffix(dst, ":ro"), ignore: b.ignored(p)})
			}
		default:
			name := strings.TrimPrefix(artifact.Slug(src), s.name+"-")
			b.p.addVolume(volume{name: s.name + "-" + name})
			s.volumes = append(s.volumes, s.name+"-"+name+":"+dst)
		}
	}
	if p.Recipe.DevReload {
		s.commandWhy = "Restarts by itself when a file changes."
	}
	if lock := p.LockFile.String(); lock != "" && b.r.Tree.Has(lock) {
		s.watch = append(s.watch, watch{action: "rebuild", path: relative(b.r.Dir(), lock)})
	}
}

// ignored are folders that programs write: following them would rebuild without end.
func (b *builder) ignored(p artifact.Part) []string {
	out := []string{".git/"}
	for _, dir := range []string{p.Output.String(), "node_modules"} {
		dir = strings.Trim(path.Clean(filepath.ToSlash(dir)), "/")
		if dir != "." && dir != "" && !strings.HasPrefix(dir, "..") && !slices.Contains(out, dir+"/") && (dir != "node_modules" || p.Stack == "node") {
			out = append(out, dir+"/")
		}
	}
	return out
}

// dockerfileOf finds the Dockerfile of a component: one that the task will have, one that is there, or, failing both, one that is
// suggested. own tells that it has the stages of the stack's plan.
func (b *builder) dockerfileOf(p artifact.Part) (file string, own bool, err error) {
	for _, c := range b.candidates(p) {
		if slices.Contains(b.r.Siblings, c) && (!b.r.Tree.Has(c) || artifact.Untouched([]byte(b.r.Tree.Text(c)))) {
			return c, true, nil
		}
		if b.r.Tree.Has(c) {
			return c, artifact.Untouched([]byte(b.r.Tree.Text(c))), nil
		}
	}
	file = b.candidates(p)[0]
	sub := *b.r
	sub.Path, sub.Claims, sub.Title = file, nil, p.Name
	out, err := dockerfile.Write(&sub)
	if err != nil {
		return "", false, err
	}
	why := "the development stack builds " + p.Name + " from it"
	b.suggested = append(append(b.suggested, artifact.File{Path: file, Content: out.Content, Why: why}), out.Suggested...)
	b.note("%s builds %s, which is not there yet: it is suggested with this file", b.r.Path, file)
	return file, true, nil
}

// candidates are the places where a component's Dockerfile is looked for, the usual one first.
func (b *builder) candidates(p artifact.Part) []string {
	name := artifact.Slug(p.Name)
	list := []string{path.Join(p.Path, "Dockerfile")}
	if b.shares(p) {
		list = []string{path.Join(p.Path, "Dockerfile."+name)}
	}
	if name != "" {
		list = append(list, path.Join(p.Path, "Dockerfile."+name), "Dockerfile."+name, name+".Dockerfile",
			"docker/"+name+"/Dockerfile", "docker/"+name+".Dockerfile", "docker/Dockerfile."+name)
	}
	if len(b.parts) == 1 {
		list = append(list, "Dockerfile", "docker/Dockerfile", "build/Dockerfile", path.Join(p.Path, "Containerfile"))
	}
	return list
}

// shares tells whether an earlier component of the same folder has the plain Dockerfile.
func (b *builder) shares(p artifact.Part) bool {
	for _, other := range b.r.Parts() {
		if other.Component == p.Component {
			return false
		}
		if other.Path == p.Path && other.Kind != stack.KindLibrary {
			return true
		}
	}
	return false
}

func hasStage(dockerfile, name string) bool {
	re, err := regexp.Compile(`(?im)^\s*FROM\s.*\sAS\s+` + regexp.QuoteMeta(name) + `\s*$`)
	return err == nil && re.MatchString(dockerfile)
}
