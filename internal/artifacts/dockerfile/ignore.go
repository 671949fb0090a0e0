package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// group is a block of .dockerignore with the reason for it.
type group struct {
	why   string
	lines []string
}

// standing are the patterns that belong in every .dockerignore. A later "!" line of the stack can take one back.
var standing = []group{
	{"Secrets must never enter a layer: whoever has the image could read them.", []string{
		"**/.env", "**/.env.*", "!**/.env.example", "**/*.pem", "**/*.key", "**/id_rsa*", "**/id_ed25519*", "**/.npmrc", "**/.netrc", "**/.aws", "**/.kube", "secrets/",
	}},
	{"History, delivery files and editors' files change often and are not part of the program.", []string{
		"**/.git", "**/.gitignore", "**/.gitattributes", ".github/", ".gitlab-ci.yml", "**/Dockerfile*", "**/.dockerignore", "**/docker-compose*.y*ml",
		"**/compose*.y*ml", "**/Makefile", "**/.idea", "**/.vscode", "**/.DS_Store", "**/*.log",
	}},
}

// ignoreFile makes the .dockerignore of the folder context, for all components that are built from there.
func ignoreFile(tree *repo.Tree, context string, parts []artifact.Part) []byte {
	var b strings.Builder
	b.WriteString("# What `docker build` does not send to the builder: a smaller context, a steadier cache, no secret in a layer.\n")
	seen := map[string]bool{}
	for _, g := range standing {
		writeGroup(&b, group{g.why, needed(tree, context, g.lines)}, seen)
	}
	for _, p := range parts {
		if p.Recipe.Image != nil && contextOf(p) == context {
			writeGroup(&b, group{"Built, downloaded or only used by developers of " + plain(p.Name) + ".", p.Recipe.Image.Ignore}, seen)
		}
	}
	return artifact.Seal([]byte(b.String()))
}

func contextOf(p artifact.Part) string {
	if c := p.Recipe.Image.Context; c != "" {
		return c
	}
	return p.Path
}

func writeGroup(b *strings.Builder, g group, seen map[string]bool) {
	var fresh []string
	for _, l := range g.lines {
		// "**/x" covers "x" and "/x", not the other way round; a "!" line takes something back and always counts.
		l = strings.TrimSpace(l)
		deep := strings.HasPrefix(l, "**/")
		key := strings.Trim(strings.TrimPrefix(l, "**/"), "/")
		if key == "" || key[0] != '!' && (seen["**/"+key] || !deep && seen[key]) {
			continue
		}
		if seen[key] = true; deep {
			seen["**/"+key] = true
		}
		fresh = append(fresh, l)
	}
	if len(fresh) == 0 {
		return
	}
	b.WriteString("\n# " + g.why + "\n")
	for _, l := range fresh {
		b.WriteString(l + "\n")
	}
}

// needed leaves out what the program itself may read: a certificate bundle in the repository is no leaked secret,
// and an .npmrc may name the registry that the install needs.
func needed(tree *repo.Tree, context string, lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
		switch l {
		case "**/*.pem":
			return hasBase(tree, context, func(base string) bool { return strings.HasSuffix(base, ".pem") && strings.Contains(base, "ca") })
		case "**/.npmrc":
			text := tree.Text(path.Join(context, ".npmrc"))
			return text != "" && !(strings.Contains(text, "_auth") || strings.Contains(text, "_password")) // names a registry, holds no token
		case "secrets/":
			return tree.HasDir(path.Join(context, "secrets")) // source code that is called so
		}
		return false
	})
}

func hasBase(tree *repo.Tree, context string, match func(string) bool) bool {
	return slices.ContainsFunc(tree.Under(context), func(f repo.File) bool { return match(path.Base(f.Path)) })
}

// ignorePath is the .dockerignore that a build of this context reads.
func ignorePath(context string) string { return path.Join(context, ".dockerignore") }

// suggestIgnore proposes the .dockerignore that the Dockerfile needs: a new one, or the present one with the secrets that it lets through.
func suggestIgnore(r *artifact.Request, context string) *artifact.File {
	p := ignorePath(context)
	if slices.Contains(r.Siblings, p) {
		return nil // another file of the task writes it
	}
	if !r.Tree.Has(p) {
		return &artifact.File{Path: p, Content: ignoreFile(r.Tree, context, r.Parts()), Why: "keeps secrets, history and local files out of the build context"}
	}
	content, added := withSecrets(r.Tree, context, []byte(r.Tree.Text(p)))
	if !added {
		return nil
	}
	return &artifact.File{Path: p, Content: content, Why: "the present one lets secrets into the build context"}
}

// withSecrets adds the secret patterns that an existing .dockerignore lacks, at its end, in its own line ends.
func withSecrets(tree *repo.Tree, context string, old []byte) ([]byte, bool) {
	have := map[string]bool{}
	for l := range strings.Lines(string(old)) {
		l = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(l), "/"), "/")
		have[l], have[strings.TrimPrefix(l, "**/")] = true, true
	}
	if have["*"] || have["**"] {
		return old, false // an allow-list: only what it names gets in
	}
	var missing []string
	for _, l := range needed(tree, context, standing[0].lines) {
		if base := strings.TrimSuffix(strings.TrimPrefix(l, "**/"), "/"); !have[base] && !have[strings.TrimPrefix(base, "!**/")] && !coveredByGlob(base, have) {
			missing = append(missing, l)
		}
	}
	if !slices.Contains(missing, "**/.env") {
		return old, false // somebody thought of secrets; leave the file alone
	}
	eol := artifact.LineEnd(old)
	var b strings.Builder
	b.Write(artifact.Unsealed(old))
	if len(old) > 0 && !strings.HasSuffix(b.String(), "\n") {
		b.WriteString(eol)
	}
	b.WriteString(eol + "# " + standing[0].why + eol)
	for _, l := range missing {
		b.WriteString(l + eol)
	}
	if artifact.Untouched(old) {
		return artifact.Seal([]byte(b.String())), true
	}
	return []byte(b.String()), true
}

func coveredByGlob(base string, have map[string]bool) bool {
	return strings.HasPrefix(base, ".env") && (have[".env*"] || have["*.env"] && base == ".env")
}

// writeIgnore is the artifact's Write for a .dockerignore that a task lists.
func writeIgnore(r *artifact.Request) (*artifact.Output, error) {
	context := r.Dir()
	var parts []artifact.Part
	for _, p := range r.Parts() {
		if p.Recipe.Image != nil && contextOf(p) == context {
			parts = append(parts, p)
		}
	}
	if base := path.Base(r.Path); base != ".dockerignore" {
		// BuildKit reads NAME.dockerignore beside the Dockerfile NAME, for the context that NAME is built in.
		sibling := *r
		sibling.Path = strings.TrimSuffix(r.Path, ".dockerignore")
		part, err := choose(&sibling)
		if err != nil {
			return nil, err
		}
		context, parts = contextOf(part), []artifact.Part{part}
	}
	return &artifact.Output{Content: artifact.InLineEndsOf(r.Existing(), ignoreFile(r.Tree, context, parts))}, nil
}

// modifyIgnore adds what an existing .dockerignore lacks.
func modifyIgnore(r *artifact.Request) (*artifact.Output, error) {
	old := r.Existing()
	if artifact.Untouched(old) {
		return writeIgnore(r)
	}
	content, _ := withSecrets(r.Tree, r.Dir(), old)
	return &artifact.Output{Content: content}, nil
}

// imageable tells whether a component can have an image at all; libraries have none.
func imageable(c *stack.Component) bool { return c.Kind != stack.KindLibrary }
