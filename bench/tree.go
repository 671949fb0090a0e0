package bench

import (
	"fmt"
	"os"
	"path/filepath"
)

// perDir is how many files a folder of a generated tree holds.
const perDir = 50

// kinds are the files of a generated tree, in the shares of a large repository of several languages: mostly source, some
// text, some data. %d is the file's number, so that no two are equal.
var kinds = []struct{ name, text string }{
	{"handler_%d.go", "package p\n\nimport \"net/http\"\n\n// Handle answers.\nfunc Handle%[1]d(w http.ResponseWriter, r *http.Request) {\n\tw.WriteHeader(http.StatusOK)\n}\n"},
	{"model_%d.go", "package p\n\n// Model%[1]d is a record.\ntype Model%[1]d struct {\n\tID   int64\n\tName string\n}\n"},
	{"handler_%d_test.go", "package p\n\nimport \"testing\"\n\nfunc TestHandle%[1]d(t *testing.T) { t.Log(%[1]d) }\n"},
	{"view_%d.ts", "export interface View%[1]d { id: number; name: string }\n\nexport const make%[1]d = (id: number): View%[1]d => ({ id, name: String(id) });\n"},
	{"view_%d.test.ts", "import { make%[1]d } from './view_%[1]d';\n\ntest('make', () => expect(make%[1]d(1).id).toBe(1));\n"},
	{"job_%d.py", "\"\"\"A job.\"\"\"\n\n\ndef job_%[1]d(n: int) -> int:\n    return n + %[1]d\n"},
	{"page_%d.md", "# Page %[1]d\n\nWhat page %[1]d says.\n"},
	{"data_%d.json", "{\"id\": %[1]d, \"values\": [1, 2, 3]}\n"},
	{"values_%d.yaml", "id: %[1]d\nvalues: [1, 2, 3]\n"},
	{"icon_%d.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>%[1]d</title></svg>\n"},
}

// roots are the files that make the generated tree three components and an ordinary history of delivery files.
var roots = map[string]string{
	"go.mod":              "module example.com/large\n\ngo 1.25\n",
	"cmd/server/main.go":  "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.HandleFunc(\"/healthz\", func(w http.ResponseWriter, _ *http.Request) {})\n\t_ = http.ListenAndServe(\":8080\", nil)\n}\n",
	"web/package.json":    "{\"name\": \"web\", \"private\": true, \"scripts\": {\"build\": \"tsc\", \"test\": \"vitest run\", \"start\": \"node dist/main.js\"}, \"dependencies\": {\"express\": \"^5.0.0\"}, \"devDependencies\": {\"typescript\": \"^5.9.0\", \"vitest\": \"^3.0.0\"}}\n",
	"jobs/pyproject.toml": "[project]\nname = \"jobs\"\nversion = \"1.0.0\"\nrequires-python = \">=3.11\"\ndependencies = [\"redis>=5\"]\n",
	".gitignore":          "node_modules/\n*.log\n/dist/\n",
	"README.md":           "# Large\n",
}

// MakeTree writes a repository of n files under dir.
func MakeTree(dir string, n int) error {
	for name, text := range roots {
		if err := write(filepath.Join(dir, filepath.FromSlash(name)), text); err != nil {
			return err
		}
	}
	tops := []string{"internal", "web/src", "jobs/src", "docs", "assets"}
	for i := len(roots); i < n; i++ {
		k := kinds[i%len(kinds)]
		folder := i / perDir
		// Three levels, as packages lie in real repositories.
		path := filepath.Join(dir, tops[folder%len(tops)], fmt.Sprintf("area%d", folder%40), fmt.Sprintf("pkg%d", folder), fmt.Sprintf(k.name, i))
		if err := write(path, fmt.Sprintf(k.text, i)); err != nil {
			return err
		}
	}
	return nil
}

func write(path, text string) error {
	err := os.WriteFile(path, []byte(text), 0o600)
	if !os.IsNotExist(err) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}
