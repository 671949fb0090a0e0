package dockerfile

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/stack"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// TestWriteSurvivesWhatRepositoriesHold: names, commands and settings come from files that anybody may have written.
func TestWriteSurvivesWhatRepositoriesHold(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a\nRUN evil", "\\", "\"", "'", "<<EOF", "# escape=`", "$X", "${", "日本", "\r\n", "a b=c"}))
	rapid.Check(t, func(rt *rapid.T) {
		c, rec := goService()
		c.Name = text.Draw(rt, "name")
		c.Language = fact(text.Draw(rt, "language"))
		rec.Image.Env = []stack.KV{{Key: "A", Value: text.Draw(rt, "value")}, {Key: "B", Value: "b"}}
		rec.Image.Entrypoint = []string{text.Draw(rt, "entrypoint")}
		rec.Image.Cmd = []string{text.Draw(rt, "word"), text.Draw(rt, "word")}
		rec.Image.Health = []string{text.Draw(rt, "health")}
		rec.Image.HealthWhy = text.Draw(rt, "why")
		out, err := Write(request("Dockerfile", nil, c, rec))
		if err != nil {
			rt.Fatal(err)
		}
		f, err := syntax.Parse(out.Content)
		if err != nil {
			rt.Fatalf("%v\n%s", err, out.Content)
		}
		runs := 0
		for _, in := range f.Instructions {
			if in.Name == "RUN" {
				runs++
			}
		}
		if runs != 2 || len(f.Stages) != 2 || f.Final().Last("ENTRYPOINT") == nil || f.Final().Last("CMD") == nil {
			rt.Fatalf("%d RUN in %d stages:\n%s", runs, len(f.Stages), out.Content)
		}
		if cmd := f.Final().Last("CMD"); !cmd.JSON || len(cmd.Words) != 2 {
			rt.Fatalf("CMD is %q:\n%s", cmd.Words, out.Content)
		}
	})
}
