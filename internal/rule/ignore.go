package rule

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// ignore is one "# autogit:ignore DK004 reason", or a peer's comment of the same meaning.
type ignore struct {
	ids      []string // ids and patterns: DK004, DK*
	from, to int      // the lines that it covers
	line     int      // its own
	reason   string
	peer     bool
	used     bool
}

var (
	ignoreComment = regexp.MustCompile(`#\s*autogit:ignore(-file)?\s+([A-Z0-9*?]+(?:\s*,\s*[A-Z0-9*?]+)*)(.*)$`)
	zizmor        = regexp.MustCompile(`#\s*zizmor:\s*ignore\[([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\]`)
	hadolint      = regexp.MustCompile(`^\s*#\s*hadolint\s+(global\s+)?ignore\s*=\s*([A-Z0-9]+(?:\s*,\s*[A-Z0-9]+)*)`)
)

// ignore takes the findings away that a comment in the file ignores, and reports comments that do not work.
func (c *checker) ignore(src *Source, out *Report) {
	if !bytes.Contains(src.Bytes, []byte("ignore")) {
		return
	}
	list := c.comments(src)
	if len(list) == 0 {
		return
	}
	var kept []finding.Finding
	for _, f := range out.Findings {
		if covered(list, f) {
			out.Ignored = append(out.Ignored, f)
			continue
		}
		kept = append(kept, f)
	}
	out.Findings = append(kept, c.useless(src, list)...)
}

func covered(list []*ignore, f finding.Finding) bool {
	hit := false
	for _, ig := range list {
		if !ig.peer && ig.reason == "" || f.Span.Start.Line < ig.from || f.Span.Start.Line > ig.to {
			continue
		}
		if slices.ContainsFunc(ig.ids, func(id string) bool { ok, _ := path.Match(id, f.Rule); return ok }) {
			ig.used, hit = true, true
		}
	}
	return hit
}

// useless are the comments without a reason, and those that ignored nothing although their rules ran.
func (c *checker) useless(src *Source, list []*ignore) []finding.Finding {
	var out []finding.Finding
	for _, ig := range list {
		f := finding.Finding{Span: finding.LineSpan(src.Path, ig.line)}
		switch {
		case ig.peer:
			continue
		case ig.reason == "":
			f.Rule, f.Severity = IgnoreNoReason, finding.Warning
			f.Message = fmt.Sprintf("ignoring %s needs a reason: write it behind the id", strings.Join(ig.ids, ", "))
		case !ig.used && c.ran(src.Kind, ig.ids):
			f.Rule, f.Severity = IgnoreOfNothing, finding.Info
			f.Message = fmt.Sprintf("nothing here breaks %s: remove this comment", strings.Join(ig.ids, ", "))
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// ran tells whether all of the ids were checked on this kind of file.
func (c *checker) ran(kind repo.Kind, ids []string) bool {
	for _, id := range ids {
		if !slices.ContainsFunc(c.byKind[kind], func(r *Rule) bool { return r.ID == id }) {
			return false
		}
	}
	return true
}

// comments finds the ignore comments of a file.
func (c *checker) comments(src *Source) []*ignore {
	var out []*ignore
	lines := bytes.Split(src.Bytes, []byte("\n"))
	for i, raw := range lines {
		if !bytes.Contains(raw, []byte("ignore")) {
			continue
		}
		text := strings.TrimRight(string(raw), "\r")
		if m := ignoreComment.FindStringSubmatchIndex(text); m != nil {
			ig := &ignore{line: i + 1, reason: strings.Trim(text[m[6]:m[7]], " \t:-"), ids: ids(text[m[4]:m[5]])}
			c.cover(src, lines, ig, m[2] >= 0, strings.TrimSpace(text[:m[0]]) != "")
			out = append(out, ig)
		}
		if m := zizmor.FindStringSubmatchIndex(text); m != nil && (src.Kind == repo.KindWorkflow || src.Kind == repo.KindAction) {
			ig := &ignore{line: i + 1, peer: true, ids: c.mapped("zizmor", ids(text[m[2]:m[3]]))}
			c.cover(src, lines, ig, false, strings.TrimSpace(text[:m[0]]) != "")
			if from, to := yamlItem(src.YAML().Root(), ig.line); ig.from == ig.to && from > 0 {
				ig.from, ig.to = from, to // anywhere in a step it means the step
			}
			out = append(out, ig)
		}
		if m := hadolint.FindStringSubmatch(text); m != nil && src.Kind == repo.KindDockerfile {
			ig := &ignore{line: i + 1, peer: true, ids: c.mapped("hadolint", ids(m[2]))}
			c.cover(src, lines, ig, m[1] != "", false)
			out = append(out, ig)
		}
	}
	return out
}

func ids(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// mapped are our rules that stand for a peer's.
func (c *checker) mapped(tool string, theirs []string) []string {
	var out []string
	for _, r := range c.rules {
		if slices.ContainsFunc(theirs, func(id string) bool { return slices.Contains(r.Peers, tool+":"+id) }) {
			out = append(out, r.ID)
		}
	}
	return out
}

// cover sets the lines that a comment speaks of: the file, its own line, or the block that starts on the next
// line that is no comment.
func (c *checker) cover(src *Source, lines [][]byte, ig *ignore, file, behind bool) {
	switch {
	case file:
		ig.from, ig.to = 1, len(lines)
		return
	case behind:
		ig.from, ig.to = ig.line, ig.line
		return
	}
	next := ig.line
	for next < len(lines) {
		t := bytes.TrimSpace(lines[next])
		if len(t) > 0 && t[0] != '#' {
			break
		}
		next++
	}
	ig.from, ig.to = ig.line, next+1
	if end := src.blockEnd(next + 1); end > ig.to {
		ig.to = end
	}
}

// blockEnd is the last line of what starts on a line: an instruction, a rule, an entry or an item.
func (s *Source) blockEnd(line int) int {
	end := line
	for _, in := range s.Dockerfile().Instructions {
		if in.Line == line {
			end = in.EndLine
		}
	}
	for _, r := range s.Makefile().Rules {
		if r.Line == line {
			end = r.EndLine
		}
	}
	for _, d := range s.YAML().Docs {
		end = max(end, yamlBlockEnd(d, line))
	}
	return end
}
