package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/pipeline"
)

// setUp says by which action and input a language's version is chosen, and which images carry it.
var setUp = map[string]struct {
	actions map[string][]string
	images  []string
	words   []string // of commands that install a version
}{
	"python": {map[string][]string{"actions/setup-python": {"python-version"}, "astral-sh/setup-uv": {"python-version"}}, []string{"python"}, []string{"uv", "pyenv", "tox", "nox"}},
	"node":   {map[string][]string{"actions/setup-node": {"node-version"}}, []string{"node"}, []string{"nvm", "fnm", "volta"}},
	"go":     {map[string][]string{"actions/setup-go": {"go-version"}}, []string{"golang"}, nil},
	"java":   {map[string][]string{"actions/setup-java": {"java-version"}}, []string{"eclipse-temurin", "maven", "gradle", "amazoncorretto", "openjdk"}, []string{"sdk"}},
	"ruby":   {map[string][]string{"ruby/setup-ruby": {"ruby-version"}}, []string{"ruby"}, []string{"rbenv"}},
	"php":    {map[string][]string{"shivammathur/setup-php": {"php-version"}}, []string{"php"}, nil},
	"rust":   {map[string][]string{"dtolnay/rust-toolchain": {"toolchain"}}, []string{"rust"}, []string{"rustup"}},
	"dotnet": {map[string][]string{"actions/setup-dotnet": {"dotnet-version"}}, []string{"mcr.microsoft.com/dotnet/sdk"}, nil},
	"bun":    {map[string][]string{"oven-sh/setup-bun": {"bun-version"}}, []string{"oven/bun"}, nil},
}

// matrix proves that tests run once for each version, each time with that version installed.
func matrix(p *prover) Result {
	lang := p.claim.Param("language")
	if why := p.outsideRange(); why != "" {
		return contradicted(why)
	}
	near := unproven("no job runs the tests over a matrix of versions")
	if v := p.claim.List("versions"); len(v) == 1 {
		if r := p.testsWith(lang, v[0]); r.Status == Proven {
			return r
		}
	}
	for _, h := range p.hits(criterion.Test, "") {
		if h.why != "" {
			if strings.HasPrefix(near.Reason, "no job") {
				near = unproven(h.why, h.ev...)
			}
			continue
		}
		for _, a := range legs(h.j) {
			if !p.selects(h, lang, a.Name) {
				if len(a.Values) > 1 {
					near = unproven(fmt.Sprintf("nothing installs the version that the matrix names in %s", a.Name), p.at(h.j.File, a.Line))
				}
				continue
			}
			if slices.ContainsFunc(h.s.Conds, func(c pipeline.Condition) bool { return strings.Contains(c.Text, "matrix.") }) {
				near = unproven("the tests run for some of the versions only", h.ev...)
				continue
			}
			if missing := missingVersions(a, p.claim.List("versions")); missing != "" {
				near = unproven("the matrix lacks "+missing, p.at(h.j.File, a.Line))
				continue
			}
			return proven(p.at(h.j.File, a.Line), h.ev[0])
		}
	}
	return near
}

// testsWith: one version needs no matrix, when the job with the tests installs it.
func (p *prover) testsWith(lang, version string) Result {
	for _, h := range counting(p.hits(criterion.Test, "")) {
		for i := range h.j.Steps {
			s := &h.j.Steps[i]
			action, _, _ := strings.Cut(s.Uses.Text, "@")
			for _, input := range setUp[lang].actions[action] {
				if v := s.With[input]; sameVersion(v.Text, version) {
					return proven(p.at(s.File, v.Line), h.ev[0])
				}
			}
		}
		if tagHas(h.j.Image.Text, lang, version) {
			return proven(p.at(h.j.File, h.j.Image.Line), h.ev[0])
		}
	}
	return unproven("no job tests with it")
}

// tagHas tells whether an image is of a language and its tag of a version.
func tagHas(image, lang, version string) bool {
	name, tag := imageParts(image)
	known := false
	for _, b := range setUp[lang].images {
		known = known || name == b[strings.LastIndexByte(b, '/')+1:]
	}
	return known && (tag == version || strings.HasPrefix(tag, version+".") || strings.HasPrefix(tag, version+"-"))
}

