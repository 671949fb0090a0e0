package python_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/python"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func one(t *testing.T, files map[string]string) stacktest.Result {
	t.Helper()
	return stacktest.One(t, python.Stack(), files)
}

// with is base with files laid over it.
func with(base map[string]string, more ...string) map[string]string {
	out := map[string]string{}
	for k, v := range base {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

// api is a FastAPI service of pip.
var api = map[string]string{
	"requirements.txt": "fastapi==0.115.0\nuvicorn==0.32.0\n",
	"main.py":          "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get(\"/healthz\")\ndef health():\n    return {}\n",
}

func TestExampleService(t *testing.T) {
	tree, err := repo.Open("../../../examples/python-api")
	if err != nil {
		t.Fatal(err)
	}
	stacks := []stack.Stack{python.Stack()}
	facts := stack.Detect(tree, stacks)
	if len(facts.Components) != 1 {
		t.Fatalf("components: %+v", facts.Components)
	}
	c := facts.Components[0]
	got := map[string]string{
		"kind": c.Kind, "framework": c.Framework.String(), "manager": c.PackageManager.String(), "lock": c.LockFile.String(), "port": c.Port.String(),
		"env": c.PortFromEnv.String(), "health": c.Health.String(), "start": c.Start.String(), "services": strings.Join(stack.Values(c.Services), ","),
		"range": c.VersionRange.String(), "typecheck": c.TypeCheck.String(), "lint": c.Lint.String(),
	}
	want := map[string]string{
		"kind": "service", "framework": "fastapi", "manager": "uv", "lock": "uv.lock", "port": "8000", "env": "PORT", "health": "/health",
		"start": "python -m shortlinks", "services": "redis", "range": ">=3.10", "typecheck": "uv run mypy", "lint": "uv run ruff check .",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	r := stack.Recipes(tree, facts, stacks)[0]
	stacktest.CheckImage(t, r.Image)
	if r.Test[0].Run != "uv run pytest --cov --cov-report=xml --cov-report=term" || r.CoverageFile != "coverage.xml" {
		t.Errorf("test %v", r.Test)
	}
}

func TestVersions(t *testing.T) {
	tests := []struct {
		name string
		more []string
		want string
	}{
		{"default", nil, "3.13"},
		{"range admits the default", []string{"pyproject.toml", "[project]\nname = \"x\"\nrequires-python = \">=3.9\"\n"}, "3.13"},
		{"range below the default", []string{"pyproject.toml", "[project]\nname = \"x\"\nrequires-python = \">=3.8,<3.12\"\n"}, "3.11"},
		{"range of one", []string{"pyproject.toml", "[project]\nname = \"x\"\nrequires-python = \"==3.10.*\"\n"}, "3.10"},
		{"Poetry's caret", []string{"pyproject.toml", "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.14\"\n"}, "3.14"},
		{"runtime.txt", []string{"runtime.txt", "python-3.12.4\n"}, "3.12.4"},
		{".tool-versions", []string{".tool-versions", "python 3.11.9 system\n"}, "3.11.9"},
		{"Pipfile", []string{"Pipfile", "[packages]\nfastapi = \"*\"\n[requires]\npython_version = \"3.12\"\n"}, "3.12"},
		{"existing Dockerfile", []string{"Dockerfile", "ARG V=3.12\nFROM python:${V}-slim AS b\nFROM b\n"}, "3.12"},
		{"existing pipeline", []string{".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - with:\n          python-version: '3.12'\n"}, "3.12"},
		{"a matrix is not a pin", []string{".github/workflows/ci.yml", "jobs:\n  a:\n    strategy:\n      matrix:\n        python-version: ['3.11', '3.12']\n"}, "3.13"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := one(t, with(api, tt.more...)).Version.String(); got != tt.want {
				t.Errorf("version %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMatrixIsTheSupportedPartOfTheRange(t *testing.T) {
	tests := []struct{ pyproject, want string }{
		{"[project]\nname=\"x\"\nrequires-python = \">=3.12\"\n", "3.12 3.13 3.14"},
		{"[project]\nname=\"x\"\nrequires-python = \">=3.8,<3.13\"\n", "3.11 3.12"},
		{"[project]\nname=\"x\"\nrequires-python = \">=3.11\"\nclassifiers = [\"Programming Language :: Python :: 3.11\", \"Programming Language :: Python :: 3.13\"]\n", "3.11 3.13"},
		{"[project]\nname=\"x\"\nrequires-python = \"==3.10.*\"\n", "3.10"},
		{"", "3.13"},
	}
	for _, tt := range tests {
		if got := strings.Join(one(t, with(api, "pyproject.toml", tt.pyproject)).Recipe.Matrix, " "); got != tt.want {
			t.Errorf("%s: matrix %s, want %s", tt.pyproject, got, tt.want)
		}
	}
}

func TestPackageManagers(t *testing.T) {
	pyproject := "[project]\nname = \"x\"\nrequires-python = \">=3.11\"\ndependencies = [\"fastapi\", \"uvicorn\"]\n"
	poetry := "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nfastapi = \"*\"\nuvicorn = {version = \"*\"}\n"
	src := api["main.py"]
	tests := []struct {
		name, manager, install, image string
		files                         map[string]string
	}{
		{"uv", "uv", "uv sync --locked", "uv sync --locked --no-dev", map[string]string{"pyproject.toml": pyproject, "uv.lock": "version = 1\n", "main.py": src}},
		{"uv without a lock", "uv", "uv sync", "uv sync --no-dev", map[string]string{"pyproject.toml": pyproject + "[tool.uv]\n", "main.py": src}},
		{"poetry", "poetry", "poetry install", "poetry install --only main --no-root", map[string]string{"pyproject.toml": poetry, "poetry.lock": "", "main.py": src}},
		{"pipenv", "pipenv", "pipenv sync --dev", "pipenv sync", map[string]string{"Pipfile": "[packages]\nfastapi = \"*\"\nuvicorn = \"*\"\n", "Pipfile.lock": "{}", "main.py": src}},
		{"pip", "pip", "python -m pip install -r requirements.txt", "pip install -r requirements.txt", api},
		{"pip with hashes", "pip", "--require-hashes", "pip install --require-hashes -r requirements.txt", with(api, "requirements.txt", "fastapi==1 \\\n  --hash=sha256:aa\nuvicorn==1 --hash=sha256:bb\n")},
		{"pip with requirements in a folder", "pip", "-r requirements/base.txt -r requirements/dev.txt", "COPY requirements/ ./requirements/", map[string]string{
			"requirements/base.txt": "fastapi\nuvicorn\n", "requirements/dev.txt": "-r base.txt\npytest\n", "main.py": src}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, tt.files)
			if r.PackageManager.String() != tt.manager || !strings.Contains(r.Install.String(), tt.install) {
				t.Errorf("%s: %s", r.PackageManager, r.Install)
			}
			if !strings.Contains(r.Dockerfile(), tt.image) {
				t.Errorf("no %q in\n%s", tt.image, r.Dockerfile())
			}
			if r.Start.String() != "uvicorn main:app --host 0.0.0.0 --port 8000" {
				t.Errorf("start %s", r.Start)
			}
		})
	}
}

func TestFrameworksAndTheirStart(t *testing.T) {
	tests := []struct {
		name, framework, start string
		files                  map[string]string
	}{
		{"fastapi in src", "fastapi", "uvicorn shop.main:app --host 0.0.0.0 --port 8000", map[string]string{"requirements.txt": "fastapi[standard]\n", "src/shop/__init__.py": "", "src/shop/main.py": "app: FastAPI = FastAPI()\n"}},
		{"a package that is called src", "fastapi", "uvicorn src.main:app --host 0.0.0.0 --port 8000", map[string]string{"requirements.txt": "fastapi\nuvicorn\n", "src/__init__.py": "", "src/main.py": "app = FastAPI()\n"}},
		{"flask", "flask", "gunicorn app:app --bind 0.0.0.0:8000", map[string]string{"requirements.txt": "Flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n"}},
		{"flask factory", "flask", "gunicorn 'shop:create_app()' --bind 0.0.0.0:8000", map[string]string{"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": "def create_app(config=None):\n    app = Flask(__name__)\n    return app\n"}},
		{"made by a factory", "fastapi", "uvicorn shop.asgi:app --host 0.0.0.0 --port 8000", map[string]string{"requirements.txt": "fastapi\nuvicorn\n", "shop/__init__.py": "", "shop/factory.py": "def build_api(x):\n    return FastAPI()\n", "shop/asgi.py": "app = build_api(1)\n"}},
		{"django", "django", "gunicorn site.wsgi:application --bind 0.0.0.0:8000", map[string]string{"requirements.txt": "Django\ngunicorn\n", "manage.py": "", "site/settings.py": "", "site/wsgi.py": "application = get_wsgi_application()\n", "site/asgi.py": "application = get_asgi_application()\n"}},
		{"django with channels", "django", "uvicorn site.asgi:application --host 0.0.0.0 --port 8000", map[string]string{"requirements.txt": "Django\nchannels\nuvicorn\n", "manage.py": "", "site/wsgi.py": "application = get_wsgi_application()\n", "site/asgi.py": "application = get_asgi_application()\n"}},
		{"aiohttp", "aiohttp", "python -m server", map[string]string{"requirements.txt": "aiohttp\n", "server.py": "if __name__ == \"__main__\":\n    web.run_app(app, port=8085)\n"}},
		{"own start", "fastapi", "python -m shop", map[string]string{"requirements.txt": "fastapi\nuvicorn\n", "shop/__init__.py": "", "shop/main.py": "app = FastAPI()\n", "shop/__main__.py": "uvicorn.run(\n    \"shop.main:app\",\n    host=\"0.0.0.0\",\n    port=int(os.getenv(\"PORT\", \"8000\")),\n)\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, tt.files)
			if r.Framework.String() != tt.framework || r.Start.String() != tt.start || r.Kind != stack.KindService {
				t.Errorf("%s %s: %s", r.Kind, r.Framework, r.Start)
			}
		})
	}
}

func TestPorts(t *testing.T) {
	tests := []struct {
		name, port, env string
		more            []string
	}{
		{"default", "8000", "", nil},
		{"uvicorn.run", "8080", "", []string{"main.py", api["main.py"] + "\nif __name__ == \"__main__\":\n    uvicorn.run(app, host=\"0.0.0.0\", port=8080)\n"}},
		{"from the environment", "9000", "PORT", []string{"main.py", api["main.py"] + "\nif __name__ == \"__main__\":\n    uvicorn.run(app, host=\"0.0.0.0\", port=int(os.environ.get(\"PORT\", 9000)))\n"}},
		{"from settings", "8123", "APP_PORT", []string{"main.py", api["main.py"] + "\nif __name__ == \"__main__\":\n    uvicorn.run(app, host=\"0.0.0.0\", port=settings.port)\n",
			"settings.py", "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"APP_\")\n    port: int = 8123\n"}},
		{"existing Dockerfile", "8765", "", []string{"Dockerfile", "FROM python:3.12\nEXPOSE 8765/tcp\n"}},
		{"Procfile", "5005", "", []string{"Procfile", "web: uvicorn main:app --port 5005\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, with(api, tt.more...))
			if r.Port.String() != tt.port || r.PortFromEnv.String() != tt.env {
				t.Errorf("port %s from %q, want %s from %q", r.Port, r.PortFromEnv, tt.port, tt.env)
			}
		})
	}
}

func TestSettingsAreVariables(t *testing.T) {
	r := one(t, with(api, "requirements.txt", "fastapi\nuvicorn\nasyncpg\n", "config.py", `class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env")
    database_url: PostgresDsn
    log_level: str = "info"
    jwt_secret: str = Field(..., min_length=32)
    debug: bool = Field(default=False)
    redis: str = Field("x", alias="REDIS_URL")

class Other(BaseModel):
    not_a_variable: str
`, "x.py", "import os\nA = os.environ[\"API_TOKEN\"]\nB = os.getenv(\"TZ\", \"UTC\")\n"))
	for _, want := range []stack.Variable{
		{Name: "SHOP_DATABASE_URL", Service: "postgres", Required: true}, {Name: "SHOP_LOG_LEVEL", Default: "info"}, {Name: "SHOP_JWT_SECRET", Secret: true, Required: true},
		{Name: "API_TOKEN", Secret: true, Required: true}, {Name: "TZ", Default: "UTC"}, {Name: "REDIS_URL", Service: "redis", Default: "x"},
	} {
		got := r.Variable(want.Name)
		got.Evidence = want.Evidence
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	if r.Variable("NOT_A_VARIABLE").Name != "" {
		t.Error("a plain model is no settings class")
	}
}

func TestServicesRequiredAndOptional(t *testing.T) {
	r := one(t, map[string]string{
		"pyproject.toml": "[project]\nname=\"x\"\ndependencies=[\"fastapi\",\"uvicorn\",\"psycopg[binary]\",\"pymongo\"]\n[project.optional-dependencies]\nsearch=[\"elasticsearch>=8\"]\ndev=[\"redis\"]\n",
		"main.py":        api["main.py"], "store.py": "import psycopg\ntry:\n    import pymongo\nexcept ImportError:\n    pymongo = None\n",
	})
	if d := cmp.Diff([]string{"postgres"}, stack.Values(r.Services)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"mongodb", "elasticsearch"}, stack.Values(r.OptionalServices)); d != "" {
		t.Error(d)
	}
}

func TestToolsThatATaskMayName(t *testing.T) {
	r := one(t, with(api, "requirements-dev.txt", "black\nmypy\n", ".flake8", "[flake8]\n"))
	want := map[string]bool{"ruff": false, "black": true, "flake8": true, "isort": false, "pylint": false, "mypy": true, "pyright": false, "pytest": false, "bandit": false, "pip-audit": false}
	got := map[string]bool{}
	for _, tool := range r.Recipe.Tools {
		if _, ok := want[tool.Name]; ok {
			got[tool.Name] = tool.Known
			if !tool.Known && len(tool.Install) == 0 {
				t.Errorf("nothing installs %s", tool.Name)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
