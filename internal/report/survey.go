package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// Survey shows what a repository is, each fact with the place that it comes from.
func Survey(w io.Writer, s Style, facts *stack.Facts) {
	p := printer{w: w, s: s}
	if len(facts.Components) == 0 {
		p.line("no known stack")
	}
	for i := range facts.Components {
		p.component(&facts.Components[i])
	}
	if len(facts.Delivery) > 0 {
		p.line("%s", s.bold("delivery files"))
		for _, d := range facts.Delivery {
			p.line("  %s %s", pad(d.Kind, 16), Plain(d.File))
		}
	}
	for _, c := range facts.Contradictions {
		p.line("%s %s of %s", s.yellow("contradiction"), c.Fact, Plain(c.Component))
		for _, v := range c.Values {
			p.line("  %s %s", pad(Plain(v.Value), 16), p.source(v))
		}
	}
}

func (p printer) component(c *stack.Component) {
	p.line("%s %s", p.s.bold(Plain(c.Path)), p.s.dim(c.Kind+" · "+Plain(c.Name)))
	for _, f := range []struct {
		name string
		fact *stack.Fact
	}{
		{"language", c.Language}, {"version", c.Version}, {"version range", c.VersionRange}, {"framework", c.Framework},
		{"package manager", c.PackageManager}, {"lock file", c.LockFile}, {"port", c.Port}, {"port from", c.PortFromEnv},
		{"listens on", c.Listen}, {"listens from", c.ListenFromEnv}, {"health", c.Health}, {"entry", c.Entry}, {"start", c.Start}, {"dev", c.Dev}, {"install", c.Install},
		{"build", c.Build}, {"output", c.Output}, {"test", c.Test}, {"lint", c.Lint}, {"typecheck", c.TypeCheck}, {"format", c.Format},
	} {
		if f.fact != nil {
			p.fact(f.name, *f.fact)
		}
	}
	p.facts("tool", c.Tools)
	p.facts("service", c.Services)
	p.facts("optional service", c.OptionalServices)
	p.facts("worker", c.Workers)
	p.facts("asset", c.Assets)
	p.variables(c.Env)
	p.facts("note", c.Notes)
}

func (p printer) facts(name string, facts []stack.Fact) {
	for _, f := range facts {
		p.fact(name, f)
	}
}

func (p printer) fact(name string, f stack.Fact) {
	p.line("  %s %s  %s", pad(name, 16), Plain(f.Value), p.source(f))
}

func (p printer) source(f stack.Fact) string {
	if f.Confidence == stack.Default || f.Evidence.File == "" {
		return p.s.dim(strings.TrimSpace("default " + Plain(f.Evidence.Text)))
	}
	return p.s.dim(place(f.Evidence))
}

func (p printer) variables(vars []stack.Variable) {
	for _, v := range vars {
		var about []string
		for _, a := range []struct {
			on   bool
			text string
		}{{v.Required, "required"}, {v.Secret, "secret"}, {v.File, "file"}, {v.Service != "", v.Service}, {v.Default != "", fmt.Sprintf("default %s", v.Default)}} {
			if a.on {
				about = append(about, Plain(a.text))
			}
		}
		p.line("  %s %s  %s", pad("variable", 16), strings.TrimSpace(Plain(v.Name)+" "+p.s.dim(strings.Join(about, ", "))), p.s.dim(place(v.Evidence)))
	}
}
