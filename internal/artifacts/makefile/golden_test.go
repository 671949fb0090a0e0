package makefile

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/artifact"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update when it should:\n%s", file, diff)
	}
}

// requests are the Makefiles that the golden files show.
func requests() map[string]*artifact.Request {
	g, gr := goService()
	p, pr := pythonService()
	w, wr := nodeWorker()
	delivery := map[string]string{"Dockerfile": "FROM scratch\n", "docker-compose.yml": "services: {}\n", "docker-compose.prod.yml": "services: {}\n"}
	alone := request(nil, p, pr)
	siblings := request(nil, g, gr)
	siblings.Siblings = []string{"Dockerfile", "docker-compose.prod.yml", "Makefile"}
	return map[string]*artifact.Request{
		"go.mk":       request(delivery, g, gr),
		"python.mk":   request(delivery, p, pr),
		"alone.mk":    alone,
		"siblings.mk": siblings,
		"monorepo.mk": request(map[string]string{"services/api/Dockerfile": "", "services/worker/Dockerfile": "", "docker-compose.prod.yml": ""},
			at("services/api", "api", g), gr, w, wr),
	}
}

func TestGolden(t *testing.T) {
	for name, r := range requests() {
		t.Run(name, func(t *testing.T) { golden(t, name, write(t, r)) })
	}
}
