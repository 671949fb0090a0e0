package compose

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// TestWriteSurvivesWhatRepositoriesHold: names, commands and defaults come from files that anybody may have written.
func TestWriteSurvivesWhatRepositoriesHold(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a: b", "- x", "#c", "${X", "$", "'", "\"\n", "&a", "*a", "!!str", "{", "日本", "\u2028", "no", "1e3", "../../x", "\\"}))
	rapid.Check(t, func(rt *rapid.T) {
		c, rec := goService()
		c.Name, c.Path = text.Draw(rt, "name"), "."
		c.Workers = []stack.Fact{*fact(text.Draw(rt, "worker"))}
		c.Env = append(c.Env, stack.Variable{Name: text.Draw(rt, "variable"), Default: text.Draw(rt, "default")},
			stack.Variable{Name: "X_URL", Service: "postgres", Default: text.Draw(rt, "url")})
		rec.DevCommand = []string{text.Draw(rt, "word"), text.Draw(rt, "word")}
		rec.Image.Health = []string{"bash", text.Draw(rt, "health")}
		rec.Image.StaticFinal = rapid.Bool().Draw(rt, "static")
		for _, path := range []string{"compose.yaml", "compose.prod.yaml"} {
			out, err := Write(request(path, nil, c, rec))
			if err != nil {
				rt.Fatal(err)
			}
			f, err := yaml.Parse(out.Content)
			if err != nil {
				rt.Fatalf("%v\n%s", err, out.Content)
			}
			if n := len(f.Root().Get("services").Pairs); n != 3 || len(f.Duplicates) > 0 {
				rt.Fatalf("%d services, want 3:\n%s", n, out.Content)
			}
		}
	})
}
