package stack

import (
	"path"
	"slices"
	"strings"
)

// gates make a test command fail below a share of coverage by the tool's own option. The option only works where the
// command measures coverage, which needs says.
var gates = []struct{ runs, needs, option string }{
	{"pytest", "--cov", " --cov-fail-under={percent}"},
	{"vitest", "--coverage", " --coverage.thresholds.lines={percent}"},
	{"jest", "--coverage", ` --coverageThreshold='{"global":{"lines":{percent}}}'`},
	{"node", "--experimental-test-coverage", " --test-coverage-lines={percent}"},
	{"llvm-cov", "llvm-cov", " --fail-under-lines {percent}"},
}

// reports read the share of covered lines from a report, by its file's ending, and fail below {percent}.
var reports = []struct{ suffix, run string }{
	{".out", `go tool cover -func={file} | awk '/^total:/ {sub("%", "", $3); print "Coverage: " $3 " %"; if ($3 + 0 < {percent}) exit 1}'`},
	{".info", `awk -F: '/^LF:/ {all += $2} /^LH:/ {hit += $2} END {if (all == 0) exit 1; share = 100 * hit / all; print "Coverage: " share " %"; exit share < {percent}}' {file}`},
	{"jacocoTestReport.xml", jacoco}, {"jacoco.xml", jacoco},
	{"clover.xml", `awk 'match($0, / statements="[0-9]+"/) {all = substr($0, RSTART + 13, RLENGTH - 14)} match($0, / coveredstatements="[0-9]+"/) {hit = substr($0, RSTART + 20, RLENGTH - 21)} ` +
		`END {if (all == 0) exit 1; share = 100 * hit / all; print "Coverage: " share " %"; exit share < {percent}}' {file}`},
	{".xml", `awk 'match($0, / line-rate="[0-9.]+"/) {share = 100 * substr($0, RSTART + 12, RLENGTH - 13); print "Coverage: " share " %"; found = 1; exit} ` +
		`END {exit !found || share < {percent}}' {file}`},
}

// jacoco sums up the report's last LINE counter, which is the one of the whole report; the file is one long line.
const jacoco = `tr '>' '\n' < {file} | awk '/<counter type="LINE"/ {split($0, f, "\""); missed = f[4]; hit = f[6]} ` +
	`END {if (missed + hit == 0) exit 1; share = 100 * hit / (missed + hit); print "Coverage: " share " %"; exit share < {percent}}'`

// TestAbove are the recipe's test commands, such that they fail when less than percent of the lines is covered. ok is
// false when percent is no number, or when nothing is known that reads the recipe's coverage.
func TestAbove(r Recipe, percent string) (test []Command, ok bool) {
	if percent == "" || strings.Trim(percent, "0123456789.") != "" || strings.Count(percent, ".") > 1 {
		return nil, false
	}
	fill := strings.NewReplacer("{percent}", percent, "{file}", shellWord(r.CoverageFile))
	test = slices.Clone(r.Test)
	for i, c := range test {
		for _, g := range gates {
			if hasWord(c.Run, g.runs) && strings.Contains(c.Run, g.needs) && !strings.ContainsAny(c.Run, "|&;\n") {
				test[i].Run += fill.Replace(g.option)
				test[i].Why = strings.TrimSpace(c.Why + " Below " + percent + " % coverage they fail.")
				return test, true
			}
		}
	}
	for _, rep := range reports {
		if strings.HasSuffix(r.CoverageFile, rep.suffix) && !strings.ContainsAny(r.CoverageFile, "*?") {
			return append(test, Command{Run: fill.Replace(rep.run), Tool: "coverage", Why: "Fails when less than " + percent + " % is covered."}), true
		}
	}
	return nil, false
}

// shellWord is a path as one word of a shell command.
func shellWord(p string) string {
	if strings.Trim(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}

// hasWord tells whether a command names a program, also by its path.
func hasWord(run, program string) bool {
	return slices.ContainsFunc(strings.Fields(run), func(w string) bool { return w == program || path.Base(w) == program })
}
