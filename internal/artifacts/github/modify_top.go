package github

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/artifacts/yamltext"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// writing are the actions and words by which a job is known to write with its token.
var writing = []string{
	"secrets.GITHUB_TOKEN", "github.token", "git push", "gh release", "gh pr", "gh issue", "softprops/action-gh-release", "actions/deploy-pages",
	"actions/create-release", "peter-evans/", "github/codeql-action", "actions/labeler", "actions/stale", "actions/github-script", "goreleaser/",
	"peaceiris/", "marocchino/", "attest-build-provenance", "actions/attest", "aws-actions/configure-aws-credentials", "google-github-actions/auth", "pypa/gh-action-pypi-publish",
}

// permissions gives the workflow a token that may only read, unless a job is known to write and does not say what.
func (c *changer) permissions() error {
	for _, j := range c.jobs() {
		if j.node.Has("permissions") {
			continue
		}
		text := j.node.Source()
		for _, word := range writing {
			if strings.Contains(text, word) {
				return fmt.Errorf("%s:%d: job %s uses %s and does not say which permissions it needs: a read-only token could break it; give the job its permissions first",
					c.req.Path, j.node.Line, j.id, word)
			}
		}
	}
	root := c.Root()
	key, value := root.Find("permissions")
	switch {
	case key == nil:
		text, _ := c.render(func(w *writer) {
			w.Comment("The token may only read; a job that needs more asks for it itself.")
			w.Map("permissions", func() { w.Key("contents", "read") })
			w.Blank()
		})
		return c.because(1, "permissions", c.Before(root, "jobs", text))
	case value.IsScalar():
		return c.because(key.Line, "permissions", c.ReplaceBelow(yaml.Pair{Key: key, Value: value}, "contents: read\n"))
	}
	for _, p := range value.Pairs {
		if p.Value.Text() == "write" {
			return fmt.Errorf("%s:%d: every job may write %s: AutoGit cannot tell which ones need it; move it to them", c.req.Path, p.Key.Line, p.Key.Value)
		}
	}
	return nil
}

// concurrency cancels the runs of pull requests that a newer push outdates.
func (c *changer) concurrency() error {
	root := c.Root()
	key, value := root.Find("concurrency")
	switch {
	case key == nil:
		text, _ := c.render(func(w *writer) { w.concurrency(); w.Blank() })
		return c.because(1, "concurrency", c.Before(root, "jobs", text))
	case value.IsScalar():
		return c.because(key.Line, "concurrency", c.ReplaceBelow(yaml.Pair{Key: key, Value: value}, "group: "+value.Source()+"\ncancel-in-progress: true\n"))
	case value.Has("cancel-in-progress"):
		return c.because(key.Line, "concurrency", c.Replace(value.Get("cancel-in-progress"), "true"))
	}
	return c.because(key.Line, "concurrency", c.Add(value, "", "cancel-in-progress: true\n"))
}

// onText is an event with what it needs to be written as an entry of on.
func (c *changer) onText(event string) string {
	var w yamltext.Writer
	switch event {
	case "push":
		w.Map("push", func() { w.List("branches", c.plan.Events.Branches) })
	case "tag":
		w.Map("push", func() { w.List("tags", []string{"v*"}) })
	default:
		w.Bare(event)
	}
	return w.String()
}

// eventNames are GitHub's names for what claims call an event.
var eventNames = map[string]string{"merge_request": "pull_request", "manual": "workflow_dispatch", "release": "tag"}

func (c *changer) trigger(cl criterion.Claim) error {
	var want []string
	for _, e := range cl.List("events") {
		if n, ok := eventNames[e]; ok {
			e = n
		}
		want = append(want, e)
		if e == "schedule" {
			for _, cron := range c.plan.Events.Crons {
				if err := c.schedule(cron); err != nil {
					return err
				}
			}
			continue
		}
		if err := c.event(e); err != nil {
			return err
		}
	}
	if err := c.branches(cl.List("branches")); err != nil {
		return err
	}
	if cl.Param("only") == "" {
		return nil
	}
	var drop []string
	for _, e := range c.Root().Get("on").Keys() {
		if !slices.Contains(want, e) && (e != "push" || !slices.Contains(want, "tag")) {
			drop = append(drop, e)
		}
	}
	for _, it := range c.Root().Get("on").Strings() {
		if !slices.Contains(want, it) {
			drop = append(drop, it)
		}
	}
	return c.untrigger(drop)
}

