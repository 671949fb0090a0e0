package review

import (
	"encoding/xml"
	"fmt"
	"io"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Failure   *junitFailure `xml:"failure,omitempty"`
	Output    string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one suite a file with findings. Only what reaches FailOn is a failure: a report that is red while the
// exit code is 0 would say two things.
func writeJUnit(w io.Writer, r *Result) error {
	out := junitSuites{Name: "autogit check"}
	for i := range r.Findings {
		f := &r.Findings[i]
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != f.Span.File {
			out.Suites = append(out.Suites, junitSuite{Name: f.Span.File})
		}
		s := &out.Suites[len(out.Suites)-1]
		c := junitCase{Name: fmt.Sprintf("%s line %d", f.Rule, f.Span.Start.Line), ClassName: f.Span.File}
		text := fmt.Sprintf("%s:%d:%d: %s", f.Span.File, f.Span.Start.Line, f.Span.Start.Column, f.Message)
		if r.FailOn != 0 && f.Severity >= r.FailOn {
			c.Failure = &junitFailure{Message: f.Message, Type: f.Severity.String(), Text: text}
			s.Failures++
			out.Failures++
		} else {
			c.Output = f.Severity.String() + ": " + text
		}
		s.Cases = append(s.Cases, c)
		s.Tests++
		out.Tests++
	}
	if len(out.Suites) == 0 {
		out.Tests = 1
		out.Suites = []junitSuite{{Name: "autogit check", Tests: 1, Cases: []junitCase{{Name: r.Summary(), ClassName: "autogit"}}}}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
