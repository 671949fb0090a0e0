package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func labels(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		want := p.claim.List("keys")
		if len(want) == 0 {
			want = []string{""}
		}
		out := Result{Status: Proven}
		for _, key := range want {
			line := 0
			for _, in := range final.All("LABEL") {
				for _, v := range in.Vars {
					name := v.Name[strings.LastIndexByte(v.Name, '.')+1:]
					value := strings.Trim(v.Text, `"' `)
					if (key == "" || name == key) && value != "" && (!strings.HasPrefix(value, "$") || im.declares(final, value)) {
						line = in.Line
					}
				}
			}
			if line == 0 {
				return unproven("the final stage has no label for "+key, p.at(im.path, final.Line))
			}
			out.Evidence = append(out.Evidence, p.at(im.path, line))
		}
		return out
	})
}

// declares tells whether a stage knows the variable of "${NAME}".
func (im *image) declares(s *dockerfile.Stage, ref string) bool {
	name := strings.Trim(ref, "${}")
	name, _, _ = strings.Cut(name, ":")
	for _, kind := range []string{"ARG", "ENV"} {
		for _, in := range s.All(kind) {
			for _, v := range in.Vars {
				if v.Name == name {
					return true
				}
			}
		}
	}
	return false
}

func expose(p *prover) Result {
	port := p.claim.Param("port")
	why := p.wrongPort(port)
	if len(p.of(repo.KindDockerfile)) == 0 {
		return exposeServices(p, port, why)
	}
	if why != "" {
		return contradicted(why)
	}
	return p.someImage(func(im *image) Result {
		final := im.Final()
		var have []string
		line := final.Line
		for _, in := range final.All("EXPOSE") {
			for _, w := range in.Words {
				n, protocol, _ := strings.Cut(strings.Trim(im.value(final, w), `"'`), "/")
				if protocol != "" && !strings.EqualFold(protocol, "tcp") {
					n += "/" + strings.ToLower(protocol) // another port than that of TCP
				}
				have = append(have, n)
				if n == port || port == "" {
					line = in.Line
				}
			}
		}
		switch {
		case port != "" && !slices.Contains(have, port), len(have) == 0:
			return unproven("the final stage does not expose port "+port, p.at(im.path, line))
		case p.claim.Param("only") != "" && len(slices.Compact(slices.Sorted(slices.Values(have)))) > 1:
			return unproven("it exposes other ports too", p.at(im.path, line))
		}
		return proven(p.at(im.path, line))
	})
}

// wrongPort says when the app is declared to listen on another port and cannot be told otherwise.
func (p *prover) wrongPort(port string) string {
	if p.in.Facts == nil || port == "" {
		return ""
	}
	why := ""
	for i := range p.in.Facts.Components {
		c := &p.in.Facts.Components[i]
		if c.Port == nil {
			continue
		}
		if c.Port.Value == port || c.PortFromEnv != nil || c.Port.Confidence == "default" {
			return ""
		}
		why = "the app listens on port " + c.Port.Value + " (" + c.Port.Evidence.File + ":" + itoa(max(c.Port.Evidence.Line, 0)) + "), not on " + port
	}
	return why
}
