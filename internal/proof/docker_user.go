package proof

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/pipeline"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// rootless are bases whose images already run as another user than root.
func rootless(image string) bool {
	return strings.HasSuffix(image, ":nonroot") || strings.Contains(image, ":nonroot-") || strings.Contains(image, "nonroot@") || strings.HasPrefix(image, "nginxinc/nginx-unprivileged:")
}

// knownUsers are named users that bases bring.
var knownUsers = []string{"nobody", "node", "www-data", "nginx", "daemon", "nonroot", "postgres", "redis", "app", "bun", "deno", "caddy", "gradle", "jetty", "tomcat"}

func nonRoot(p *prover) Result {
	if len(p.of(repo.KindDockerfile)) == 0 {
		return nonRootServices(p)
	}
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		in := final.Last("USER")
		if in == nil {
			if root := final.Root(); rootless(root.Image) && p.claim.Param("uid") == "" {
				return proven(p.at(im.path, root.Line))
			}
			return unproven("the final stage has no USER: it runs as root", p.at(im.path, final.Line))
		}
		ev := p.at(im.path, in.Line)
		user := strings.Trim(im.value(final, strings.TrimSpace(in.Text)), `"'`)
		name, _, _ := strings.Cut(user, ":")
		switch {
		case strings.Contains(user, "$"):
			return unproven("the user comes from a variable without a default", ev)
		case isRoot(name):
			return unproven("the last USER of the final stage is root", ev)
		case p.claim.Param("uid") != "" && strings.TrimLeft(name, "0") != p.claim.Param("uid"):
			return unproven("the user is "+name+", not "+p.claim.Param("uid"), ev)
		case numeric(name) && len(name) > 10:
			return unproven("no system has a user "+name, ev)
		case startsAsRoot(final):
			return unproven("what is started goes back to root", ev)
		case im.isRootByAnotherName(final, name):
			return unproven("the user "+name+" is made with the id 0: it is root", ev)
		case !numeric(name) && !im.makesUser(final, name):
			return unproven("nothing makes the user "+name, ev)
		}
		return proven(ev)
	})
}

// startsAsRoot: with sudo in front, the process is root whatever USER says.
func startsAsRoot(s *dockerfile.Stage) bool {
	in := startOf(s)
	return in != nil && slices.ContainsFunc(strings.Fields(strings.Join(append(slices.Clone(in.Words), in.Text), " ")), func(w string) bool {
		return w == "sudo" || w == "doas" || strings.HasSuffix(w, "/sudo") || strings.HasSuffix(w, "/doas")
	})
}

// isRootByAnotherName: useradd -o -u 0 app makes a root that is called app.
func (im *image) isRootByAnotherName(s *dockerfile.Stage, name string) bool {
	return slices.ContainsFunc(im.runCommands(s), func(c pipeline.Command) bool {
		if !slices.Contains([]string{"useradd", "adduser", "usermod"}, c.Tool()) || !slices.Contains(c.Args, name) {
			return false
		}
		for i, a := range c.Args {
			flag, value, joined := strings.Cut(a, "=")
			if !joined && i+1 < len(c.Args) {
				value = c.Args[i+1]
			}
			if (flag == "-u" || flag == "--uid") && isRoot(value) || a == "-u0" {
				return true
			}
		}
		return false
	})
}

func isRoot(name string) bool {
	name = strings.TrimSpace(strings.ToLower(name))
	return name == "" || name == "root" || strings.Trim(name, "0+") == "" || name == "0x0"
}

func numeric(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// makesUser: a user that nobody makes keeps the container from starting.
func (im *image) makesUser(s *dockerfile.Stage, name string) bool {
	if slices.Contains(knownUsers, name) {
		return true
	}
	for _, c := range im.runCommands(s) {
		if slices.Contains([]string{"useradd", "adduser", "addgroup", "usermod"}, c.Tool()) && slices.ContainsFunc(c.Args, func(a string) bool { return im.value(s, a) == name }) {
			return true
		}
		if strings.Contains(c.Script, "/etc/passwd") && strings.Contains(c.Script, name) {
			return true
		}
	}
	for _, in := range s.All("COPY") {
		if slices.Contains(in.Words, "/etc/passwd") {
			return true
		}
	}
	return false
}
