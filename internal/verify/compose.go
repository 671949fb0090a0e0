package verify

import (
	"context"
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/yaml"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// compose loads a Compose file as Docker Compose does. Nothing else is read: no include, no extends, no env_file, and not
// this process's environment.
//
// A file that cannot stand alone, because one of its services has neither image nor build, is loaded on top of the
// base that lies beside it, as "docker compose -f base -f overlay" does.
func compose(tree *repo.Tree, file string, src []byte) *fault {
	// The loader takes YAML bombs; our own reader, which caps depth and aliases, goes first.
	doc, err := yaml.Parse(src)
	if err != nil {
		return syntaxFault(err)
	}
	files := []types.ConfigFile{{Filename: file, Content: src}}
	if base, content := baseOf(tree, file, doc); base != "" {
		files = append([]types.ConfigFile{{Filename: base, Content: content}}, files...)
	}
	return load(file, src, files)
}

// baseOf is the file that an overlay is made for; none for a file that stands alone.
func baseOf(tree *repo.Tree, file string, doc *yaml.File) (name string, content []byte) {
	alone := true
	for _, e := range doc.Root().Get("services").Entries() {
		s := e.Value
		alone = alone && (s.Get("image") != nil || s.Get("build") != nil || s.Get("extends") != nil)
	}
	if alone {
		return "", nil
	}
	for _, base := range []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
		base = path.Join(path.Dir(file), base)
		if base == file || !tree.Has(base) {
			continue
		}
		content, err := tree.Read(base)
		if err != nil {
			continue
		}
		if _, err := yaml.Parse(content); err == nil {
			return base, content
		}
	}
	return "", nil
}

func load(file string, src []byte, files []types.ConfigFile) *fault {
	quiet()
	_, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  "/",
		ConfigFiles: files,
		Environment: types.Mapping{},
	}, func(o *loader.Options) {
		o.SkipInclude, o.SkipExtends, o.SkipResolveEnvironment, o.SkipNormalization = true, true, true, true
		o.Interpolate = &interpolation.Options{
			LookupValue: func(string) (string, bool) { return "", false },
			Substitute:  substitute,
		}
		o.SetProjectName("verify", true)
	})
	if err == nil {
		return nil
	}
	return &fault{line: composeLine(src, err.Error()), message: strings.TrimPrefix(err.Error(), "validating "+file+": ")}
}

// substitute fills in defaults; a variable that has none, or that must be set, counts as set.
func substitute(text string, none template.Mapping) (string, error) {
	s, err := template.Substitute(text, none)
	if missing := new(template.MissingRequiredError); errors.As(err, &missing) {
		return template.Substitute(text, func(name string) (string, bool) {
			return "1", true
		})
	}
	return s, err
}

// quiet keeps the loader's warnings off standard error: what matters of them is a finding of the rulebook.
func quiet() { logrus.SetLevel(logrus.ErrorLevel) }

var lineInMessage = regexp.MustCompile(`line (\d+)`)

// composeLine finds the place that an error of the loader speaks of: it names a path ("services.app.ports"), seldom a line.
func composeLine(src []byte, message string) int {
	if m := lineInMessage.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	doc, err := yaml.Parse(src)
	if err != nil || len(doc.Docs) == 0 {
		return 1
	}
	best, at := 1, doc.Docs[0]
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" :,\"'`", r) }) {
		for _, from := range []*yaml.Node{at, doc.Docs[0]} { // a key of the place named before, or a path from the top
			if k, v := follow(from, word); k != nil {
				best, at = max(best, k.Line), v
				break
			}
		}
	}
	return best
}

// follow walks a path such as services.app.ports as far as it goes; k is nil when not even its first key is there.
func follow(n *yaml.Node, path string) (k, v *yaml.Node) {
	v = n
	for key := range strings.SplitSeq(path, ".") {
		key, value := v.Find(key)
		if key == nil {
			return k, v
		}
		k, v = key, value
	}
	return k, v
}
