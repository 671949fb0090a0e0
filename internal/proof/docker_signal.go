package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/syntax/dockerfile"
)

// inits are the small programs that pass signals on as process 1.
var inits = []string{"tini", "dumb-init", "catatonit", "s6-overlay", "init"}

// servers are programs that handle SIGTERM by themselves.
var servers = []string{"uvicorn", "gunicorn", "hypercorn", "granian", "nginx", "caddy", "java", "puma", "httpd", "apache2", "apache2-foreground", "php-fpm", "dotnet", "daphne", "waitress-serve", "celery", "unicorn", "frankenphp", "rr", "fastapi"}

// signals proves that the process that is started gets the stop signal, and does not ignore it.
func signals(p *prover) Result {
	return p.everyImage(func(im *image) Result {
		final := im.Final()
		in := startOf(final)
		if in == nil {
			return unproven("the final stage starts nothing by itself: no ENTRYPOINT and no CMD", p.at(im.path, final.Line))
		}
		ev := p.at(im.path, in.Line)
		if s := final.Last("STOPSIGNAL"); s != nil && slices.Contains([]string{"SIGKILL", "9", "KILL", "SIGSTOP", "19"}, strings.TrimSpace(s.Text)) {
			return unproven("the stop signal cannot be handled", p.at(im.path, s.Line))
		}
		words, why := im.process(final, in)
		if why != "" {
			return unproven(why, ev)
		}
		if why := p.hearsSignals(words); why != "" {
			return unproven(why, ev)
		}
		return proven(ev)
	})
}

// startOf is the instruction that names the process: ENTRYPOINT, else CMD. A stage's own ENTRYPOINT forgets an inherited CMD.
func startOf(s *dockerfile.Stage) *dockerfile.Instruction {
	if in := s.Last("ENTRYPOINT"); in != nil && len(in.Words)+len(in.Text) > 0 && in.Text != "[]" {
		return in
	}
	return s.Last("CMD")
}

// process is the words of process 1.
func (im *image) process(s *dockerfile.Stage, in *dockerfile.Instruction) (words []string, why string) {
	if !in.JSON {
		rest, ok := strings.CutPrefix(strings.TrimSpace(in.Text), "exec ")
		if !ok {
			return nil, in.Name + " is in shell form: the shell gets the signal and keeps it"
		}
		return strings.Fields(rest), ""
	}
	words = in.Words
	if in.Name == "ENTRYPOINT" {
		if cmd := s.Last("CMD"); cmd != nil && cmd.JSON && cmd.Line > in.Line {
			words = append(slices.Clone(words), cmd.Words...)
		}
	}
	if len(words) == 0 {
		return nil, in.Name + " is empty"
	}
	if shellName(words[0]) && len(words) > 2 && strings.HasPrefix(words[1], "-") && strings.Contains(words[1], "c") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(words[2]), "exec ")
		if !ok {
			return nil, "a shell starts the process and keeps the signal: it needs exec"
		}
		return strings.Fields(rest), ""
	}
	script := words[0]
	if shellName(script) && len(words) > 1 {
		return im.scriptProcess(words[1], words)
	}
	if strings.HasSuffix(script, ".sh") || strings.Contains(path.Base(script), "entrypoint") && !strings.Contains(path.Base(script), ".") {
		return im.scriptProcess(script, words)
	}
	return words, ""
}

// scriptProcess looks into an entrypoint script of the repository: it must hand over with exec.
func (im *image) scriptProcess(script string, words []string) ([]string, string) {
	name := path.Base(script)
	for _, f := range im.p.in.Tree.Files() {
		if path.Base(f.Path) != name {
			continue
		}
		for _, l := range im.p.in.Tree.Lines(f.Path) {
			if l = strings.TrimSpace(l); strings.HasPrefix(l, "exec ") {
				return append([]string{"exec-script"}, words[1:]...), ""
			}
		}
		return nil, f.Path + " does not hand over with exec"
	}
	if name == "docker-entrypoint.sh" {
		return words, "" // of an official base, which hands over
	}
	return nil, "what " + script + " does is not known"
}

// hearsSignals says why a process would ignore the signal as process 1.
func (p *prover) hearsSignals(words []string) string {
	name := path.Base(words[0])
	if slices.Contains(inits, name) || slices.Contains(servers, name) || name == "exec-script" {
		return ""
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(servers, path.Base(w)) }) {
		return ""
	}
	switch name {
	case "npm", "yarn", "pnpm", "npx", "make", "nodemon", "sudo", "doas", "su", "runuser":
		return name + " stands between the signal and the process"
	case "node", "bun", "deno", "ruby", "python", "python3", "tsx":
		if !p.sourceSays("SIGTERM", "signal.SIGTERM", "enableShutdownHooks", "close-with-grace", "uvicorn.run(", "web.run_app(", "hypercorn.asyncio") {
			return name + " as process 1 ignores SIGTERM, and nothing in the source handles it"
		}
	}
	return ""
}

// sourceSays tells whether a word stands in the source, comments left out as far as a line shows.
func (p *prover) sourceSays(words ...string) bool {
	n := 0
	for _, f := range p.in.Tree.Files() {
		if !isCode(p.in.Tree, f.Path) || f.Size > 1<<20 || strings.Contains(f.Path, "test") {
			continue
		}
		if n++; n > 3000 {
			return false
		}
		text := p.in.Tree.Text(f.Path)
		for _, w := range words {
			if !strings.Contains(text, w) {
				continue
			}
			for _, l := range strings.Split(text, "\n") {
				t := strings.TrimSpace(l)
				if strings.Contains(l, w) && !strings.HasPrefix(t, "#") && !strings.HasPrefix(t, "//") && !strings.HasPrefix(t, "*") {
					return true
				}
			}
		}
	}
	return false
}
