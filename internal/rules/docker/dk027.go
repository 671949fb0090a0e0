package docker

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

func dk027() rule.Rule {
	r := base("DK027", finding.Warning, rule.Code, "buildkit:UndefinedVar", "buildkit:UndefinedArgInFrom")
	r.Doc = rule.Doc{
		Title: "variable that is not defined here", Since: "0.1.0",
		Why:  "It expands to nothing. An ARG before the first FROM is known to FROM lines only: a stage that needs it must say ARG NAME again.",
		Bad:  "ARG VERSION=1.2\nFROM alpine:3.22\nLABEL org.opencontainers.image.version=\"${VERSION}\"\nUSER 10001\n",
		Good: "ARG VERSION=1.2\nFROM alpine:3.22\nARG VERSION\nLABEL org.opencontainers.image.version=\"${VERSION}\"\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		f := p.Dockerfile()
		global := map[string]bool{}
		for _, in := range f.Args {
			for _, v := range in.Vars {
				global[v.Name] = true
			}
		}
		for _, st := range f.Stages {
			for _, m := range variables(st.From.Text) {
				if !global[m.name] && !m.handled && !platformArg(m.name) {
					p.Broken(p.Span(st.From.Offset(m.start), st.From.Offset(m.end-1)+1), fmt.Sprintf("%s is not defined: add ARG %s before the first FROM", m.name, m.name))
				}
			}
			checkScope(p, st, global)
		}
	}
	return r
}

// checkScope finds ARGs from before the first FROM that a stage uses without saying ARG again.
func checkScope(p *rule.Pass, st *dockerfile.Stage, global map[string]bool) {
	known := map[string]bool{}
	for _, s := range st.Lineage()[1:] {
		addKnown(known, s.Body)
	}
	for _, in := range st.Body {
		if in.Name != "ARG" && in.Name != "CMD" && in.Name != "ENTRYPOINT" && in.Name != "HEALTHCHECK" {
			for _, m := range variables(in.Text) {
				if global[m.name] && !known[m.name] && !m.handled && !platformArg(m.name) && !(in.Name == "RUN" && assigned(in.Text, m.name)) {
					p.Broken(p.Span(in.Offset(m.start), in.Offset(m.end-1)+1), fmt.Sprintf("%s is empty here: ARG %s stands before the first FROM, repeat it in this stage", m.name, m.name))
				}
			}
		}
		addKnown(known, []*dockerfile.Instruction{in})
	}
}

func addKnown(known map[string]bool, body []*dockerfile.Instruction) {
	for _, in := range body {
		if in.Name == "ARG" || in.Name == "ENV" {
			for _, v := range in.Vars {
				known[v.Name] = true
			}
		}
	}
}

func assigned(text, name string) bool {
	return strings.Contains(text, name+"=") || strings.Contains(text, "for "+name) || strings.Contains(text, "read ")
}

type variable struct {
	name       string
	start, end int
	handled    bool // ${NAME:-default} and its like
}

var variableName = regexp.MustCompile(`\\?\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)([^}]*)\})`)

func variables(s string) []variable {
	var out []variable
	for _, m := range variableName.FindAllStringSubmatchIndex(s, -1) {
		if s[m[0]] == '\\' {
			continue
		}
		v := variable{start: m[0], end: m[1]}
		if m[2] >= 0 {
			v.name = s[m[2]:m[3]]
		} else {
			v.name = s[m[4]:m[5]]
			v.handled = m[7] > m[6]
		}
		out = append(out, v)
	}
	return out
}

// platformArg tells whether BuildKit defines an ARG itself.
func platformArg(n string) bool {
	switch n {
	case "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "TARGETSTAGE",
		"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy":
		return true
	}
	return strings.HasPrefix(n, "BUILDKIT_")
}

