package python_test

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/python"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

// FuzzSurvey: whatever the manifests and sources hold, the survey ends, and what it says it can show.
func FuzzSurvey(f *testing.F) {
	f.Add("[project]\nname='x'\nrequires-python='>=3.10'\ndependencies=['fastapi']", "fastapi==1\n-r requirements.txt\n", api["main.py"], "# c\n3.12")
	f.Add("[tool.poetry.dependencies]\npython={version='^3'}", "--hash=sha256:x", "class S(BaseSettings):\n  a: int = a\nuvicorn.run(app, port=a, host=b)\n", "")
	f.Add("[", "-r ../../x", "@app.get('/health')\nif DEBUG:\n app = Flask(x)\napp.include_router(a.b.c, prefix=d", "python-")
	f.Fuzz(func(t *testing.T, pyproject, requirements, source, version string) {
		tree := repo.Memory(map[string]string{
			"pyproject.toml": pyproject, "requirements.txt": requirements, "main.py": source, "setup.cfg": requirements, "setup.py": source, "Pipfile": pyproject,
			".python-version": version, "gunicorn.conf.py": source, "Procfile": source, "Dockerfile": source, "x/urls.py": source, "x/settings.py": source,
		})
		stacks := []stack.Stack{python.Stack()}
		facts := stack.Detect(tree, stacks)
		for i, r := range stack.Recipes(tree, facts, stacks) {
			c := facts.Components[i]
			for _, fact := range []*stack.Fact{c.Version, c.Port, c.Health, c.Entry} {
				if fact != nil && fact.Confidence != stack.Default && !tree.Has(fact.Evidence.File) {
					t.Errorf("evidence in %q, which is no file", fact.Evidence.File)
				}
			}
			if c.Port != nil && !stack.IsPort(c.Port.Value) {
				t.Errorf("port %q", c.Port.Value)
			}
			_ = stacktest.Text(r.Image)
		}
	})
}