// event adds one event to on, which may be a word, a list or a mapping.
func (c *changer) event(event string) error {
	key, on := c.Root().Find("on")
	if key == nil {
		return fmt.Errorf("%s: has no on, so no event can be added", c.req.Path)
	}
	name := event
	if event == "tag" {
		name = "push"
	}
	switch {
	case slices.Contains(append(on.Strings(), on.Keys()...), name) && event != "tag":
		return nil
	case on.IsSequence() && event != "tag" && on.Style == yaml.Flow:
		return c.because(key.Line, "on", c.Append(on, event))
	case on.IsSequence() && event != "tag":
		return c.because(key.Line, "on", c.Append(on, "- "+event+"\n"))
	case on.IsScalar() && event != "tag":
		return c.because(key.Line, "on", c.Replace(on, "["+on.Value+", "+event+"]"))
	case on.IsMapping() && event == "tag" && on.Has("push"):
		return c.tags(on)
	case on.IsMapping():
		return c.because(key.Line, "on", c.Add(on, "", c.onText(event)))
	}
	return c.mapped(func() error { return c.event(event) })
}

// tags lets push run for version tags too. A push without filters runs for them already.
func (c *changer) tags(on *yaml.Node) error {
	key, push := on.Find("push")
	if push.IsNull() || push.Has("tags") || (!push.Has("branches") && !push.Has("branches-ignore")) {
		return nil
	}
	return c.because(key.Line, "on.push", c.Add(push, "branches", "tags: [v*]\n"))
}

// mapped writes on as a mapping, the only form that takes more than names, and goes on.
func (c *changer) mapped(then func() error) error {
	root := c.Root()
	for _, p := range root.Pairs {
		if p.Key.Value != "on" || p.Value.IsMapping() {
			continue
		}
		var text strings.Builder
		for _, e := range p.Value.Strings() {
			text.WriteString(e + ":\n")
		}
		if err := c.ReplaceBelow(p, text.String()); err != nil {
			return c.because(p.Key.Line, "on", err)
		}
		return then()
	}
	return errors.New(c.req.Path + ": on is written in a form that AutoGit does not change")
}

func (c *changer) schedule(cron string) error {
	on := c.Root().Get("on")
	if !on.IsMapping() {
		return c.mapped(func() error { return c.schedule(cron) })
	}
	item := "- cron: '" + strings.ReplaceAll(cron, "'", "") + "' # UTC\n"
	if list := on.Get("schedule"); list.IsSequence() {
		return c.because(list.Line, "on.schedule", c.Append(list, item))
	}
	return c.because(on.Line, "on", c.Add(on, "", "schedule:\n  "+item))
}

// branches adds branches to those that push and pull_request name; an event without a list runs for all of them.
func (c *changer) branches(names []string) error {
	for _, event := range []string{"push", "pull_request"} {
		list := c.Root().Get("on", event, "branches")
		for _, b := range names {
			if !list.IsSequence() || slices.Contains(list.Strings(), b) {
				continue
			}
			item := b
			if list.Style == yaml.Block {
				item = "- " + yamltext.Quote(b) + "\n"
			}
			if err := c.Append(list, item); err != nil {
				return c.because(list.Line, "on."+event+".branches", err)
			}
			list = c.Root().Get("on", event, "branches")
		}
	}
	return nil
}

func (c *changer) untrigger(events []string) error {
	for _, e := range events {
		if n, ok := eventNames[e]; ok {
			e = n
		}
		on := c.Root().Get("on")
		var err error
		switch {
		case on.IsMapping() && on.Has(e):
			err = c.Remove(on, e)
		case on.IsSequence() && slices.Contains(on.Strings(), e):
			err = c.RemoveItem(on, e)
		}
		if err != nil {
			return c.because(on.Line, "on."+e, err)
		}
	}
	return nil
}
