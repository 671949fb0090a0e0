package stack

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/repo"
)

// fake is a stack that finds a component of the given shape in each folder with its manifest.
func fake(name, manifest string, shape func(*Scan) []Component) Stack {
	return Stack{Name: name, Manifests: []string{manifest}, Detect: shape}
}

func one(c Component) func(*Scan) []Component {
	return func(*Scan) []Component { return []Component{c} }
}

func fact(v string) *Fact { return DeclaredFact(v, finding.Evidence{}) }

func names(f *Facts) []string {
	out := []string{}
	for _, c := range f.Components {
		out = append(out, c.Path+"="+c.Name)
	}
	return out
}

func TestDetectSkipsDecoyFolders(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"go.mod": "", "vendor/x/go.mod": "", "testdata/a/go.mod": "", "node_modules/b/go.mod": "", ".hidden/go.mod": "",
		"{{cookiecutter.name}}/go.mod": "", "third_party/c/go.mod": "", "examples/d/go.mod": "", "services/e/go.mod": "",
	})
	got := names(Detect(tree, []Stack{fake("golang", "go.mod", one(Component{Kind: KindService}))}))
	if diff := cmp.Diff([]string{".=app", "services/e=e"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDetectTakesExamplesWhenThereIsNothingElse(t *testing.T) {
	tree := repo.Memory(map[string]string{"examples/d/go.mod": "", "README.md": ""})
	got := names(Detect(tree, []Stack{fake("golang", "go.mod", one(Component{}))}))
	if diff := cmp.Diff([]string{"examples/d=d"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesAreUniqueAndDNSLike(t *testing.T) {
	tree := repo.Memory(map[string]string{"a/API Server/go.mod": "", "b/api_server/go.mod": "", "c/ÜBER/go.mod": "", "d/_/go.mod": ""})
	got := names(Detect(tree, []Stack{fake("golang", "go.mod", one(Component{}))}))
	want := []string{"a/API Server=api-server", "b/api_server=b-api-server", "c/ÜBER=ber", "d/_=app"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFrontendInTheSameFolderIsBuiltIntoTheService(t *testing.T) {
	tree := repo.Memory(map[string]string{"go.mod": "", "package.json": ""})
	web := fake("node", "package.json", one(Component{Kind: KindStatic, Build: fact("npm run build"), Output: fact("dist"), Install: fact("npm ci")}))
	web.BaseImage = func(*Component) string { return "node:24" }
	f := Detect(tree, []Stack{fake("golang", "go.mod", one(Component{Kind: KindService})), web})
	if len(f.Components) != 1 || f.Components[0].Stack != "golang" {
		t.Fatalf("components: %v", names(f))
	}
	want := &Frontend{Path: ".", Stack: "node", Build: "npm run build", Output: "dist", Install: "npm ci", Image: "node:24"}
	if diff := cmp.Diff(want, f.Components[0].Frontend); diff != "" {
		t.Error(diff)
	}
}

func TestFrontendThatTheServiceEmbedsIsNoComponent(t *testing.T) {
	tree := repo.Memory(map[string]string{"go.mod": "", "web/package.json": "", "admin/package.json": ""})
	service := Component{Kind: KindService, Embeds: []Fact{*fact("web/dist")}}
	web := fake("node", "package.json", one(Component{Kind: KindStatic, Build: fact("npm run build"), Output: fact("dist")}))
	f := Detect(tree, []Stack{fake("golang", "go.mod", one(service)), web})
	if diff := cmp.Diff([]string{".=app", "admin=admin"}, names(f)); diff != "" {
		t.Fatal(diff)
	}
	if f.Components[0].Frontend == nil || f.Components[0].Frontend.Output != "web/dist" {
		t.Errorf("frontend: %+v", f.Components[0].Frontend)
	}
}

func TestTwoServicesInOneFolderStayTwo(t *testing.T) {
	tree := repo.Memory(map[string]string{"go.mod": "", "package.json": ""})
	f := Detect(tree, []Stack{
		fake("golang", "go.mod", one(Component{Kind: KindService, Name: "x"})),
		fake("node", "package.json", one(Component{Kind: KindService, Name: "x", Build: fact("b")})),
	})
	if diff := cmp.Diff([]string{".=x", ".=x-node"}, names(f)); diff != "" {
		t.Error(diff)
	}
}

func TestStaticPagesInsideAServiceAreNoSite(t *testing.T) {
	tree := repo.Memory(map[string]string{"go.mod": "", "static/index.html": "", "docs/index.html": ""})
	site := Stack{Name: "static", Manifests: []string{"index.html"}, Detect: func(s *Scan) []Component {
		c := Component{Kind: KindStatic}
		if s.Dir == "docs" {
			c.Framework = fact("mkdocs")
		}
		return []Component{c}
	}}
	f := Detect(tree, []Stack{fake("golang", "go.mod", one(Component{Kind: KindService})), site})
	if diff := cmp.Diff([]string{".=app", "docs=docs"}, names(f)); diff != "" {
		t.Error(diff)
	}
}

func TestDeliveryFilesAreListed(t *testing.T) {
	tree := repo.Memory(map[string]string{
		"Dockerfile": "FROM x", "compose.yaml": "services: {}", ".github/workflows/ci.yml": "on: push", "k8s/a.yaml": "apiVersion: v1\nkind: Pod\n",
		"run.sh": "", "config.yaml": "a: b", "vendor/x/Dockerfile": "FROM x",
	})
	want := []Delivery{
		{".github/workflows/ci.yml", "github-workflow"}, {"Dockerfile", "dockerfile"}, {"compose.yaml", "compose"}, {"k8s/a.yaml", "kubernetes"},
	}
	if diff := cmp.Diff(want, Detect(tree, nil).Delivery); diff != "" {
		t.Error(diff)
	}
}

func TestManifestsMayBeGlobs(t *testing.T) {
	tree := repo.Memory(map[string]string{"a/X.csproj": "", "b/X.csproj.user": "", "c/app-1.toml": "", "d/app-.yaml": ""})
	got := names(Detect(tree, []Stack{fake("dotnet", "*.csproj", one(Component{})), fake("other", "app-?.toml", one(Component{}))}))
	if diff := cmp.Diff([]string{"a=a", "c=c"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyRepositoryHasNoFactsAndNoNulls(t *testing.T) {
	f := Detect(repo.Memory(nil), nil)
	if f.Languages == nil || f.Components == nil || f.Delivery == nil || f.Contradictions == nil {
		t.Errorf("a list is nil: %+v", f)
	}
}

func TestContradictionsNameTheComponent(t *testing.T) {
	tree := repo.Memory(map[string]string{"svc/go.mod": ""})
	st := fake("golang", "go.mod", func(s *Scan) []Component {
		v := s.Choose("version", Candidate{RankRange, *fact("1.24")}, Candidate{RankPin, *fact("1.25.3")},
			Candidate{RankDelivery, *fact("1.25")}, Candidate{RankDelivery, *fact("1.23")})
		return []Component{{Version: v}}
	})
	f := Detect(tree, []Stack{st})
	if v := f.Components[0].Version.String(); v != "1.25.3" {
		t.Errorf("version %s, want the pin", v)
	}
	if len(f.Contradictions) != 1 || f.Contradictions[0].Component != "svc" {
		t.Fatalf("contradictions: %+v", f.Contradictions)
	}
	if diff := cmp.Diff([]string{"1.25.3", "1.23"}, Values(f.Contradictions[0].Values)); diff != "" {
		t.Error(diff)
	}
}

func TestRecipesFollowTheComponents(t *testing.T) {
	st := Stack{Name: "a", Recipe: func(_ *repo.Tree, c *Component) Recipe { return Recipe{CoverageFile: c.Name} }}
	facts := &Facts{Components: []Component{{Name: "x", Stack: "a"}, {Name: "y", Stack: "unknown"}, {Name: "z", Stack: "a"}}}
	got := Recipes(repo.Memory(nil), facts, []Stack{st})
	if len(got) != 3 || got[0].CoverageFile != "x" || got[1].CoverageFile != "" || got[2].CoverageFile != "z" {
		t.Errorf("%+v", got)
	}
}

// BenchmarkDetect shows that the engine itself is a small part of the second that 100,000 files may take.
func BenchmarkDetect(b *testing.B) {
	files := map[string]string{"go.mod": "module x\n"}
	for i := range 100_000 {
		files[fmt.Sprintf("d%d/e%d/f%d.go", i%100, i%1000, i)] = "package x\n"
	}
	tree := repo.Memory(files)
	stacks := []Stack{fake("golang", "go.mod", func(s *Scan) []Component {
		s.Sources([]string{".go"}, []string{"go.mod"})
		return []Component{{}}
	})}
	b.ResetTimer()
	for b.Loop() {
		Detect(tree, stacks)
	}
}
