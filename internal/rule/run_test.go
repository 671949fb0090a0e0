package rule_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
)

// latest is a small rule for these tests: FROM …:latest, and :1 in the strict profile.
func latest(id, tag string, strict bool) rule.Rule {
	return rule.Rule{ID: id, Kind: repo.KindDockerfile, Severity: finding.Error, Reviewer: rule.Security, Strict: strict, Peers: []string{"hadolint:DL3007"},
		Check: func(p *rule.Pass) {
			for _, s := range p.Dockerfile().Stages {
				start, end := s.From.Place(0)
				if strings.HasSuffix(s.Image, tag) {
					p.Broken(p.Span(start, end), "tag "+tag, p.Replace("pin it", start, end, "a:9"))
				} else {
					p.Holds(p.Span(start, end))
				}
			}
		}}
}

func run(t *testing.T, files map[string]string, rules []rule.Rule, o rule.Options) []string {
	t.Helper()
	tree := repo.Memory(files)
	var paths []string
	for _, f := range tree.Files() {
		paths = append(paths, f.Path)
	}
	fs, err := rule.Run(context.Background(), tree, paths, rules, o)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s:%d:%d", f.Rule, f.Span.File, f.Span.Start.Line, f.Span.Start.Column))
	}
	return out
}

func TestRunIsStableAndSkipsStrict(t *testing.T) {
	files := map[string]string{}
	var want []string
	for i := range 50 {
		p := fmt.Sprintf("d%02d/Dockerfile", i)
		files[p] = "FROM a:latest\nFROM b:1\n"
		want = append(want, "T1 "+p+":1:6")
	}
	rules := []rule.Rule{latest("T1", ":latest", false), latest("T2", ":1", true)}
	for range 5 {
		if diff := cmp.Diff(want, run(t, files, rules, rule.Options{Workers: 8})); diff != "" {
			t.Fatal(diff)
		}
	}
	if got := run(t, map[string]string{"Dockerfile": "FROM b:1\n"}, rules, rule.Options{Strict: true}); len(got) != 1 {
		t.Errorf("strict: %v", got)
	}
}

func TestBrokenFileIsOneFindingAndStopsNothing(t *testing.T) {
	got := run(t, map[string]string{
		"Dockerfile": "FROM a:latest\nRUN <<EOF\n", "x/Dockerfile": "FROM a:latest\n", "docker-compose.yml": "a: 1\nb: [\n", "Makefile": "a:\n    x y\n",
	}, []rule.Rule{latest("T1", ":latest", false)}, rule.Options{})
	want := []string{"AG001 Dockerfile:2:1", "AG001 Makefile:2:1", "AG001 docker-compose.yml:2:1", "T1 x/Dockerfile:1:6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDuplicateKeys(t *testing.T) {
	got := run(t, map[string]string{"compose.yml": "services:\n  a: {}\n  a: {}\n"}, nil, rule.Options{})
	if diff := cmp.Diff([]string{"AG001 compose.yml:3:3"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRuleThatPanicsIsAFinding(t *testing.T) {
	bad := rule.Rule{ID: "T9", Kind: repo.KindDockerfile, Severity: finding.Info, Check: func(*rule.Pass) { panic("oh") }}
	got := run(t, map[string]string{"Dockerfile": "FROM a:latest\n"}, []rule.Rule{bad, latest("T1", ":latest", false)}, rule.Options{})
	if diff := cmp.Diff([]string{"AG002 Dockerfile:1:1", "T1 Dockerfile:1:6"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestIgnoreComments(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"next line", "# autogit:ignore T1 built weekly\nFROM a:latest\nFROM b:latest\n", []string{"T1 Dockerfile:3:6"}},
		{"other comments between", "# autogit:ignore T1 built weekly\n# more\n\nFROM a:latest\n", nil},
		{"file", "FROM a:latest\nFROM b:latest\n# autogit:ignore-file T1 a test image\n", nil},
		{"pattern", "# autogit:ignore T* a test image\nFROM a:latest\n", nil},
		{"several", "# autogit:ignore DK001, T1 a test image\nFROM a:latest\n", nil},
		{"other rule", "# autogit:ignore T7 a test image\nFROM a:latest\n", []string{"T1 Dockerfile:2:6"}},
		{"no reason", "# autogit:ignore T1\nFROM a:latest\n", []string{"AG003 Dockerfile:1:1", "T1 Dockerfile:2:6"}},
		{"nothing to ignore", "# autogit:ignore T1 why\nFROM a:2\n", []string{"AG004 Dockerfile:1:1"}},
		{"peer", "# hadolint ignore=DL3000,DL3007\nFROM a:latest\nFROM b:latest\n", []string{"T1 Dockerfile:3:6"}},
		{"peer global", "# hadolint global ignore=DL3007\nFROM a:latest\nFROM b:latest\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := run(t, map[string]string{"Dockerfile": tt.src}, []rule.Rule{latest("T1", ":latest", false)}, rule.Options{})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIgnoreCoversTheBlock(t *testing.T) {
	r := rule.Rule{ID: "T1", Kind: repo.KindCompose, Severity: finding.Error, Check: func(p *rule.Pass) {
		for _, e := range p.YAML().Root().Get("services").Entries() {
			k, _ := e.Value.Find("image")
			p.Broken(p.Span(k.Start, k.End), "x")
		}
	}}
	got := run(t, map[string]string{"compose.yml": "services:\n  # autogit:ignore T1 why not\n  a:\n    build: .\n    image: x\n  b:\n    image: x # autogit:ignore T1 here\n  c:\n    image: x\n"}, []rule.Rule{r}, rule.Options{})
	if diff := cmp.Diff([]string{"T1 compose.yml:9:5"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReportKnowsWhatHolds(t *testing.T) {
	tree := repo.Memory(map[string]string{"Dockerfile": "FROM a:1\nFROM b:latest\n"})
	rules := []rule.Rule{latest("T1", ":latest", false)}
	r, err := rule.Check(context.Background(), tree, []string{"Dockerfile", "Dockerfile", "gone"}, rules, rule.Options{})
	if err != nil || len(r.Held) != 1 || r.Held[0].Span.Start.Line != 1 || r.Files != 1 || len(r.Findings) != 1 || r.Findings[0].Fix == nil {
		t.Errorf("%v %+v", err, r)
	}
	v := rule.Verdicts(rules, r.Findings)
	if v[0].Verdict != rule.ChangesRequested || v[1].Verdict != rule.Approved || len(v[0].Findings) != 1 {
		t.Errorf("%+v", v)
	}
}

func TestCancelledRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := rule.Run(ctx, repo.Memory(map[string]string{"Dockerfile": "FROM a"}), []string{"Dockerfile"}, nil, rule.Options{}); err == nil {
		t.Error("want an error")
	}
}

func TestOtherIsShared(t *testing.T) {
	r := rule.Rule{ID: "T1", Kind: repo.KindMakefile, Severity: finding.Error, Check: func(p *rule.Pass) {
		s := p.Other("Dockerfile")
		if s == nil || s != p.Other("Dockerfile") || p.Other("none") != nil || len(s.Dockerfile().Stages) != 1 {
			p.Broken(p.Line(1), "not shared")
		}
	}}
	if got := run(t, map[string]string{"Dockerfile": "FROM a", "Makefile": "a:\n"}, []rule.Rule{r}, rule.Options{}); len(got) > 0 {
		t.Error(got)
	}
}
