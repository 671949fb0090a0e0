package stack

import (
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
)

// Rank says how strongly a source of a fact speaks. The smaller one wins.
type Rank int

// The ranks, the strongest first.
const (
	RankPin       Rank = iota // an explicit pin: .python-version, .nvmrc, a toolchain line
	RankLock                  // a lock file
	RankDelivery              // the existing pipeline or Dockerfile
	RankRange                 // the range that the manifest declares
	RankFramework             // what the framework works with
	RankDefault               // AutoGit's own dated default
)

// Candidate is one thing that a repository says of a fact.
type Candidate struct {
	Rank Rank
	Fact Fact
}

// Choose takes the strongest candidate and reports pins, locks and delivery files that disagree with it. Versions agree
// when one is a prefix of the other: 3.12 and 3.12.4. Nothing to choose from is nil.
func (s *Scan) Choose(name string, candidates ...Candidate) *Fact {
	list := slices.Clone(candidates)
	slices.SortStableFunc(list, func(a, b Candidate) int { return int(a.Rank - b.Rank) })
	if len(list) == 0 {
		return nil
	}
	won := list[0].Fact
	against := []Fact{won}
	for _, c := range list[1:] {
		if c.Rank <= RankDelivery && !Agree(won.Value, c.Fact.Value) {
			against = append(against, c.Fact)
		}
	}
	if len(against) > 1 && s.Contradict != nil {
		s.Contradict(name, against...)
	}
	return &won
}

// Agree tells whether two versions can both be true: they are equal, or one only says more than the other.
func Agree(a, b string) bool {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// Shorten keeps the first n numbers of a version: Shorten("3.12.4", 2) is "3.12".
func Shorten(version string, n int) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", n+1)
	return strings.Join(parts[:min(n, len(parts))], ".")
}

// DeclaredFact is a fact that the repository states in words.
func DeclaredFact(value string, at finding.Evidence) *Fact {
	return &Fact{Value: value, Evidence: at, Confidence: Declared}
}

// DerivedFact is a fact that follows from what the repository says.
func DerivedFact(value string, at finding.Evidence) *Fact {
	return &Fact{Value: value, Evidence: at, Confidence: Derived}
}

// DefaultFact is AutoGit's own choice where the repository is silent; why says so and names the date of the choice.
func DefaultFact(value, why string) *Fact {
	return &Fact{Value: value, Evidence: finding.Evidence{Text: "default (" + DefaultsDate + "): " + why}, Confidence: Default}
}

// DefaultsDate is when the defaults (versions, images, tools) were last looked over.
const DefaultsDate = "November 2026"

// Add appends a fact unless one of the same value is there.
func Add(list []Fact, f Fact) []Fact {
	if slices.ContainsFunc(list, func(o Fact) bool { return o.Value == f.Value }) {
		return list
	}
	return append(list, f)
}

// Values are the facts' values.
func Values(list []Fact) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Value
	}
	return out
}

// HasValue tells whether one of the facts has this value.
func HasValue(list []Fact, value string) bool {
	return slices.ContainsFunc(list, func(f Fact) bool { return f.Value == value })
}

func itoa(n int) string { return strconv.Itoa(n) }

// CompareVersions orders dotted versions by number: 3.9 before 3.10. Parts that are no numbers compare as text.
func CompareVersions(a, b string) int {
	as, bs := strings.Split(strings.TrimPrefix(a, "v"), "."), strings.Split(strings.TrimPrefix(b, "v"), ".")
	for i := range max(len(as), len(bs)) {
		x, y := part(as, i), part(bs, i)
		xn, xerr := strconv.Atoi(x)
		yn, yerr := strconv.Atoi(y)
		switch {
		case xerr == nil && yerr == nil && xn != yn:
			return xn - yn
		case (xerr != nil || yerr != nil) && x != y:
			return strings.Compare(x, y)
		}
	}
	return 0
}

func part(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "0"
}

// IsPort tells whether s is a TCP port that a program can listen on.
func IsPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 65536 && strconv.Itoa(n) == s
}

const maxEvidence = 160

func clip(s string) string {
	if len(s) <= maxEvidence {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(s[:maxEvidence], "") + "…"
}

// At is the evidence for a line: trimmed, cut, and without the password of a URL that it may hold.
func At(file string, line int, text string) finding.Evidence {
	return finding.Evidence{File: file, Line: line, Text: redact(clip(strings.TrimSpace(text)))}
}