// runtimeVersion proves that a language's version is the one asked for wherever the files choose one.
func runtimeVersion(p *prover) Result {
	lang, version := p.claim.Param("language"), p.claim.Param("version")
	if why := p.outsideRange(); why != "" {
		return contradicted(why)
	}
	var ev []finding.Evidence
	for _, pl := range p.ci {
		for i := range pl.Jobs {
			for k := range pl.Jobs[i].Steps {
				s := &pl.Jobs[i].Steps[k]
				action, _, _ := strings.Cut(s.Uses.Text, "@")
				for _, input := range setUp[lang].actions[action] {
					v := s.With[input]
					switch {
					case v.Text == "":
					case !sameVersion(v.Text, version):
						return unproven("another version is set up: "+v.Text, p.at(s.File, v.Line))
					default:
						ev = append(ev, p.at(s.File, v.Line))
					}
				}
			}
			if img := pl.Jobs[i].Image; tagHas(img.Text, lang, version) {
				ev = append(ev, p.at(pl.Jobs[i].File, img.Line))
			}
		}
	}
	for _, im := range p.dockerfiles() {
		for _, b := range im.bases() {
			if tagHas(b.image, lang, version) {
				ev = append(ev, p.at(im.path, b.line))
			} else if name, _ := imageParts(b.image); slices.Contains(setUp[lang].images, name) {
				return unproven("another version is used: "+b.image, p.at(im.path, b.line))
			}
		}
	}
	if len(ev) == 0 {
		return unproven("nothing chooses " + lang + " " + version)
	}
	return proven(ev...)
}

// legs are the axes of a job's matrix, the names that only include entries have among them.
func legs(j *pipeline.Job) []pipeline.Axis {
	out := slices.Clone(j.Axes)
	for _, inc := range j.Include {
		for k, v := range inc {
			i := slices.IndexFunc(out, func(a pipeline.Axis) bool { return a.Name == k })
			if i < 0 {
				out = append(out, pipeline.Axis{Name: k, Line: v.Line})
				i = len(out) - 1
			}
			if !slices.ContainsFunc(out[i].Values, func(x pipeline.Value) bool { return x.Text == v.Text }) {
				out[i].Values = append(slices.Clone(out[i].Values), v)
			}
		}
	}
	slices.SortFunc(out, func(a, b pipeline.Axis) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func missingVersions(a pipeline.Axis, want []string) string {
	if len(want) == 0 {
		if len(a.Values) < 2 {
			return "a second version"
		}
		return ""
	}
	for _, w := range want {
		if !slices.ContainsFunc(a.Values, func(v pipeline.Value) bool { return sameVersion(v.Text, w) }) {
			return w
		}
	}
	return ""
}

// sameVersion: "20.x", "20" and "v20" are one; so are "1.25.x" and "1.25".
func sameVersion(a, b string) bool {
	norm := func(s string) string { return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "v"), ".x") }
	return norm(a) == norm(b)
}

// selects tells whether an axis decides which version of the language a job has.
func (p *prover) selects(h hit, lang, axis string) bool {
	expr := regexp.MustCompile(`\$\{\{\s*matrix\.` + regexp.QuoteMeta(axis) + `\s*\}\}`)
	names := []string{lang}
	if lang == "" {
		for n := range setUp {
			names = append(names, n)
		}
	}
	for _, n := range names {
		su := setUp[n]
		for i := range h.j.Steps {
			s := &h.j.Steps[i]
			action, _, _ := strings.Cut(s.Uses.Text, "@")
			for _, input := range su.actions[action] {
				if expr.MatchString(s.With[input].Text) {
					return true
				}
			}
			for _, c := range s.Commands {
				if slices.Contains(su.words, c.Raw.Name) && (expr.MatchString(c.Script) || strings.Contains(c.Raw.String(), "$"+axis) || strings.Contains(c.Raw.String(), "${"+axis+"}")) {
					return true
				}
			}
		}
		if n == "python" && expr.MatchString(h.j.Env["UV_PYTHON"].Text) {
			return true
		}
		image := h.j.Image.Text
		for _, base := range su.images {
			if strings.HasPrefix(image, base+":") || strings.Contains(image, "/"+base+":") {
				if _, tag, _ := strings.Cut(image, base+":"); expr.MatchString(tag) || strings.Contains(tag, "$"+axis) || strings.Contains(tag, "${"+axis+"}") {
					return true
				}
			}
		}
	}
	return false
}

// outsideRange says when a version asked for is one that the manifest does not admit.
func (p *prover) outsideRange() string {
	if p.in.Facts == nil {
		return ""
	}
	lang := p.claim.Param("language")
	for i := range p.in.Facts.Components {
		c := &p.in.Facts.Components[i]
		if c.VersionRange == nil || !speaks(lang, c.Stack, c.Language.String()) {
			continue
		}
		r, err := semver.NewConstraint(c.VersionRange.Value)
		if err != nil {
			continue
		}
		for _, v := range p.claim.List("versions") {
			low, err1 := semver.NewVersion(v)
			high, err2 := semver.NewVersion(highest(v))
			if err1 == nil && err2 == nil && !r.Check(low) && !r.Check(high) {
				return fmt.Sprintf("the manifest admits %s, and %s is outside of it (%s:%d)", c.VersionRange.Value, v, c.VersionRange.Evidence.File, c.VersionRange.Evidence.Line)
			}
		}
	}
	return ""
}

