package review

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/finding"
)

// Form is one form of output for programs.
type Form struct {
	Name  string
	Title string
	Write func(w io.Writer, r *Result) error
}

// Forms are the forms that this package writes. All are made of the same Result.
func Forms() []Form {
	return []Form{
		{"json", "one object", func(w io.Writer, r *Result) error { return writeJSON(w, r) }},
		{"jsonl", "one finding a line", writeLines},
		{"sarif", "SARIF 2.1.0", writeSARIF},
		{"github", "annotations of GitHub Actions", writeGitHub},
		{"gitlab", "code quality report of GitLab", writeGitLab},
		{"junit", "JUnit XML", writeJUnit},
		{"markdown", "a table for a comment", writeMarkdown},
	}
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeLines(w io.Writer, r *Result) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range r.Findings {
		if err := enc.Encode(&r.Findings[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeGitHub writes workflow commands, which show at the lines of a pull request.
func writeGitHub(w io.Writer, r *Result) error {
	levels := map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "notice"}
	text := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for i := range r.Findings {
		f := &r.Findings[i]
		place := fmt.Sprintf("file=%s,line=%d,col=%d", property.Replace(f.Span.File), f.Span.Start.Line, f.Span.Start.Column)
		if f.Span.End.Line > 0 {
			place += fmt.Sprintf(",endLine=%d", f.Span.End.Line)
		}
		if f.Span.End.Line == f.Span.Start.Line {
			place += fmt.Sprintf(",endColumn=%d", f.Span.End.Column)
		}
		_, err := fmt.Fprintf(w, "::%s %s,title=%s::%s\n", levels[f.Severity], place, property.Replace(f.Rule), text.Replace(f.Message))
		if err != nil {
			return err
		}
	}
	return nil
}

// gitlabIssue is one entry of a code quality report.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

func writeGitLab(w io.Writer, r *Result) error {
	levels := map[finding.Severity]string{finding.Error: "critical", finding.Warning: "major", finding.Info: "info"}
	out := []gitlabIssue{}
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, gitlabIssue{
			Description: f.Rule + ": " + f.Message, CheckName: f.Rule, Fingerprint: f.Fingerprint, Severity: levels[f.Severity],
			Location: gitlabLocation{Path: f.Span.File, Lines: gitlabLines{Begin: f.Span.Start.Line, End: max(f.Span.Start.Line, f.Span.End.Line)}},
		})
	}
	return writeJSON(w, out)
}

// writeMarkdown writes a line that sums up, and a table.
func writeMarkdown(w io.Writer, r *Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**AutoGit**: %s\n", r.Summary())
	if len(r.Findings) > 0 {
		b.WriteString("\n| severity | rule | place | finding |\n| --- | --- | --- | --- |\n")
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "| %s | [%s](%s) | %s:%d | %s |\n", f.Severity, f.Rule, PageURL(f.Rule), markdown(f.Span.File), f.Span.Start.Line, markdown(f.Message))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown makes text that a repository can choose plain: no links, no HTML, no mentions, one line.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x20 || r == 0x7f || r == utf8.RuneError:
			b.WriteByte(' ')
		case r == '<':
			b.WriteString("&lt;")
		case r == '@':
			b.WriteString("&#64;")
		case strings.ContainsRune("\\`*_[]|!~#>", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// PageURL is where the page of a rule is on the web.
func PageURL(id string) string {
	return "https://github.com/autogit/autogit/blob/main/docs/rules/" + id + ".md"
}

// Summary is one line of numbers.
func (r *Result) Summary() string {
	var parts []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Info} {
		if n := r.Count(s); n > 0 {
			parts = append(parts, plural(n, s.String()))
		}
	}
	text := "no findings"
	if len(parts) > 0 {
		text = strings.Join(parts, ", ")
	}
	text += " in " + plural(r.Files, "file")
	var more []string
	for _, m := range []struct {
		n    int
		text string
	}{{r.Fixed, "fixed"}, {r.Ignored, "ignored"}, {r.Baselined, "in the baseline"}} {
		if m.n > 0 {
			more = append(more, fmt.Sprintf("%d %s", m.n, m.text))
		}
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 || noun == finding.Info.String() {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// FormNamed finds a form.
func FormNamed(name string) (Form, bool) {
	all := Forms()
	i := slices.IndexFunc(all, func(f Form) bool { return f.Name == name })
	if i < 0 {
		return Form{}, false
	}
	return all[i], true
}
