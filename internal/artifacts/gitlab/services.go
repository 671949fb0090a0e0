package gitlab

import (
	"strings"

	"github.com/autogit/autogit/internal/artifacts/plan"
	"github.com/autogit/autogit/internal/stack"
)

// password is new in each pipeline: a literal one would be copied to where others can reach the server.
const password = "ci-$CI_PIPELINE_ID"

// services writes the containers that tests talk to, and the variables of the job. GitLab's runner waits for their ports before the script starts.
func (w *writer) services(part *plan.Part) {
	env := part.ServiceEnv(func(name string) string { return name }, password)
	if v := part.VersionVariable(); v != "" && len(part.Matrix) > 0 {
		env = append([]stack.KV{{Key: v, Value: "$" + matrixName(part)}}, env...)
	}
	if len(env) > 0 {
		w.Map("variables", func() {
			for _, kv := range env {
				w.Key(kv.Key, kv.Value)
			}
		})
	}
	if len(part.Services) == 0 {
		return
	}
	w.once("The runner starts the script when the ports of all services answer.")
	w.Map("services", func() {
		for _, s := range part.Services {
			w.Item(func() { w.service(s) })
		}
	})
}

func (w *writer) service(s plan.Service) {
	w.Key("name", s.Image)
	w.Key("alias", s.Name)
	env, options := variables(s)
	command := s.Command
	if len(options) > 0 {
		command = append([]string{"bin/" + s.Name}, options...)
	}
	if len(command) > 0 {
		w.List("command", command)
	}
	if len(env) == 0 && s.Secret == "" {
		return
	}
	w.Map("variables", func() {
		for _, kv := range env {
			w.Key(kv.Key, strings.ReplaceAll(kv.Value, "{host}", s.Name))
		}
		if s.Secret != "" {
			w.once("A throw-away password, new in each pipeline: only this job can reach the service.")
			w.Key(s.Secret, password)
		}
	})
}

// variables splits a service's settings: GitLab takes no variable with a dot in its name, so those become options.
func variables(s plan.Service) (env []stack.KV, options []string) {
	for _, kv := range s.Env {
		if strings.Contains(kv.Key, ".") {
			options = append(options, "-E"+kv.Key+"="+kv.Value)
			continue
		}
		env = append(env, kv)
	}
	return env, options
}
