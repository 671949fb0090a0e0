package actions

import (
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh014() rule.Rule {
	r := baseSteps("GH014", finding.Warning, rule.Code, "zizmor:unpinned-images")
	head := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    services:\n      db:\n        image: "
	tail := "\n    steps:\n      - run: make test\n"
	r.Doc = rule.Doc{
		Title: "container image without a version", Since: "0.1.0",
		Why:  "The image changes without a commit: what passed yesterday fails today, on every branch at once, and nobody can say why.",
		Bad:  example(head + "postgres" + tail),
		Good: example(head + "postgres:17.6-alpine3.22" + tail),
	}
	r.Check = func(p *rule.Pass) {
		for _, j := range jobs(p) {
			checkImage(p, j.node.Get("container"))
			checkImage(p, j.node.Get("container", "image"))
			for _, s := range j.node.Get("services").Entries() {
				checkImage(p, s.Value.Get("image"))
			}
		}
		for _, s := range allSteps(p) {
			if n := s.node.Get("uses"); strings.HasPrefix(n.Text(), "docker://") {
				checkImage(p, n)
			}
		}
		if n := root(p).Get("runs", "image"); strings.HasPrefix(n.Text(), "docker://") {
			checkImage(p, n)
		}
	}
	return r
}

func checkImage(p *rule.Pass, n *yaml.Node) {
	n = n.Resolve()
	ref := strings.TrimPrefix(plain(n), "docker://")
	if ref == "" {
		return
	}
	if strings.Contains(ref, "@") {
		p.Holds(at(p, n))
		return
	}
	tag := ""
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		tag = ref[i+1:]
	}
	switch tag {
	case "":
		p.Broken(at(p, n), "image "+ref+" has no tag and changes by itself: name a version")
	case "latest":
		p.Broken(at(p, n), "image "+ref+" changes by itself: name a version")
	default:
		p.Holds(at(p, n))
	}
}
