package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/autogit/autogit/internal/criterion"
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