func dk028() rule.Rule {
	r := base("DK028", finding.Error, rule.Code, "hadolint:DL3011", "hadolint:DL3022", "hadolint:DL3023", "hadolint:DL3024", "checkov:CKV_DOCKER_1", "buildkit:ExposeInvalidFormat", "buildkit:DuplicateStageName")
	r.Doc = rule.Doc{
		Title: "port or stage that cannot be", Since: "0.1.0",
		Why:  "A port above 65535 does not exist, and an SSH server has no place in an image. Two stages of one name, or a copy from a stage that comes later, take another stage than is meant.",
		Bad:  "FROM alpine:3.22\nCOPY --from=build /app /app\nEXPOSE 80800\nUSER 10001\n\nFROM alpine:3.22 AS build\nUSER 10001\n",
		Good: "FROM alpine:3.22 AS build\nUSER 10001\n\nFROM alpine:3.22\nCOPY --from=build /app /app\nEXPOSE 8080\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		f := p.Dockerfile()
		named := map[string]int{}
		for _, st := range f.Stages {
			if st.Name != "" {
				start, end := st.From.Place(2)
				if line, twice := named[st.Name]; twice {
					p.Broken(p.Span(start, end), fmt.Sprintf("stage %s has the name of the one on line %d", st.Name, line))
				}
				if st.Name == "scratch" || st.Name == "context" {
					p.Broken(p.Span(start, end), "stage name "+st.Name+" is reserved: choose another")
				}
				named[st.Name] = st.Line
			}
			for _, in := range st.Body {
				if in.Name == "EXPOSE" {
					checkPorts(p, in)
				}
				if in.Name == "COPY" || in.Name == "ADD" || in.Name == "RUN" {
					checkFrom(p, f, st, in)
				}
			}
		}
	}
	return r
}

var portForm = regexp.MustCompile(`^(\d+)(?:-(\d+))?(?:/(\w+))?$`)

func checkPorts(p *rule.Pass, in *dockerfile.Instruction) {
	for i, w := range in.Words {
		if strings.Contains(w, "$") {
			continue
		}
		start, end := in.Place(i)
		m := portForm.FindStringSubmatch(strings.Trim(w, `"'`))
		proto := ""
		if m != nil {
			proto = strings.ToLower(m[3])
		}
		switch {
		case m == nil:
			p.Broken(p.Span(start, end), fmt.Sprintf("%s is no port: EXPOSE takes PORT or PORT/tcp, the host's side is chosen when the container starts", w))
		case proto != "" && proto != "tcp" && proto != "udp" && proto != "sctp":
			p.Broken(p.Span(start, end), fmt.Sprintf("%s is no protocol of a port: use tcp, udp or sctp", m[3]))
		case tooHigh(m[1]) || m[2] != "" && tooHigh(m[2]):
			p.Broken(p.Span(start, end), w+" is out of range: ports go from 1 to 65535")
		case m[1] == "22" && m[2] == "":
			p.Broken(p.Span(start, end), "port 22 is SSH: look into a container with docker exec instead")
		}
	}
}

func tooHigh(s string) bool { n, err := strconv.Atoi(s); return err != nil || n < 1 || n > 65535 }

// checkFrom finds copies from the stage itself, from a later one, and from names that are almost a stage's.
func checkFrom(p *rule.Pass, f *dockerfile.File, st *dockerfile.Stage, in *dockerfile.Instruction) {
	for _, fl := range in.Flags {
		ref := fl.Value
		if fl.Name == "mount" {
			m := mountFrom.FindStringSubmatch(fl.Value)
			if m == nil {
				continue
			}
			ref = m[1]
		} else if fl.Name != "from" {
			continue
		}
		span := p.Span(fl.Start, fl.End)
		if n, err := strconv.Atoi(ref); err == nil {
			if n >= st.Index {
				p.Broken(span, fmt.Sprintf("stage %d is not before this one: %d stages are", n, st.Index))
			}
			continue
		}
		other := f.StageByName(ref)
		switch {
		case other != nil && other.Index >= st.Index:
			p.Broken(span, fmt.Sprintf("stage %s is not before this one, so its name is taken for an image", ref))
		case other == nil && !strings.ContainsAny(ref, "/:.$@"):
			for _, s := range f.Stages[:st.Index] {
				if s.Name != "" && near(s.Name, strings.ToLower(ref)) {
					p.Broken(span, fmt.Sprintf("no stage is named %s: do you mean %s?", ref, s.Name))
				}
			}
		}
	}
}

// near tells whether two names differ by one letter, or by two swapped.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == b || len(b)-len(a) > 1 || len(a) < 3 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
