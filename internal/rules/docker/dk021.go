package docker

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/dockerfile"
	"github.com/autogit/autogit/internal/syntax/shell"
)

func dk021() rule.Rule {
	r := base("DK021", finding.Warning, rule.Code, "hadolint:DL3025", "buildkit:JSONArgsRecommended")
	r.Doc = rule.Doc{
		Title: "CMD or ENTRYPOINT through a shell", Since: "0.1.0",
		Why:  "The shell is process 1 and does not hand signals on: the program is not told to stop, and is killed after the grace time with its requests.",
		Bad:  "FROM python:3.13-slim\nUSER 10001\nCMD python app.py\n",
		Good: "FROM python:3.13-slim\nUSER 10001\nCMD [\"python\", \"app.py\"]\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, st := range p.Dockerfile().Stages {
			for _, in := range st.Body {
				if in.Name != "CMD" && in.Name != "ENTRYPOINT" || len(in.Words) == 0 || execs(in.Text) {
					continue
				}
				if !in.Shell {
					p.Holds(text(p, in))
					continue
				}
				p.Broken(text(p, in), in.Name+" runs through a shell, which keeps signals from the program: write it as a JSON array", execForm(p, in)...)
			}
		}
	}
	return r
}

// execs tells whether the shell puts the program in its own place.
func execs(s string) bool { return execWord.MatchString(s) }

var (
	execWord   = regexp.MustCompile(`(?:^|[;&|]\s*)exec\s`)
	plainWords = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,= '"-]+$`)
)

// execForm is the fix for a command without anything that needs a shell.
func execForm(p *rule.Pass, in *dockerfile.Instruction) []finding.Fix {
	cs := shell.Commands(in.Text)
	if !plainWords.MatchString(in.Text) || len(cs) != 1 || len(cs[0].Env) > 0 || cs[0].Name == "" {
		return nil
	}
	words := append([]string{cs[0].Name}, cs[0].Args...)
	out := make([]string, len(words))
	for i, w := range words {
		b, err := json.Marshal(w)
		if err != nil {
			return nil
		}
		out[i] = string(b)
	}
	return []finding.Fix{p.Replace("write it as a JSON array", in.Offset(0), in.Offset(len(in.Text)-1)+1, "["+strings.Join(out, ", ")+"]")}
}

func dk023() rule.Rule {
	r := base("DK023", finding.Warning, rule.Code, "hadolint:DL4006")
	r.Doc = rule.Doc{
		Title: "pipe whose failure is not noticed", Since: "0.1.0",
		Why:  "A shell takes the result of a pipe's last command: when the download before it fails, the build goes on with half a file.",
		Bad:  "FROM debian:13-slim\nRUN curl -f https://example.org/a.tar | tar -x\nUSER 10001\n",
		Good: "FROM debian:13-slim\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl -f https://example.org/a.tar | tar -x\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range steps(p) {
			if s.Shell.Pipefail || strings.Contains(s.Script.Text, "pipefail") || pipefailShell(s) {
				continue
			}
			for _, pipe := range s.Shell.Pipes {
				if first, ok := mayFail(s.Shell, pipe); ok {
					p.Broken(s.bytes(p, pipe.Start, pipe.End), "when "+first+" fails, this RUN goes on: set pipefail with SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"], or in the RUN")
				}
			}
		}
	}
	return r
}

// pipefailShell tells whether a SHELL before the step sets pipefail.
func pipefailShell(s step) bool {
	set := false
	line := s.Stage.Lineage()
	for i := len(line) - 1; i >= 0; i-- {
		for _, in := range line[i].Body {
			if in.Name == "SHELL" && in.Line < s.Line {
				set = strings.Contains(in.Text, "pipefail") || strings.Contains(strings.ToLower(in.Text), "powershell") || strings.Contains(in.Text, "pwsh") || strings.Contains(in.Text, "cmd")
			}
		}
	}
	return set
}

// mayFail is the first command of a pipe, before its last, whose failure matters.
func mayFail(f *shell.File, p shell.Pipe) (string, bool) {
	if len(p.Stages) < 2 {
		return "", false
	}
	for _, i := range p.Stages[:len(p.Stages)-1] {
		c := f.Commands[i]
		if c.Ignored {
			return "", false
		}
		switch c.Tool() {
		case "echo", "printf", "yes", "cat", "true", "ls", "find", "grep", "sed", "awk", "sort", "uniq", "head", "tail", "tr", "cut", "uname", "dpkg", "env", "ldd", "tee", "":
			continue // it does not fail, or its failure is an answer
		}
		return c.Tool(), true
	}
	return "", false
}

func dk024() rule.Rule {
	r := base("DK024", finding.Warning, rule.Code, "hadolint:DL3000", "hadolint:DL3003", "buildkit:WorkdirRelativePath")
	r.Doc = rule.Doc{
		Title: "relative WORKDIR, or a cd without effect", Since: "0.1.0",
		Why:  "A relative WORKDIR depends on what the base image set. A cd ends with its RUN: the next step starts where the last WORKDIR points.",
		Bad:  "FROM alpine:3.22\nWORKDIR app\nRUN cd /app\nUSER 10001\n",
		Good: "FROM alpine:3.22\nWORKDIR /app\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, st := range p.Dockerfile().Stages {
			known := false
			for _, s := range st.Lineage()[1:] {
				known = known || s.Last("WORKDIR") != nil
			}
			for _, in := range st.Body {
				if in.Name != "WORKDIR" {
					continue
				}
				if !known && !absolute.MatchString(strings.Trim(in.Text, `"'`)) {
					p.Broken(text(p, in), "WORKDIR "+in.Text+" depends on the base image: write an absolute path")
				}
				known = true
			}
		}
		for _, s := range steps(p) {
			cs := s.Shell.Commands
			if len(cs) > 0 && cs[len(cs)-1].Name == "cd" && !cs[len(cs)-1].Conditional || len(cs) == 1 && cs[0].Name == "cd" {
				p.Broken(s.span(p, cs[len(cs)-1]), "this cd ends with its RUN and changes nothing: use WORKDIR")
			}
		}
	}
	return r
}

var absolute = regexp.MustCompile(`^(?:/|\$|%|[A-Za-z]:)`)
