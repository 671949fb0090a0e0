package compose

import (
	"bytes"
	"testing"

	"github.com/autogit/autogit/internal/artifact"
)

func TestWriteGolden(t *testing.T) {
	gc, gr := goService()
	pc, pr := pythonService()
	api, apiRecipe := goService()
	api.Path = "services/notes"
	files := map[string]string{"go.sum": "x", "services/books/uv.lock": "x"}
	for name, r := range map[string]*artifact.Request{
		"go/docker-compose.yml":            request("docker-compose.yml", files, gc, gr),
		"go/docker-compose.prod.yml":       request("docker-compose.prod.yml", files, gc, gr),
		"monorepo/docker-compose.yml":      request("docker-compose.yml", files, api, apiRecipe, pc, pr),
		"monorepo/docker-compose.prod.yml": request("docker-compose.prod.yml", files, api, apiRecipe, pc, pr),
	} {
		t.Run(name, func(t *testing.T) {
			out := write(t, r)
			load(t, out.Content)
			golden(t, name, out.Content)
			for _, f := range out.Suggested {
				if f.Path == ".env.example" {
					golden(t, name+".env.example", f.Content)
				}
			}
			if again := write(t, r); !bytes.Equal(again.Content, out.Content) {
				t.Error("the second run wrote other bytes")
			}
		})
	}
}
