package golang_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buildProbe compiles the health check that the image gets, from the text that the image plan has.
func buildProbe(t *testing.T) string {
	t.Helper()
	r := one(t, program("\t\"net/http\"\n", "http.HandleFunc(\"/healthz\", nil)\nhttp.ListenAndServe(\":\"+getEnv(\"PORT\", \"8080\"), nil)"))
	df := r.Dockerfile()
	_, src, ok := strings.Cut(df, "COPY <<\"EOF\" /healthcheck/main.go\n")
	src, _, found := strings.Cut(src, "\nEOF\n")
	if !ok || !found {
		t.Fatal(df)
	}
	dir := t.TempDir()
	file, bin := filepath.Join(dir, "main.go"), filepath.Join(dir, "healthcheck")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", bin, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func TestHealthCheckProgramWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	bin := buildProbe(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/sick", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, url, env string
		ok             bool
	}{
		{"healthy", srv.URL + "/healthz", "", true},
		{"sick", srv.URL + "/sick", "", false},
		{"absent", srv.URL + "/absent", "", false},
		{"nobody listens", "http://127.0.0.1:1/healthz", "", false},
		{"port moved by its variable", "http://127.0.0.1:1/healthz", "PORT=" + port, true},
		{"only the port", "tcp://127.0.0.1:" + port, "", true},
		{"only the port, closed", "tcp://127.0.0.1:1", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command(bin, tt.url)
			cmd.Env = []string{tt.env}
			if err := cmd.Run(); (err == nil) != tt.ok {
				t.Errorf("%s: %v, want success %v", tt.url, err, tt.ok)
			}
		})
	}
}

// The format check must print what is wrong and fail, and pass a clean module.
func TestFormatCheckFailsOnUnformattedFiles(t *testing.T) {
	files := map[string]string{"go.mod": mod, "main.go": "package main\n\nfunc main() {}\n"}
	files["pkg/a.go"] = "package pkg\n\nvar  A = 1\n"
	run := func() error {
		dir := t.TempDir()
		for p, s := range files {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, p)), 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, p), []byte(s), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("sh", "-c", one(t, files).Recipe.FormatCheck[0].Run)
		cmd.Dir = dir
		return cmd.Run()
	}
	if run() == nil {
		t.Error("an unformatted file passes")
	}
	files["pkg/a.go"], files[".cache/b.go"] = "package pkg\n\nvar A = 1\n", "package  b"
	if err := run(); err != nil {
		t.Errorf("a clean module fails: %v", err)
	}
}
