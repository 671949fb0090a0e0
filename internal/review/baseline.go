package review

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Baseline is the findings that are known: reviews report only others.
type Baseline map[string]bool

// Knows tells whether a fingerprint is in the baseline.
func (b Baseline) Knows(fingerprint string) bool { return b[fingerprint] }

// baselineFile is how a baseline is written. Rule, file and message are for who reads it; the fingerprint decides.
type baselineFile struct {
	Version  int             `json:"version"`
	Findings []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Message     string `json:"message"`
}

const (
	baselineVersion = 1
	maxBaseline     = 64 << 20
)

// ReadBaseline reads what WriteBaseline wrote.
func ReadBaseline(r io.Reader) (Baseline, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	switch {
	case err != nil:
		return nil, err
	case len(src) > maxBaseline:
		return nil, fmt.Errorf("it is larger than %d MiB", maxBaseline>>20)
	}
	var f baselineFile
	if err := json.Unmarshal(src, &f); err != nil {
		return nil, fmt.Errorf("it is no baseline: %w: write it with --write-baseline", err)
	}
	if f.Version != baselineVersion {
		return nil, fmt.Errorf("it is a baseline of version %d, this program reads version %d: write it anew with --write-baseline", f.Version, baselineVersion)
	}
	b := Baseline{}
	for _, e := range f.Findings {
		if e.Fingerprint == "" {
			return nil, errors.New("it has a finding without a fingerprint: write it anew with --write-baseline")
		}
		b[e.Fingerprint] = true
	}
	return b, nil
}

// WriteBaseline writes findings, in their order, so that a change of the file shows in review.
func WriteBaseline(w io.Writer, fs []Finding) error {
	f := baselineFile{Version: baselineVersion, Findings: []baselineEntry{}}
	for i := range fs {
		f.Findings = append(f.Findings, baselineEntry{
			Fingerprint: fs[i].Fingerprint, Rule: fs[i].Rule, File: fs[i].Span.File, Message: fs[i].Message,
		})
	}
	return writeJSON(w, f)
}
