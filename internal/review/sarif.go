package review

import (
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/rule"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID            string          `json:"id"`
	Short         sarifText       `json:"shortDescription"`
	Full          sarifText       `json:"fullDescription"`
	Help          sarifText       `json:"help"`
	HelpURI       string          `json:"helpUri"`
	Configuration sarifConfig     `json:"defaultConfiguration"`
	Properties    sarifProperties `json:"properties"`
}

type sarifConfig struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags []string `json:"tags"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID       *int          `json:"id,omitempty"`
	Message  *sarifText    `json:"message,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifFix struct {
	Description sarifText     `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifBytes `json:"deletedRegion"`
	Inserted *sarifText `json:"insertedContent,omitempty"`
}

type sarifBytes struct {
	Offset int `json:"byteOffset"`
	Length int `json:"byteLength"`
}

// writeSARIF writes no text of the files: a line with a secret in it stays where it is.
func writeSARIF(w io.Writer, r *Result) error {
	run := sarifRun{
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Tool: sarifTool{Driver: sarifDriver{Name: "AutoGit", Version: r.Version, InformationURI: "https://github.com/autogit/autogit", Rules: []sarifRule{}}},
	}
	index := map[string]int{}
	for i := range r.Rules {
		index[r.Rules[i].ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(&r.Rules[i]))
	}
	places := &places{tree: r.Tree}
	for i := range r.Findings {
		res := places.result(&r.Findings[i])
		if at, ok := index[res.RuleID]; ok {
			res.RuleIndex = &at
		}
		run.Results = append(run.Results, res)
	}
	return writeJSON(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func level(s finding.Severity) string {
	if s == finding.Info {
		return "note"
	}
	return s.String()
}

func sarifRuleOf(r *rule.Rule) sarifRule {
	tag := "maintainability"
	if r.Reviewer == rule.Security {
		tag = "security"
	}
	return sarifRule{
		ID: r.ID, Short: sarifText{Text: r.Doc.Title}, Full: sarifText{Text: r.Doc.Why}, HelpURI: PageURL(r.ID),
		Help:          sarifText{Text: r.Doc.Why, Markdown: Page(r)},
		Configuration: sarifConfig{Level: level(r.Severity)}, Properties: sarifProperties{Tags: []string{tag}},
	}
}

// places turns byte columns into columns of characters.
type places struct {
	tree  *repo.Tree
	path  string
	lines []string
}

func (p *places) result(f *Finding) sarifResult {
	out := sarifResult{
		RuleID: f.Rule, Level: level(f.Severity), Message: sarifText{Text: f.Message},
		Locations:    []sarifLocation{{Physical: p.physical(f.Span)}},
		Fingerprints: map[string]string{"autogit/v1": f.Fingerprint},
	}
	for i, rel := range f.Related {
		id := i + 1
		out.Related = append(out.Related, sarifLocation{ID: &id, Message: &sarifText{Text: rel.Message}, Physical: p.physical(rel.Span)})
	}
	if f.Fix != nil && len(f.Fix.Edits) > 0 {
		out.Fixes = []sarifFix{fixOf(f)}
	}
	return out
}

func fixOf(f *Finding) sarifFix {
	out := sarifFix{Description: sarifText{Text: f.Fix.Title}}
	at := map[string]int{}
	for _, e := range f.Fix.Edits {
		file := e.File
		if file == "" {
			file = f.Span.File
		}
		if _, ok := at[file]; !ok {
			at[file] = len(out.Changes)
			out.Changes = append(out.Changes, sarifChange{Artifact: artifactOf(file)})
		}
		c := &out.Changes[at[file]]
		r := sarifReplacement{Deleted: sarifBytes{Offset: e.Start, Length: e.End - e.Start}}
		if e.New != "" {
			r.Inserted = &sarifText{Text: e.New}
		}
		c.Replacements = append(c.Replacements, r)
	}
	return out
}

func artifactOf(file string) sarifArtifact {
	return sarifArtifact{URI: (&url.URL{Path: file}).String(), BaseID: "%SRCROOT%"}
}

func (p *places) physical(s finding.Span) sarifPhysical {
	r := sarifRegion{StartLine: max(s.Start.Line, 1), StartColumn: p.column(s.File, s.Start)}
	if s.End.Line > 0 {
		r.EndLine, r.EndColumn = s.End.Line, p.column(s.File, s.End)
	}
	return sarifPhysical{Artifact: artifactOf(s.File), Region: r}
}

func (p *places) column(file string, pos finding.Pos) int {
	if file != p.path || p.lines == nil {
		p.path, p.lines = file, strings.Split(p.tree.Text(file), "\n")
	}
	if pos.Line < 1 || pos.Line > len(p.lines) || pos.Column < 1 {
		return max(pos.Column, 1)
	}
	line := p.lines[pos.Line-1]
	return utf8.RuneCountInString(line[:min(pos.Column-1, len(line))]) + 1
}
