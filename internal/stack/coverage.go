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

// reports read the share of covered lines from a report, by its file's ending, and print it. {gate} is where a comparison goes.
var reports = []struct{ suffix, run string }{
	{".out", `go tool cover -func={file} | awk '/^total:/ {share = $3 + 0} ` + show},
	{".info", `awk -F: '/^LF:/ {all += $2} /^LH:/ {hit += $2} ` + divide + `' {file}`},
	{"jacocoTestReport.xml", jacoco}, {"jacoco.xml", jacoco},
	{"clover.xml", `awk 'match($0, / statements="[0-9]+"/) {all = substr($0, RSTART + 13, RLENGTH - 14)} ` +
		`match($0, / coveredstatements="[0-9]+"/) {hit = substr($0, RSTART + 20, RLENGTH - 21)} ` + divide + `' {file}`},
	{".xml", `awk 'match($0, / line-rate="[0-9.]+"/) && share == "" {share = 100 * substr($0, RSTART + 12, RLENGTH - 13)} ` + strings.TrimSuffix(show, "'") + `' {file}`},
}

const (
	// show prints the share and fails when the report has none.
	show = `END {if (share == "") exit 1; print "Coverage: " share " %"{gate}}'`
	// divide makes the share of the lines hit and of all lines.
	divide = `END {if (all == 0) exit 1; share = 100 * hit / all; print "Coverage: " share " %"{gate}}`
	// jacoco takes the report's last LINE counter, which is the one of the whole report; the file is one long line.
	jacoco = `tr '>' '\n' < {file} | awk '/<counter type="LINE"/ {split($0, f, "\""); hit = f[6]; all = f[4] + f[6]} ` + divide + `'`
)

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
	if run := reader(r.CoverageFile, "; exit share < {percent}"); run != "" {
		return append(test, Command{Run: fill.Replace(run), Tool: "coverage", Why: "Fails when less than " + percent + " % is covered."}), true
	}
	return nil, false
}

// CoverageLine is a command that prints the share of covered lines of the recipe's report as "Coverage: 75 %", so that every
// language's share can be read by one expression. ok is false when nothing is known that reads the report.
func CoverageLine(r Recipe) (c Command, ok bool) {
	run := reader(r.CoverageFile, "")
	if run == "" {
		return Command{}, false
	}
	run = strings.ReplaceAll(run, "{file}", shellWord(r.CoverageFile))
	return Command{Run: run, Tool: "coverage", Why: "Prints the share of covered lines."}, true
}

// reader is the command that reads a report, by the file's ending; empty for one that no reader is known for.
func reader(file, gate string) string {
	if strings.ContainsAny(file, "*?") {
		return ""
	}
	for _, rep := range reports {
		if strings.HasSuffix(file, rep.suffix) {
			return strings.ReplaceAll(rep.run, "{gate}", gate)
		}
	}
	return ""
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
