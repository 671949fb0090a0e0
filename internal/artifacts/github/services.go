package github

import (
	"strings"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/artifacts/plan"
)

// password is new in each run: services are reachable by this job only, and a literal one would be copied to where it is not so.
const password = "ci-${{ github.run_id }}"

// serviceHost is where a job's services are. It is no name, because clients of MySQL take "localhost" for a socket file.
const serviceHost = "127.0.0.1"

// startable takes out the services that a workflow cannot start: GitHub runs a service's image as it is, without a command.
func startable(p *plan.Plan) error {
	for _, part := range p.Parts {
		var keep []plan.Service
		for _, s := range part.Services {
			switch {
			case len(s.Command) == 0:
				keep = append(keep, s)
			case s.Asked:
				return &artifact.Refusal{Reason: "GitHub gives a service's container no command, and the image of " + s.Name + " needs one: start it in a step of the job instead"}
			default:
				p.Notes = append(p.Notes, part.Name+" uses "+s.Name+", whose image needs a command that GitHub cannot give a service: its tests run without it")
			}
		}
		part.Services = keep
	}
	return nil
}

// strategy writes the matrix.
func (w *writer) strategy(part *plan.Part) {
	if len(part.Matrix) == 0 {
		return
	}
	w.Map("strategy", func() {
		w.Comment("The first failure ends the others: one red version is enough to send the change back.")
		w.Raw("fail-fast", "true")
		w.Map("matrix", func() { w.List(part.VersionKey(), part.Matrix) })
	})
}

// services writes the containers that tests talk to, with the check that holds the steps back until they answer.
func (w *writer) services(part *plan.Part) {
	if len(part.Services) == 0 {
		return
	}
	w.Map("services", func() {
		for _, s := range part.Services {
			w.Map(s.Name, func() { w.service(s) })
		}
	})
}

func (w *writer) service(s plan.Service) {
	w.Key("image", s.Image)
	if len(s.Env) > 0 || s.Secret != "" {
		w.Map("env", func() {
			for _, kv := range s.Env {
				w.Key(kv.Key, strings.ReplaceAll(kv.Value, "{host}", serviceHost))
			}
			if s.Secret != "" {
				w.once("A throw-away password, new in each run: only this job can reach the service.")
				w.Key(s.Secret, password)
			}
		})
	}
	if s.Port != "" {
		w.List("ports", []string{s.Port + ":" + s.Port})
	}
	if len(s.Health) > 0 {
		w.once("Steps start only when the service answers.")
		w.Folded("options", []string{
			"--health-cmd " + argument(command(s.Health)), "--health-interval 5s", "--health-timeout 5s", "--health-retries 20",
		})
	}
}

// env tells the program where its services are: the job runs on the machine itself, where services publish their ports.
func (w *writer) env(part *plan.Part) {
	env := part.ServiceEnv(func(string) string { return serviceHost }, password)
	if len(env) == 0 {
		return
	}
	w.Map("env", func() {
		for _, kv := range env {
			w.Key(kv.Key, kv.Value)
		}
	})
}

// command is an exec-form command as the shell line that --health-cmd takes.
func command(words []string) string {
	if len(words) == 3 && words[0] == "sh" && words[1] == "-c" {
		return words[2]
	}
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = word
		if strings.ContainsAny(word, " '\"$&|;<>()?*`\\") {
			out[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}

// argument quotes a text for the options line, which the runner splits at spaces outside double quotes.
func argument(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
