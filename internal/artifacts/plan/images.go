package plan

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/repo"
)

// defaultPlatforms are what nearly every base image and every cloud has.
var defaultPlatforms = []string{"linux/amd64", "linux/arm64"}

// platformWords are the names by which people call an architecture.
var platformWords = map[string]string{
	"amd64": "linux/amd64", "x86_64": "linux/amd64", "x86-64": "linux/amd64", "x64": "linux/amd64", "arm64": "linux/arm64", "aarch64": "linux/arm64",
	"riscv64": "linux/riscv64", "riscv": "linux/riscv64", "risc-v": "linux/riscv64", "armv7": "linux/arm/v7", "arm/v7": "linux/arm/v7",
	"ppc64le": "linux/ppc64le", "s390x": "linux/s390x", "386": "linux/386",
}

var safePlatform = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+(/v[0-9])?$`)

func hasDockerfile(req *artifact.Request) bool { return len(dockerfiles(req)) > 0 }

// dockerfiles are those that the repository has and those that come with the task, development ones left out.
func dockerfiles(req *artifact.Request) []string {
	var out []string
	add := func(p string) {
		base := strings.ToLower(path.Base(p))
		if repo.KindOf(p, nil) == repo.KindDockerfile && !containsAny(base, "dev", "test", "ci") && !hidden(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, d := range req.Facts.Delivery {
		if d.Kind == string(repo.KindDockerfile) && req.Tree.Has(d.File) {
			add(d.File)
		}
	}
	for _, s := range req.Siblings {
		add(s)
	}
	slices.Sort(out)
	return out
}

// hidden tells of a file below a folder that starts with a dot (.devcontainer) or that holds examples and test data.
func hidden(p string) bool {
	for _, dir := range strings.Split(path.Dir(p), "/") {
		if (strings.HasPrefix(dir, ".") && dir != ".") || dir == "testdata" || dir == "vendor" {
			return true
		}
	}
	return false
}

// images finds the part that each Dockerfile packs, and the platforms to build for.
func (p *Plan) images(req *artifact.Request) error {
	files := dockerfiles(req)
	asked := askedPlatforms(req)
	for _, file := range files {
		img := &ImageBuild{Dockerfile: file, Part: p.packs(file), Context: path.Dir(file)}
		if img.Part != nil && img.Part.Recipe.Image != nil {
			img.Context = cmp.Or(img.Part.Recipe.Image.Context, img.Part.Path)
		}
		if req.Tree.Has(file) {
			img.Context = contextOf(req.Tree, file, img.Context)
		}
		img.Name = p.unique(img.name(len(files) > 1), file)
		if err := p.platforms(req, img, asked); err != nil {
			return err
		}
		p.Images = append(p.Images, img)
	}
	for _, name := range []string{criterion.ImageBuild, criterion.Publish} {
		if c := criterion.Find(req.Claims, name); len(c) > 0 && len(p.Images) == 0 {
			return refuse("the task asks for a container image, and there is no Dockerfile in the repository or in the task: add one to files_to_create")
		}
	}
	return nil
}

// packs is the part whose image a Dockerfile makes: by its folder, by the name in "Dockerfile.api", else the only one that there is.
func (p *Plan) packs(file string) *Part {
	dir, base := path.Dir(file), strings.ToLower(path.Base(file))
	var images []*Part
	for _, part := range p.Parts {
		if _, suffix, ok := strings.Cut(base, "."); ok && (suffix == strings.ToLower(part.Name) || base == strings.ToLower(part.Name)+".dockerfile") {
			return part
		}
		if part.Recipe.Image != nil {
			images = append(images, part)
		}
	}
	for _, part := range p.Parts {
		if part.Path == dir {
			return part
		}
	}
	if len(images) == 1 {
		return images[0]
	}
	return nil
}

func (img *ImageBuild) name(several bool) string {
	switch {
	case !several:
		return ""
	case img.Part != nil:
		return artifact.Slug(img.Part.Name)
	case path.Dir(img.Dockerfile) != ".":
		return artifact.Slug(path.Base(path.Dir(img.Dockerfile)))
	}
	return artifact.Slug(strings.TrimPrefix(strings.ToLower(path.Base(img.Dockerfile)), "dockerfile"))
}

// unique keeps the jobs of two Dockerfiles of one part apart.
func (p *Plan) unique(name, file string) string {
	if slices.ContainsFunc(p.Images, func(o *ImageBuild) bool { return o.Name == name }) {
		return artifact.Slug(name + "-" + file)
	}
	return name
}

// contextOf sees from what an existing Dockerfile copies whether it is built from its own folder or from the root.
func contextOf(tree *repo.Tree, file, fallback string) string {
	for _, line := range tree.Lines(file) {
		words := strings.Fields(line)
		if len(words) < 3 || !strings.EqualFold(words[0], "COPY") || strings.HasPrefix(words[1], "-") || strings.ContainsAny(words[1], "$*[") {
			continue
		}
		src := strings.Trim(path.Clean(words[1]), "/")
		switch here := path.Join(path.Dir(file), src); {
		case src == ".":
			continue
		case tree.Has(here) || tree.HasDir(here):
			return path.Dir(file)
		case tree.Has(src) || tree.HasDir(src):
			return "."
		}
	}
	return fallback
}

func askedPlatforms(req *artifact.Request) []string {
	var out []string
	for _, name := range []string{criterion.ImageBuild, criterion.Platform} {
		for _, c := range criterion.Find(req.Claims, name) {
			for _, pl := range c.List("platforms") {
				pl = strings.ToLower(strings.TrimSpace(pl))
				if full, ok := platformWords[strings.TrimPrefix(pl, "linux/")]; ok {
					pl = full
				}
				if !slices.Contains(out, pl) {
					out = append(out, pl)
				}
			}
		}
	}
	return out
}

// platforms sets what the image is built for: the task's platforms, or amd64 and arm64, and riscv64 where it costs no emulation.
func (p *Plan) platforms(req *artifact.Request, img *ImageBuild, asked []string) error {
	recipe := img.recipe(req)
	img.Platforms = defaultPlatforms
	if recipe != nil && len(recipe.Platforms) > 0 {
		img.Platforms = slices.DeleteFunc(slices.Clone(recipe.Platforms), func(pl string) bool {
			return !slices.Contains(defaultPlatforms, pl) && (pl != "linux/riscv64" || recipe.emulated)
		})
	}
	if len(asked) == 0 {
		img.Emulated = emulates(img.Platforms, recipe)
		return nil
	}
	for _, pl := range asked {
		if !safePlatform.MatchString(pl) {
			return refuse("the task asks for an image for %q, which is no platform such as linux/arm64", pl)
		}
		if recipe != nil && len(recipe.Platforms) > 0 && !slices.Contains(recipe.Platforms, pl) {
			return refuse("the task asks for an image for %s, and a base image of %s does not exist for it: it can be built for %s",
				pl, img.Dockerfile, strings.Join(recipe.Platforms, ", "))
		}
	}
	img.Platforms = slices.Clone(asked)
	if !slices.Contains(asked, "linux/amd64") && (recipe == nil || slices.Contains(recipe.Platforms, "linux/amd64")) {
		img.Platforms = append([]string{"linux/amd64"}, asked...) // "works on arm64" does not mean: no longer on amd64
	}
	img.Emulated = emulates(img.Platforms, recipe)
	return nil
}

type imageRecipe struct {
	Platforms []string
	emulated  bool
}

// recipe is what is known of how the image is built; nil for a Dockerfile that a person wrote.
func (img *ImageBuild) recipe(req *artifact.Request) *imageRecipe {
	if img.Part == nil || img.Part.Recipe.Image == nil {
		return nil
	}
	if req.Tree.Has(img.Dockerfile) && !artifact.Sealed([]byte(req.Tree.Text(img.Dockerfile))) {
		return nil
	}
	r := &imageRecipe{Platforms: img.Part.Recipe.Image.Platforms}
	for _, s := range img.Part.Recipe.Image.Stages {
		for _, step := range s.Steps {
			r.emulated = r.emulated || (!s.Cross && strings.HasPrefix(strings.ToUpper(strings.TrimSpace(step.Text)), "RUN"))
		}
	}
	return r
}

func emulates(platforms []string, r *imageRecipe) bool {
	foreign := slices.ContainsFunc(platforms, func(pl string) bool { return pl != "linux/amd64" })
	return foreign && (r == nil || r.emulated)
}
