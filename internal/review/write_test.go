package review_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/review"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write golden files anew")

// nasty is a result with everything that can break a format: names and messages that a repository chooses.
func nasty() *review.Result {
	file := "a dir/x,y:z%\n::error::ü.mk"
	related := finding.Related{Span: finding.LineSpan("b.mk", 2), Message: "the other <one>"}
	fix := &finding.Fix{Title: "write it", Safe: true, Edits: []finding.Edit{{File: "b.mk", Start: 1, End: 3, New: "x\n"}, {File: "b.mk", Start: 5, End: 6}}}
	return &review.Result{
		Version: "1.2.3", Files: 2, Ignored: 1, FailOn: finding.Warning, Tree: repo.Memory(map[string]string{"b.mk": "é: é\nx\n", file: "y\n"}),
		Rules: []rule.Rule{word("T1", "x", finding.Error, nil), word("T2", "y", finding.Info, nil)},
		Findings: []review.Finding{
			{Fingerprint: "f1", Finding: finding.Finding{Rule: "T1", Severity: finding.Error, Message: "100% wrong\r\n::warning::| [a](b) <b> `c` @all ]]> \x1b[31m \xff", Span: finding.LineSpan(file, 1), Related: []finding.Related{related}}},
			{Fingerprint: "f2", Finding: finding.Finding{Rule: "T2", Severity: finding.Info, Message: "plain", Fix: fix,
				Span: finding.Span{File: "b.mk", Start: finding.Pos{Line: 1, Column: 5}, End: finding.Pos{Line: 1, Column: 7}}}},
			{Fingerprint: "f3", Finding: finding.Finding{Rule: "T9", Severity: finding.Warning, Message: "over lines",
				Span: finding.Span{File: "b.mk", Start: finding.Pos{Line: 1, Column: 1}, End: finding.Pos{Line: 2, Column: 2}}}},
		},
	}
}

