package plan

import (
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/stack"
)

// services collects the servers that tests need: those that the survey found, and those that the task names.
func (p *Plan) services(req *artifact.Request) error {
	for _, part := range p.Parts {
		for _, f := range part.Component.Services {
			if s, ok := stack.ServiceFor(f.Value); ok {
				part.serve(s, false)
			} else {
				p.note("%s needs %s, which AutoGit cannot start in a pipeline: its tests run without it", part.Name, f.Value)
			}
		}
	}
	for _, c := range criterion.Find(req.Claims, criterion.IntegrationTest) {
		if err := p.integration(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) integration(c criterion.Claim) error {
	name := c.Param("service")
	s, ok := stack.ServiceAt(name, c.Param("version"))
	if !ok {
		return refuse("the task asks for tests against %s, which AutoGit does not know how to start: it knows %s",
			strings.TrimSpace(name+" "+c.Param("version")), strings.Join(stack.ServiceNames(), ", "))
	}
	parts := p.users(name)
	if len(parts) == 0 {
		return refuse("the task asks for tests against %s, and the repository has no tests to run: it has %s", name, p.list())
	}
	for _, part := range parts {
		part.serve(s, true)
	}
	return nil
}

// users are the parts whose source speaks of the service; all parts that have tests when none does.
func (p *Plan) users(service string) []*Part {
	var users, tested []*Part
	for _, part := range p.Parts {
		if len(part.Recipe.Test)+len(part.Recipe.Integration) == 0 {
			continue
		}
		tested = append(tested, part)
		same := func(f stack.Fact) bool { return f.Value == service }
		if slices.ContainsFunc(part.Component.Services, same) || slices.ContainsFunc(part.OptionalServices, same) || part.variable(service) {
			users = append(users, part)
		}
	}
	if len(users) > 0 {
		return users
	}
	return tested
}

func (part *Part) variable(service string) bool {
	return slices.ContainsFunc(part.Component.Env, func(v stack.Variable) bool { return v.Service == service })
}

// serve adds a service, or replaces the surveyed one by the one that the task describes.
func (part *Part) serve(s stack.Service, asked bool) {
	for i := range part.Services {
		if part.Services[i].Name == s.Name {
			if asked {
				part.Services[i] = Service{s, true}
			}
			return
		}
	}
	part.Services = append(part.Services, Service{s, asked})
}

// ServiceEnv are the variables that tell the part's program where its services are. host maps a service's name to the host
// it is reached at; password is the throw-away password that the pipeline gives to services that need one.
func (part *Part) ServiceEnv(host func(string) string, password string) []stack.KV {
	var out []stack.KV
	for _, s := range part.Services {
		found := false
		for _, v := range part.Component.Env {
			if v.Service == s.Name && !v.File {
				found = true
				out = append(out, stack.KV{Key: v.Name, Value: variableValue(v, s, host(s.Name), password)})
			}
		}
		if s.Asked && !found {
			v := stack.Variable{Name: conventional(s.Name)}
			out = append(out, stack.KV{Key: v.Name, Value: serviceURL(v, s, host(s.Name), password)})
		}
	}
	return out
}

// conventional is the variable by which most programs learn where a service is, for sources that read none.
func conventional(service string) string {
	switch service {
	case "postgres", "mysql", "mariadb":
		return "DATABASE_URL"
	}
	return strings.ToUpper(service) + "_URL"
}

// variableValue reads off a variable's name which part of the connection it holds; most hold the whole URL.
func variableValue(v stack.Variable, s Service, host, password string) string {
	name := strings.ToUpper(v.Name)
	ends := func(suffixes ...string) bool {
		return slices.ContainsFunc(suffixes, func(x string) bool { return strings.HasSuffix(name, x) })
	}
	switch {
	case ends("URL", "URI", "DSN", "CONNECTION", "CONNECTION_STRING"):
		return serviceURL(v, s, host, password)
	case ends("HOST", "HOSTNAME", "SERVER"):
		return host
	case ends("PORT"):
		return s.Port
	case ends("ADDR", "ADDRESS"):
		return host + ":" + s.Port
	case ends("PASSWORD", "PASS", "PASSWD"):
		return password
	case ends("USER", "USERNAME"):
		return envOf(s, "USER", "app")
	case ends("DATABASE", "_DB", "DB_NAME", "DBNAME", "_NAME"):
		return envOf(s, "DB", envOf(s, "DATABASE", "app"))
	}
	return serviceURL(v, s, host, password)
}

// serviceURL keeps the scheme of the source's own default: a driver often has one of its own (postgresql+asyncpg, jdbc).
func serviceURL(v stack.Variable, s Service, host, password string) string {
	url := strings.NewReplacer("{host}", host, "{password}", password).Replace(s.URL)
	scheme, rest, ok := strings.Cut(url, "://")
	own, _, declared := strings.Cut(v.Default, "://")
	if !declared && v.Scheme != "" {
		own = v.Scheme
	}
	if !ok {
		return url
	}
	if strings.HasPrefix(own, "jdbc:") || strings.HasPrefix(v.Name, "SPRING_") {
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = rest[i+1:] // JDBC takes user and password apart from the URL
		}
		if scheme != "redis" {
			return "jdbc:" + scheme + "://" + rest
		}
		return url
	}
	if declared && sameServer(own, scheme) {
		return own + "://" + rest
	}
	return url
}

// sameServer tells whether two URL schemes speak of one kind of server: postgres, postgresql, postgresql+asyncpg.
func sameServer(a, b string) bool {
	short := func(s string) string {
		s, _, _ = strings.Cut(s, "+")
		return s[:min(len(s), 5)]
	}
	return short(a) == short(b) && a != ""
}

func envOf(s Service, suffix, fallback string) string {
	for _, kv := range s.Service.Env {
		if strings.HasSuffix(kv.Key, "_"+suffix) {
			return kv.Value
		}
	}
	return fallback
}
