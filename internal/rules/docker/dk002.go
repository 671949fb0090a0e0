package docker

import (
	"fmt"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
)

func dk002() rule.Rule {
	r := base("DK002", finding.Error, rule.Code, "hadolint:DL3006", "trivy:DS-0001", "checkov:CKV_DOCKER_7")
	r.Doc = rule.Doc{
		Title: "base image without a tag", Since: "0.1.0",
		Why:  "Without a tag the newest image is taken: the same commit builds another image tomorrow, and nobody chose it.",
		Bad:  "FROM alpine\nUSER 10001\n",
		Good: "FROM alpine:3.22\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range images(p) {
			if im := split(u.Ref); im.tag == "" && im.digest == "" {
				p.Broken(u.Span, fmt.Sprintf("image %s has no tag: name the version, %s:VERSION", u.Ref, u.Ref))
			} else {
				p.Holds(u.Span)
			}
		}
	}
	return r
}

func dk003() rule.Rule {
	r := base("DK003", finding.Error, rule.Code, "hadolint:DL3007", "trivy:DS-0001")
	r.Doc = rule.Doc{
		Title: "base image with the tag latest", Since: "0.1.0",
		Why:  "latest moves: the same commit builds another image tomorrow, and a rollback does not bring the old one back.",
		Bad:  "ARG BASE=alpine:latest\nFROM ${BASE}\nUSER 10001\n",
		Good: "ARG BASE=alpine:3.22\nFROM ${BASE}\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range images(p) {
			switch im := split(u.Ref); {
			case im.tag == "latest" && im.digest == "":
				p.Broken(u.Span, fmt.Sprintf("image %s moves with every release: name the version instead of latest", u.Ref))
			case im.tag != "":
				p.Holds(u.Span)
			}
		}
	}
	return r
}

func dk004() rule.Rule {
	r := base("DK004", finding.Info, rule.Security)
	r.Strict = true
	digest := "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	r.Doc = rule.Doc{
		Title: "base image not pinned by digest", Since: "0.1.0",
		Why:  "A tag can be pushed again, by its owner or by who has stolen their token. A digest names one content for ever.",
		Bad:  "FROM alpine:3.22\nUSER 10001\n",
		Good: "FROM alpine:3.22" + digest + "\nUSER 10001\n",
	}
	r.Check = func(p *rule.Pass) {
		for _, u := range images(p) {
			if split(u.Ref).digest == "" {
				p.Broken(u.Span, fmt.Sprintf("image %s is not pinned by digest: add @sha256:…", u.Ref))
			} else {
				p.Holds(u.Span)
			}
		}
	}
	return r
}