func write(t testing.TB, form string, r *review.Result) []byte {
	t.Helper()
	f, ok := review.FormNamed(form)
	if !ok {
		t.Fatalf("no form %s", form)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestForms(t *testing.T) {
	for _, f := range review.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			got := write(t, f.Name, nasty())
			name := filepath.Join("testdata", "nasty."+f.Name)
			if *update {
				if err := os.WriteFile(name, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// results are some to hold against schemas: none, nasty ones, and the bad examples of the whole rulebook.
func results(t *testing.T) map[string]*review.Result {
	all := rules.All()
	tree := map[string]string{}
	for _, r := range all {
		if r.Doc.Bad != "" && r.Doc.Path == "" && r.Kind == repo.KindDockerfile {
			tree[r.ID+"/Dockerfile"] = r.Doc.Bad
		}
		if r.Doc.Bad != "" && r.Kind == repo.KindCompose && !strings.Contains(r.Doc.Bad, "-- ") {
			tree[r.ID+"/compose.yml"] = r.Doc.Bad
		}
	}
	return map[string]*review.Result{
		"none": check(t, map[string]string{}, review.Options{}), "nasty": nasty(), "rulebook": check(t, tree, review.Options{Strict: true}),
	}
}

func schema(t *testing.T, name string, doc any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, src []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}

// The schema is the one that OASIS publishes; testdata/README.md says where it comes from.
func TestSARIFSchema(t *testing.T) {
	f, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	s := schema(t, "sarif.json", doc)
	bad, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version":"2.1.0","runs":[{"results":[]}]}`))
	if err != nil || s.Validate(bad) == nil {
		t.Fatal("the schema accepts a run without a tool")
	}
	for name, r := range results(t) {
		t.Run(name, func(t *testing.T) { validate(t, s, write(t, "sarif", r)) })
	}
}

// Columns of SARIF count characters, those of findings bytes.
func TestSARIFCountsCharacters(t *testing.T) {
	out := string(write(t, "sarif", nasty()))
	if !strings.Contains(out, `"startColumn": 4,`) || !strings.Contains(out, `"endColumn": 5`) || !strings.Contains(out, `"uri": "a%20dir/x,y:z%25%0A::error::%C3%BC.mk"`) {
		t.Error(out)
	}
}

// gitlabSchema is written by hand from GitLab's documentation of code quality reports: what it says that a report must have.
const gitlabSchema = `{"type":"array","items":{"type":"object","required":["description","check_name","fingerprint","severity","location"],
"properties":{"description":{"type":"string","minLength":1},"check_name":{"type":"string","minLength":1},"fingerprint":{"type":"string","minLength":1},
"severity":{"enum":["info","minor","major","critical","blocker"]},
"location":{"type":"object","required":["path","lines"],"properties":{"path":{"type":"string","pattern":"^[^/]"},
"lines":{"type":"object","required":["begin"],"properties":{"begin":{"type":"integer","minimum":1},"end":{"type":"integer","minimum":1}}}}}}}}`

func TestGitLabSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(gitlabSchema))
	if err != nil {
		t.Fatal(err)
	}
	s := schema(t, "gitlab.json", doc)
	for name, r := range results(t) {
		t.Run(name, func(t *testing.T) {
			src := write(t, "gitlab", r)
			validate(t, s, src)
			var issues []struct{ Fingerprint string }
			if err := json.Unmarshal(src, &issues); err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, i := range issues {
				if seen[i.Fingerprint] {
					t.Errorf("fingerprint %s is there twice: GitLab shows one of the two", i.Fingerprint)
				}
				seen[i.Fingerprint] = true
			}
		})
	}
}

// A JUnit report's numbers are those of its cases, and every case has a name and a class.
func TestJUnitAddsUp(t *testing.T) {
	type testcase struct {
		Name    string    `xml:"name,attr"`
		Class   string    `xml:"classname,attr"`
		Failure *struct{} `xml:"failure"`
	}
	type suite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	for name, r := range results(t) {
		t.Run(name, func(t *testing.T) {
			var got struct {
				Tests    int     `xml:"tests,attr"`
				Failures int     `xml:"failures,attr"`
				Suites   []suite `xml:"testsuite"`
			}
			if err := xml.Unmarshal(write(t, "junit", r), &got); err != nil {
				t.Fatal(err)
			}
			tests, failures := 0, 0
			for _, s := range got.Suites {
				failed := 0
				for _, c := range s.Cases {
					if c.Name == "" || c.Class == "" {
						t.Errorf("a case without a name: %+v", c)
					}
					if c.Failure != nil {
						failed++
					}
				}
				if s.Tests != len(s.Cases) || s.Failures != failed {
					t.Errorf("suite %s says %d of %d, has %d of %d", s.Name, s.Failures, s.Tests, failed, len(s.Cases))
				}
				tests, failures = tests+len(s.Cases), failures+failed
			}
			want := 0
			for _, f := range r.Findings {
				if r.Reaches(r.FailOn) && r.FailOn != 0 && f.Severity >= r.FailOn {
					want++
				}
			}
			if got.Tests != tests || got.Failures != failures || failures != want || tests == 0 {
				t.Errorf("says %d of %d, has %d of %d, want %d failures", got.Failures, got.Tests, failures, tests, want)
			}
		})
	}
}

// A name or message from a repository must not become a command of its own, or a link or a mention.
func TestLineFormsStayOneLineAFinding(t *testing.T) {
	if n := bytes.Count(write(t, "github", nasty()), []byte("\n")); n != 3 {
		t.Errorf("%d lines for three findings", n)
	}
	md := string(write(t, "markdown", nasty()))
	for _, bad := range []string{"[a](b)", "<b>", "@all", "\x1b", "`c`"} {
		if strings.Contains(md, bad) {
			t.Errorf("%q in\n%s", bad, md)
		}
	}
	if n := strings.Count(md, "\n"); n != 7 {
		t.Errorf("%d lines:\n%s", n, md)
	}
}
