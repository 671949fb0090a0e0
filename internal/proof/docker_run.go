package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// healthCheck proves a health check that asks the app and can fail.
func healthCheck(p *prover) Result {
	if why := p.wrongRoute(p.claim.Param("path")); why != "" {
		return contradicted(why)
	}
	if len(p.of(repo.KindDockerfile)) == 0 {
		return healthServices(p)
	}
	if p.claim.Param("service") != "" || p.claim.Param("each") != "" && len(p.inFiles(repo.KindCompose)) > 0 {
		q := *p
		q.files = p.inFiles(repo.KindCompose)
		return healthServices(&q)
	}
	check := p.someImage
	if p.claim.Param("each") != "" {
		check = p.everyImage
	}
	return check(func(im *image) Result { return p.imageHealth(im) })
}

// inFiles lists the task's files of a kind, whatever the claim's scope is.
func (p *prover) inFiles(k repo.Kind) []string {
	var out []string
	for _, f := range p.in.Files {
		if p.in.Tree.Has(f) && p.in.Tree.Kind(f) == k {
			out = append(out, f)
		}
	}
	return out
}

func (p *prover) imageHealth(im *image) Result {
	final := im.Final()
	in := final.Last("HEALTHCHECK")
	if in == nil {
		return unproven("the final stage has no HEALTHCHECK", p.at(im.path, final.Line))
	}
	ev := p.at(im.path, in.Line)
	words := in.Command()
	if len(words) == 0 {
		return unproven("the HEALTHCHECK is switched off", ev)
	}
	text := im.value(final, strings.Join(words, " "))
	if why := emptyCheck(im.commands(in), text); why != "" {
		return unproven(why, ev)
	}
	if why := im.cannotRun(final, in); why != "" {
		return unproven(why, ev)
	}
	if want := p.claim.Param("path"); want != "" && !asks(text, want) {
		return unproven("the HEALTHCHECK does not ask "+want, ev)
	} else if want == "" {
		if why := p.asksNoRoute(text); why != "" {
			return unproven(why, ev)
		}
	}
	if want := p.claim.Param("interval"); want != "" {
		have, ok := in.Flag("interval")
		if !ok {
			have = "30s" // Docker's default
		}
		if seconds(have) != seconds(want) {
			return unproven("the interval is "+have, ev)
		}
	}
	if why := im.otherPort(final, text); why != "" {
		return unproven(why, ev)
	}
	return proven(ev)
}

// emptyCheck says why a check cannot fail; empty when it can.
func emptyCheck(cs []pipeline.Command, text string) string {
	real := false
	for _, c := range cs {
		real = real || meaningful(c)
	}
	switch {
	case !real:
		return "the health check asks nothing"
	case regexp.MustCompile(`(\|\||;)\s*(exit\s+0|true|:)\s*$`).MatchString(strings.TrimSpace(text)):
		return "the health check never fails"
	}
	return ""
}

// asks tells whether a check's text asks for a path, not for one that only begins like it.
func asks(text, want string) bool {
	for rest := text; ; {
		i := strings.Index(rest, want)
		if i < 0 {
			return false
		}
		end := i + len(want)
		before := i > 0 && (rest[i-1] == '/' || rest[i-1] == '-' || rest[i-1] == '_')
		if !before && (end == len(rest) || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/", rune(rest[end]))) {
			return true
		}
		rest = rest[end:]
	}
}

var urlPath = regexp.MustCompile(`https?://[^/\s"'$]*(?:\$\{[^}]*\}|\$\w+)?[^/\s"']*(/[A-Za-z0-9_./-]*)`)

// asksNoRoute says when a check asks a route that the source does not have.
func (p *prover) asksNoRoute(text string) string {
	m := urlPath.FindStringSubmatch(text)
	if m == nil || p.in.Facts == nil {
		return ""
	}
	return p.wrongRoute(m[1])
}

