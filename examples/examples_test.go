package examples_test

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestGoAPI(t *testing.T) {
	needs(t, "go")
	dir := copyOf(t, "go-api")
	mustRun(t, dir, nil, "go", "vet", "./...")
	mustRun(t, dir, nil, "go", "test", "./...")
	mustRun(t, dir, nil, "go", "build", "-o", "server", "./cmd/server")
	server := filepath.Join(dir, "server")

	t.Run("without a database", func(t *testing.T) {
		s := start(t, dir, nil, server)
		s.want(t, "/healthz", 503, "not configured")
	})
	t.Run("with a database that is away", func(t *testing.T) {
		s := start(t, dir, []string{"DATABASE_URL=postgres://app@127.0.0.1:1/app"}, server)
		s.want(t, "/healthz", 503, "unreachable")
	})
	t.Run("with a database", func(t *testing.T) {
		url := startPostgres(t)
		mustRun(t, dir, []string{"DATABASE_URL=" + url}, "go", "test", "-count=1", "./internal/notes/")
		s := start(t, dir, []string{"DATABASE_URL=" + url}, server)
		s.want(t, "/healthz", 200, "ok")
		if code, body := s.do(t, http.MethodPost, "/notes", `{"text":"kept"}`); code != 201 {
			t.Fatalf("POST /notes: %d %s", code, body)
		}
		s.want(t, "/notes", 200, "kept")
	})
}

func TestPythonAPI(t *testing.T) {
	needs(t)
	python := pythonWith(t, "fastapi", "redis", "uvicorn", "httpx", "pytest")
	dir := copyOf(t, "python-api")
	mustRun(t, dir, []string{"PYTHONDONTWRITEBYTECODE=1"}, python, "-m", "pytest", "-q")

	env := []string{"PYTHONPATH=src", "PYTHONDONTWRITEBYTECODE=1"}
	t.Run("without redis", func(t *testing.T) {
		s := start(t, dir, append(env, "REDIS_URL=redis://127.0.0.1:1/0"), python, "-m", "shortlinks")
		s.want(t, "/health", 503, "does not answer")
	})
	t.Run("with redis", func(t *testing.T) {
		url := startRedis(t)
		mustRun(t, dir, []string{"REDIS_URL=" + url}, python, "-m", "pytest", "-q", "tests/test_store.py")
		s := start(t, dir, append(env, "REDIS_URL="+url), python, "-m", "shortlinks")
		s.want(t, "/health", 200, "ok")
		code, body := s.do(t, http.MethodPost, "/links", `{"url":"https://example.com/long"}`)
		if code != 201 {
			t.Fatalf("POST /links: %d %s", code, body)
		}
		short := strings.Split(strings.Split(body, `"code":"`)[1], `"`)[0]
		s.want(t, "/"+short, 307, "")
		s.want(t, "/links/"+short, 200, `"hits":1`)
	})
	t.Run("types", func(t *testing.T) {
		needs(t, "mypy")
		mustRun(t, dir, nil, "mypy", "--python-executable", python)
	})
}

func TestNodeAPI(t *testing.T) {
	needs(t, "node", "npm")
	dir := copyOf(t, "node-api")
	npmCI(t, dir)
	for _, script := range []string{"lint", "typecheck", "test", "build"} {
		mustRun(t, dir, nil, "npm", "run", script)
	}
	s := start(t, dir, nil, "node", "dist/server.js")
	s.want(t, "/health", 200, "ok")
	s.want(t, "/convert?value=1&from=km&to=m", 200, "1000")
}

func TestJavaAPI(t *testing.T) {
	needs(t, "java")
	if out, _ := output(t, ".", nil, "java", "-version"); !strings.Contains(out, `version "21`) {
		t.Skip("the java on PATH is not version 21, which this example is built with")
	}
	client := &http.Client{Timeout: 5 * time.Second}
	for _, url := range []string{"https://repo.maven.apache.org/maven2/", "https://services.gradle.org/"} {
		resp, err := client.Head(url)
		if err != nil {
			t.Skipf("Maven Central cannot be reached, and the example has dependencies there: %v", err)
		}
		_ = resp.Body.Close()
	}
	dir := copyOf(t, "java-api")
	mustRun(t, dir, nil, "./gradlew", "--no-daemon", "test", "bootJar")
	s := start(t, dir, nil, "java", "-jar", "build/libs/java-api-1.0.0.jar")
	s.want(t, "/actuator/health", 200, "UP")
	s.want(t, "/roll/2d6", 200, "sum")
}

func TestMonorepo(t *testing.T) {
	needs(t, "go", "node", "npm")
	dir := copyOf(t, "monorepo")
	api, worker := filepath.Join(dir, "services/api"), filepath.Join(dir, "services/worker")
	mustRun(t, api, nil, "go", "vet", "./...")
	mustRun(t, api, nil, "go", "test", "./...")
	mustRun(t, api, nil, "go", "build", "-o", "api", ".")
	npmCI(t, worker)
	for _, script := range []string{"typecheck", "test", "build"} {
		mustRun(t, worker, nil, "npm", "run", script)
	}

	a := start(t, api, nil, filepath.Join(api, "api"))
	a.want(t, "/health", 200, `"waiting":0`)
	w := start(t, worker, []string{"API_URL=" + a.url}, "node", "dist/src/main.js")
	w.want(t, "/health", 200, "ok")
	if code, body := a.do(t, http.MethodPost, "/jobs", `{"text":"three small words"}`); code != 201 {
		t.Fatalf("POST /jobs: %d %s", code, body)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		_, body := w.get(t, "/health")
		if strings.Contains(body, `"done":1,"words":3`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the worker did not do the job: %s", body)
		}
	}
}

// pythonWith finds an interpreter that has all modules.
func pythonWith(t *testing.T, modules ...string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		python, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if _, err := output(t, ".", nil, python, "-c", "import "+strings.Join(modules, ", ")); err == nil {
			return python
		}
	}
	t.Skipf("neither python3 nor /usr/bin/python3 can import all of %s", strings.Join(modules, ", "))
	return ""
}

// npmCI installs from the lock file. No network is a reason to skip; a lock that does not fit is not.
func npmCI(t *testing.T, dir string) {
	t.Helper()
	out, err := output(t, dir, nil, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	if err == nil {
		return
	}
	for _, cause := range []string{"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET"} {
		if strings.Contains(out, cause) {
			t.Skipf("the npm registry cannot be reached (%s)", cause)
		}
	}
	t.Fatalf("npm ci: %v\n%s", err, out)
}
