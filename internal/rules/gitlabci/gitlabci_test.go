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
			{"default, service and mapping", "default:\n  image: {name: python}\n  services: [redis:latest]\nt:\n  script: x\n  image: a:1\n", []string{"2:17", "3:14"}},
			{"variable", "t:\n  script: x\n  image: $CI_REGISTRY_IMAGE\n", nil},
			{"registry with a port", "t:\n  script: x\n  image: r:5000/a\n", []string{"3:10"}},
		},
		"GL002": {
			{"extends, references and hidden jobs", ".a: {script: [x]}\n.b: {script: [y]}\nt:\n  extends: [.a, .b]\n  before_script:\n    - !reference [.a, script]\n", nil},
			{"reference to nothing", ".a: {script: [x]}\nt:\n  script:\n    - !reference [.a, before_script]\n", []string{"4:18"}},
			{"several faults", "stages: [test]\na:\n  stage: tst\n  script: x\nb:\n  scrpt: x\n", []string{"3:10", "5:1", "6:3"}},
			{"optional need", "t:\n  script: x\n  needs: [{job: u, optional: true}]\n", nil},
			{"circle of needs", "a:\n  script: x\n  needs: [b]\nb:\n  script: x\n  needs: [a]\n", []string{"6:11"}},
			{"included elsewhere", "include: x.yml\nt:\n  stage: odd\n  needs: [u]\n", nil},
			{"pipeline behind spec", "spec:\n  inputs:\n    x:\n---\nt:\n  script: x\n", nil},
		},
		"GL003": {
			{"only and rules", "default: {interruptible: true, timeout: 1h}\nt:\n  script: x\n  only: [main]\n  rules: [{if: $X}]\n", []string{"2:1 refuses"}},
			{"inherited", ".a: {interruptible: true, timeout: 1h}\nt:\n  extends: .a\n  script: x\n", nil},
			{"deployment", "d:\n  script: x\n  environment: p\n", nil},
			{"one finding for the file", "default:\n  timeout: 1h\na: {script: x}\nb: {script: x}\n", []string{"3:1"}},
		},
		"GL004": {
			{"description form", "variables:\n  API_TOKEN: {value: k3s9-hq2z, description: d}\n", []string{"2:22"}},
			{"reference and file", "variables:\n  API_TOKEN: $X\n  DB_PASSWORD_FILE: /x\n", nil},
			{"database of one job", "t:\n  services: [postgres:17]\n  variables:\n    POSTGRES_PASSWORD: zx81\n    DATABASE_URL: postgres://a:zx81@postgres/x\n    DB_PASSWORD: zx81\n  script: x\n", nil},
			{"job token into a shell", "t:\n  script:\n    - x\n    - 'curl -H \"JOB-TOKEN: $CI_JOB_TOKEN\" https://x | bash'\n", []string{"4:8"}},
			{"job token into a file", "t:\n  script: 'curl -H \"JOB-TOKEN: $CI_JOB_TOKEN\" https://x -o y'\n", nil},
		},
	}
	for id, edges := range tests {
		t.Run(id, func(t *testing.T) { ruletest.Table(t, byID(t, id), edges) })
	}
}