// wrongRoute says when the survey knows the health route and a path is another, which no source file has either.
func (p *prover) wrongRoute(route string) string {
	if route == "" || p.in.Facts == nil {
		return ""
	}
	known := ""
	for i := range p.in.Facts.Components {
		if h := p.in.Facts.Components[i].Health; h != nil {
			if h.Value == route {
				return ""
			}
			known = h.Value
		}
	}
	if known == "" || p.sourceSays(`"`+route+`"`, `'`+route+`'`, "`"+route+"`", " "+route+`"`, route+`"`) {
		return ""
	}
	return route + " is no route of the source; the health route is " + known
}

// cannotRun says when the final image lacks the program that the check needs.
func (im *image) cannotRun(s *dockerfile.Stage, in *dockerfile.Instruction) string {
	root := s.Root().Image
	bare := root == "scratch" || strings.Contains(root, "distroless") && !strings.Contains(root, "debug")
	if bare && in.Shell {
		return "the health check needs a shell, and the final image has none"
	}
	for _, c := range im.commands(in) {
		tool := c.Tool()
		if tool != "curl" && tool != "wget" && tool != "nc" {
			continue
		}
		if bare {
			return "the final image has no " + tool
		}
		if tool == "curl" && hasCurl(root) || tool != "curl" && (strings.Contains(root, "alpine") || strings.Contains(root, "busybox")) {
			continue
		}
		if !im.installs(s, tool) && known(root) {
			return "the final image has no " + tool + ": nothing installs it"
		}
	}
	return ""
}

// hasCurl: the full variants of the language images are built on buildpack-deps.
func hasCurl(image string) bool {
	name, tag := imageParts(image)
	return slices.Contains([]string{"python", "node", "ruby", "golang", "rust", "php", "openjdk", "gradle", "maven"}, name) && !strings.Contains(tag, "slim") && !strings.Contains(tag, "alpine")
}

// known are the bases whose content AutoGit knows.
func known(image string) bool {
	name, tag := imageParts(image)
	return slices.Contains([]string{"python", "node", "ruby", "golang", "debian", "ubuntu", "alpine", "php", "eclipse-temurin"}, name) || strings.Contains(tag, "slim") || strings.Contains(tag, "alpine")
}

func (im *image) installs(s *dockerfile.Stage, pkg string) bool {
	for _, c := range im.runCommands(s) {
		if (slices.Contains([]string{"apt-get", "apt", "dnf", "microdnf", "yum"}, c.Tool()) && slices.Contains(c.Args, "install") || c.Tool() == "apk" && slices.Contains(c.Args, "add")) &&
			slices.ContainsFunc(c.Args, func(a string) bool {
				return a == pkg || strings.HasPrefix(a, pkg+"=") || pkg == "nc" && strings.HasPrefix(a, "netcat")
			}) {
			return true
		}
	}
	return false
}

var localPort = regexp.MustCompile(`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(\d{2,5})`)

// otherPort says when a check asks a port that the image does not expose.
func (im *image) otherPort(s *dockerfile.Stage, text string) string {
	m := localPort.FindStringSubmatch(text)
	exposed := s.All("EXPOSE")
	if m == nil || len(exposed) == 0 {
		return ""
	}
	for _, in := range exposed {
		for _, w := range in.Words {
			n, _, _ := strings.Cut(im.value(s, w), "/")
			if n == m[1] || strings.Contains(n, "$") || strings.Contains(n, "-") {
				return ""
			}
		}
	}
	return fmt.Sprintf("the health check asks port %s, which the image does not expose", m[1])
}

// seconds reads a Docker duration; -1 when it is none.
func seconds(d string) int {
	total, num := 0, ""
	for i := 0; i < len(d); i++ {
		c := d[i]
		if c >= '0' && c <= '9' {
			num += string(c)
			continue
		}
		n, err := strconv.Atoi(num)
		if err != nil || n > 1_000_000 {
			return -1
		}
		num = ""
		switch {
		case c == 'h':
			total += n * 3600
		case c == 'm' && (i+1 == len(d) || d[i+1] != 's'):
			total += n * 60
		case c == 's':
			total += n
		default:
			return -1
		}
	}
	if num != "" {
		return -1
	}
	return total
}
