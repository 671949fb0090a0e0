package gitlabci

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/secret"
	"github.com/autogit/autogit/internal/syntax/shell"
	"github.com/autogit/autogit/internal/syntax/yaml"
	"github.com/autogit/autogit/internal/verify"
)

func gl002() rule.Rule {
	r := base("GL002", finding.Error, rule.Code)
	r.Doc = rule.Doc{
		Title: "pipeline that GitLab refuses", Since: "0.1.0",
		Why:  "A stage, job or keyword that does not exist stops the whole pipeline before its first job.",
		Bad:  pipeline + "stages: [test]\nbuild:\n  stage: build\n  image: golang:1.26\n  script: go build ./...\n",
		Good: pipeline + "stages: [build]\nbuild:\n  stage: build\n  image: golang:1.26\n  script: go build ./...\n",
	}
	r.Check = func(p *rule.Pass) {
		if root(p) == nil {
			return
		}
		for _, f := range verify.GitLabCI(p.YAML()) {
			p.Broken(at(p, f.Node), f.Message)
		}
	}
	return r
}

func gl004() rule.Rule {
	r := base("GL004", finding.Error, rule.Security, "checkov:CKV_GITLABCI_1")
	r.Doc = rule.Doc{
		Title: "secret in the pipeline, or job token handed out", Since: "0.1.0",
		Why:  "Variables in the file are in version control. Use protected and masked variables of the project, or id_tokens with a secret store. A job token piped into a shell's download belongs to that server.",
		Bad:  pipeline + "deploy:\n  image: alpine:3.22\n  environment: production\n  variables:\n    API_TOKEN: k3s9-hq2z-77aa\n  script: deploy\n",
		Good: pipeline + "deploy:\n  image: alpine:3.22\n  environment: production\n  script: deploy --token-file \"$API_TOKEN\"\n",
	}
	r.Check = func(p *rule.Pass) {
		throwaway := serviceValues(p)
		root := root(p)
		checkVariables(p, root.Get("variables"), throwaway)
		for _, j := range jobs(p) {
			checkVariables(p, j.Node.Get("variables"), throwaway)
			for _, key := range []string{"script", "before_script", "after_script"} {
				n := j.Node.Get(key)
				for _, line := range append(n.List(), n) {
					checkLine(p, line)
				}
			}
		}
		root.Walk(func(n *yaml.Node) bool {
			if n.Kind != yaml.Scalar {
				return true
			}
			for _, m := range secret.Find(n.Value) {
				if v := n.Value[m.Start:m.End]; !throwaway[v] {
					p.Broken(p.Span(n.Offset(m.Start), n.Offset(m.End-1)+1), message("%s stands in the file (%s): use a masked variable of the project, and revoke this one", m.What, secret.Masked(v)))
				}
			}
			return true
		})
	}
	return r
}

// serviceValues are the passwords of databases that live for one job: what a job with services gives the official
// images' own variables.
func serviceValues(p *rule.Pass) map[string]bool {
	out := map[string]bool{}
	root := root(p)
	add := func(vars *yaml.Node) {
		for _, k := range []string{"POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD", "RABBITMQ_DEFAULT_PASS", "REDIS_PASSWORD"} {
			if v := vars.Get(k); v != nil {
				out[v.Text()] = true
			}
		}
	}
	global := root.Get("services") != nil || root.Get("default", "services") != nil
	for _, j := range jobs(p) {
		if j.get("services") != nil {
			global = true
			add(j.Node.Get("variables"))
		}
		for _, s := range j.Node.Get("services").List() {
			add(s.Get("variables"))
		}
	}
	if global {
		add(root.Get("variables"))
	}
	return out
}

func checkVariables(p *rule.Pass, vars *yaml.Node, throwaway map[string]bool) {
	for _, e := range vars.Entries() {
		v := e.Value.Resolve()
		if v.IsMapping() {
			v = v.Get("value")
		}
		if v.IsScalar() && v.Tag != "!!bool" && secret.IsLiteral(e.Key.Value, v.Value) && !throwaway[v.Value] {
			p.Broken(at(p, v), message("%s holds a secret (%s): make it a masked variable of the project", e.Key.Value, secret.Masked(v.Value)))
		}
	}
}

// checkLine looks for a download with the job's token that goes straight into a shell.
func checkLine(p *rule.Pass, n *yaml.Node) {
	if !n.IsScalar() || !strings.Contains(n.Text(), "CI_JOB_TOKEN") {
		return
	}
	n = n.Resolve()
	f, _ := shell.Parse(n.Value)
	for _, pipe := range f.Pipes {
		token := false
		for _, i := range pipe.Stages {
			c := f.Commands[i]
			token = token || (c.Tool() == "curl" || c.Tool() == "wget") && strings.Contains(n.Value[c.Start:c.End], "CI_JOB_TOKEN")
			if token && shell.IsShell(c.Effective().Name) {
				p.Report(finding.Finding{Span: p.Span(n.Offset(pipe.Start), n.Offset(pipe.End-1)+1), Message: "a script fetched with the job's token is run unseen: download it, check it, then run it"})
			}
		}
	}
}