// highest is the newest patch release that a version may mean.
func highest(v string) string {
	switch strings.Count(v, ".") {
	case 0:
		return v + ".999.999"
	case 1:
		return v + ".999"
	}
	return v
}

func speaks(lang, stackName, language string) bool {
	known := map[string][]string{"python": {"python"}, "node": {"node", "javascript", "typescript"}, "go": {"go", "golang"}, "java": {"java", "kotlin"}, "ruby": {"ruby"}, "php": {"php"}, "rust": {"rust"}, "dotnet": {"dotnet", "csharp", "c#"}}[lang]
	return slices.Contains(known, strings.ToLower(stackName)) || slices.Contains(known, strings.ToLower(language))
}

// integrationTest proves that tests run beside a service that they are told of.
func integrationTest(p *prover) Result {
	service := p.claim.Param("service")
	hs := p.hits(criterion.Test, "")
	near := nearest(hs, "tests")
	if service == "" {
		for _, h := range counting(hs) {
			if len(h.j.Services) > 0 {
				return proven(p.at(h.j.File, h.j.Services[0].Line), h.ev[0])
			}
		}
		return unproven("no tests run beside a service")
	}
	for _, h := range counting(hs) {
		for _, s := range h.j.Services {
			name, version := imageParts(s.Image.Text)
			if !isService(name, service) {
				continue
			}
			ev := []finding.Evidence{p.at(h.j.File, max(s.Image.Line, s.Line)), h.ev[0]}
			want := p.claim.Param("version")
			switch {
			case want != "" && version != want && !strings.HasPrefix(version, want+".") && !strings.HasPrefix(version, want+"-"):
				near = unproven(fmt.Sprintf("the service is version %s, not %s", version, want), ev...)
			case !pointsTo(h, s, name):
				near = unproven("no variable tells the tests where the service is", ev...)
			default:
				return proven(ev...)
			}
		}
	}
	if near.Reason == "nothing runs tests" || len(counting(hs)) > 0 && near.Reason == "" {
		return unproven("no tests run beside "+service, near.Evidence...)
	}
	if near.Evidence == nil {
		near = unproven("no job with tests has the service " + service)
	}
	return near
}

// pointsTo tells whether a variable of the tests names the service.
func pointsTo(h hit, s pipeline.Service, image string) bool {
	words := []string{s.Name, image, servicePorts[image]}
	for _, m := range []map[string]pipeline.Value{h.s.Env, h.j.Env, h.p.Env} {
		for k, v := range m {
			for _, w := range words {
				if w != "" && (strings.Contains(v.Text, w) || strings.HasPrefix(strings.ToLower(k), image) && strings.Contains(v.Text, "localhost")) && !strings.HasPrefix(k, "POSTGRES_") && !strings.HasPrefix(k, "MYSQL_") {
					return true
				}
			}
		}
	}
	if h.c == nil {
		return false
	}
	for _, a := range h.c.Raw.Env {
		for _, w := range words {
			if w != "" && strings.Contains(a.Value.Text, w) {
				return true
			}
		}
	}
	return false
}

var servicePorts = map[string]string{"postgres": "5432", "mysql": "3306", "mariadb": "3306", "redis": "6379", "valkey": "6379", "mongo": "27017", "rabbitmq": "5672", "kafka": "9092", "memcached": "11211", "elasticsearch": "9200"}

// imageParts splits an image into the last part of its name and its tag.
func imageParts(image string) (name, tag string) {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, '/'); i >= 0 {
		image = image[i+1:]
	}
	name, tag, _ = strings.Cut(image, ":")
	return name, tag
}

// serviceImages are the image names of each service that criteria name.
var serviceImages = map[string][]string{
	"postgres": {"postgres", "postgis", "timescaledb", "pgvector", "postgresql"}, "mysql": {"mysql"}, "mariadb": {"mariadb"}, "mongodb": {"mongo", "mongodb"},
	"redis": {"redis", "redis-stack", "redis-stack-server"}, "valkey": {"valkey"}, "rabbitmq": {"rabbitmq"}, "kafka": {"kafka", "redpanda"}, "nats": {"nats"}, "elasticsearch": {"elasticsearch"},
	"opensearch": {"opensearch"}, "memcached": {"memcached"}, "minio": {"minio"},
}

var serviceKinds = map[string][]string{
	"database": {"postgres", "mysql", "mariadb", "mongodb"}, "cache": {"redis", "valkey", "memcached"}, "broker": {"rabbitmq", "kafka", "nats", "redis"},
}

// isService tells whether an image is a service of a kind or a name.
func isService(image, service string) bool {
	for _, s := range append([]string{service}, serviceKinds[service]...) {
		if slices.Contains(serviceImages[s], image) {
			return true
		}
	}
	return false
}
