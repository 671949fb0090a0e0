package gitlabci_test

import (
	"testing"

	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rule/ruletest"
	"github.com/autogit/autogit/internal/rules/gitlabci"
)

func byID(t *testing.T, id string) rule.Rule {
	t.Helper()
	for _, r := range gitlabci.All() {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return rule.Rule{}
}

func TestEdges(t *testing.T) {
	tests := map[string][]ruletest.Edge{
		"GL001": {
			{Name: "default, service and mapping", Src: "default:\n  image: {name: python}\n  services: [redis:latest]\nt:\n  script: x\n  image: a:1\n", Want: []string{"2:17", "3:14"}},
			{Name: "variable", Src: "t:\n  script: x\n  image: $CI_REGISTRY_IMAGE\n"},
			{Name: "registry with a port", Src: "t:\n  script: x\n  image: r:5000/a\n", Want: []string{"3:10"}},
		},
		"GL002": {
			{Name: "extends, references and hidden jobs", Src: ".a: {script: [x]}\n.b: {script: [y]}\nt:\n  extends: [.a, .b]\n  before_script:\n    - !reference [.a, script]\n"},
			{Name: "reference to nothing", Src: ".a: {script: [x]}\nt:\n  script:\n    - !reference [.a, before_script]\n", Want: []string{"4:18"}},
			{Name: "several faults", Src: "stages: [test]\na:\n  stage: tst\n  script: x\nb:\n  scrpt: x\n", Want: []string{"3:10", "5:1", "6:3"}},
			{Name: "optional need", Src: "t:\n  script: x\n  needs: [{job: u, optional: true}]\n"},
			{Name: "circle of needs", Src: "a:\n  script: x\n  needs: [b]\nb:\n  script: x\n  needs: [a]\n", Want: []string{"6:11"}},
			{Name: "included elsewhere", Src: "include: x.yml\nt:\n  stage: odd\n  needs: [u]\n"},
			{Name: "pipeline behind spec", Src: "spec:\n  inputs:\n    x:\n---\nt:\n  script: x\n"},
		},
		"GL003": {
			{Name: "only and rules", Src: "default: {interruptible: true, timeout: 1h}\nt:\n  script: x\n  only: [main]\n  rules: [{if: $X}]\n", Want: []string{"2:1 refuses"}},
			{Name: "inherited", Src: ".a: {interruptible: true, timeout: 1h}\nt:\n  extends: .a\n  script: x\n"},
			{Name: "deployment", Src: "d:\n  script: x\n  environment: p\n"},
			{Name: "one finding for the file", Src: "default:\n  timeout: 1h\na: {script: x}\nb: {script: x}\n", Want: []string{"3:1"}},
		},
		"GL004": {
			{Name: "description form", Src: "variables:\n  API_TOKEN: {value: k3s9-hq2z, description: d}\n", Want: []string{"2:22"}},
			{Name: "reference and file", Src: "variables:\n  API_TOKEN: $X\n  DB_PASSWORD_FILE: /x\n"},
			{Name: "database of one job", Src: "t:\n  services: [postgres:17]\n  variables:\n    POSTGRES_PASSWORD: zx81\n    DATABASE_URL: postgres://a:zx81@postgres/x\n    DB_PASSWORD: zx81\n  script: x\n"},
			{Name: "job token into a shell", Src: "t:\n  script:\n    - x\n    - 'curl -H \"JOB-TOKEN: $CI_JOB_TOKEN\" https://x | bash'\n", Want: []string{"4:8"}},
			{Name: "job token into a file", Src: "t:\n  script: 'curl -H \"JOB-TOKEN: $CI_JOB_TOKEN\" https://x -o y'\n"},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
