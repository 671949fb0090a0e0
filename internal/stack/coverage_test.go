package stack

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTestAboveUsesTheToolsOwnOption(t *testing.T) {
	tests := []struct{ run, file, want string }{
		{"uv run pytest --cov --cov-report=xml", "coverage.xml", "uv run pytest --cov --cov-report=xml --cov-fail-under=80"},
		{"npx vitest run --coverage", "coverage/lcov.info", "npx vitest run --coverage --coverage.thresholds.lines=80"},
		{"npx jest --coverage", "coverage/lcov.info", `npx jest --coverage --coverageThreshold='{"global":{"lines":80}}'`},
		{"cargo llvm-cov --lcov --output-path lcov.info", "lcov.info", "cargo llvm-cov --lcov --output-path lcov.info --fail-under-lines 80"},
	}
	for _, tt := range tests {
		got, ok := TestAbove(Recipe{Test: []Command{{Run: tt.run}}, CoverageFile: tt.file}, "80")
		if !ok || len(got) != 1 || got[0].Run != tt.want {
			t.Errorf("TestAbove(%q) = %+v, %v; want %q", tt.run, got, ok, tt.want)
		}
	}
}

func TestTestAboveRefusesWhatItCannotRead(t *testing.T) {
	for _, r := range []Recipe{{Test: []Command{{Run: "make test"}}}, {Test: []Command{{Run: "x"}}, CoverageFile: "coverage.bin"}, {Test: []Command{{Run: "x"}}, CoverageFile: "TestResults/*/c.xml"}} {
		if got, ok := TestAbove(r, "80"); ok {
			t.Errorf("TestAbove(%+v) = %+v, want none", r, got)
		}
	}
	for _, percent := range []string{"", "80;rm", "8.0.1", "-5"} {
		if _, ok := TestAbove(Recipe{CoverageFile: "coverage.xml"}, percent); ok {
			t.Errorf("percent %q was accepted", percent)
		}
	}
}

// Each report reader is run on a report of 75 %: it must pass at 70 and at 75, and fail at 76 and on a file without a share.
func TestTestAboveReadsReports(t *testing.T) {
	reports := map[string]string{
		"coverage.xml":               "<?xml version=\"1.0\"?>\n<coverage lines-valid=\"4\" lines-covered=\"3\" line-rate=\"0.75\" branch-rate=\"0\">\n<package line-rate=\"0.1\"/>\n</coverage>\n",
		"lcov.info":                  "SF:a\nLF:3\nLH:3\nend_of_record\nSF:b\nLF:1\nLH:0\nend_of_record\n",
		"build/jacocoTestReport.xml": `<report name="x"><package><counter type="LINE" missed="9" covered="1"/></package><counter type="INSTRUCTION" missed="1" covered="1"/><counter type="LINE" missed="1" covered="3"/></report>`,
		"target/site/jacoco.xml":     `<report><counter type="LINE" missed="1" covered="3"/></report>`,
		"coverage dir/clover.xml":    "<coverage><file><metrics loc=\"1\" statements=\"9\" coveredstatements=\"1\"/></file>\n<metrics files=\"1\" statements=\"4\" coveredstatements=\"3\" elements=\"4\"/></coverage>\n",
	}
	for file, content := range reports {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			percent, content string
			pass             bool
		}{{"70", content, true}, {"75", content, true}, {"76", content, false}, {"10", "nothing\n", false}} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(step.content), 0o644); err != nil {
				t.Fatal(err)
			}
			line, ok := CoverageLine(Recipe{CoverageFile: file})
			show := exec.Command("sh", "-c", line.Run)
			show.Dir = dir
			if out, err := show.CombinedOutput(); ok && step.pass && (err != nil || string(out) != "Coverage: 75 %\n") {
				t.Errorf("%s: CoverageLine printed %q, %v\n%s", file, out, err, line.Run)
			}
			cmds, ok := TestAbove(Recipe{CoverageFile: file}, step.percent)
			if !ok || len(cmds) != 1 {
				t.Fatalf("%s: no reader", file)
			}
			cmd := exec.Command("sh", "-c", cmds[0].Run)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if (err == nil) != step.pass {
				t.Errorf("%s at %s: %v, want pass %v\n%s\n%s", file, step.percent, err, step.pass, strings.TrimSpace(string(out)), cmds[0].Run)
			}
		}
	}
}
