package actions

import (
	"path"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/rule"
	"github.com/autogit/autogit/internal/rules/install"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

func gh013() rule.Rule {
	r := baseSteps("GH013", finding.Warning, rule.Code, "zizmor:adhoc-packages")
	run := "  test:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    steps:\n      - run: npm "
	lock := "-- package-lock.json --\n{}\n"
	r.Doc = rule.Doc{
		Title: "install past the lock file", Since: "0.1.0",
		Why:  "The run then tests other versions than those that were reviewed and will be shipped, and runs code that may be a minute old.",
		Bad:  example(run+"install\n") + lock,
		Good: example(run+"ci\n") + lock,
	}
	r.Check = func(p *rule.Pass) {
		for _, s := range scripts(p) {
			for _, c := range s.shell.Commands {
				f, ok := install.Unlocked(c)
				if !ok || frozenByItself(p, s, c.Tool()) {
					continue
				}
				lock, ok := lockFile(p, s, f.Lock)
				if !ok {
					continue // a library without a lock file: there is nothing to keep to
				}
				var fixes []finding.Fix
				if s.run.Style != yaml.DoubleQuoted && lock != "" {
					fixes = append(fixes, p.Replace(f.Title, offset(p, s.run, f.Word.Start), offset(p, s.run, f.Word.End-1)+1, f.New))
				}
				p.Broken(s.span(p, c.Start, c.End), f.Message, fixes...)
			}
		}
	}
	return r
}

// frozenByItself: in CI, pnpm and the newer Yarn refuse to change the lock file without being told.
func frozenByItself(p *rule.Pass, s script, tool string) bool {
	switch tool {
	case "pnpm":
		return true
	case "yarn":
		dir := folder(p, s.step)
		return rule.Shared(p.Source, yarnKey{dir}, func() bool {
			manifest := p.Tree.Text(path.Join(dir, "package.json")) + p.Tree.Text("package.json")
			return p.Tree.Has(path.Join(dir, ".yarnrc.yml")) || p.Tree.Has(".yarnrc.yml") || strings.Contains(manifest, `"yarn@`) && !strings.Contains(manifest, `"yarn@1`)
		})
	}
	return false
}

type (
	yarnKey struct{ dir string }
	lockKey struct{ name string }
)

// lockFile is the lock file that the script's folder has, or the repository: name is empty where the fix is not sure.
func lockFile(p *rule.Pass, s script, lock string) (name string, ok bool) {
	if f := path.Join(folder(p, s.step), lock); p.Tree.Has(f) && !strings.Contains(s.text, "cd ") {
		return f, true
	}
	return "", rule.Shared(p.Source, lockKey{lock}, func() bool { return len(p.Tree.Glob("**/"+lock)) > 0 })
}
