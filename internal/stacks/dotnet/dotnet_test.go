package dotnet

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

const (
	web     = "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <PropertyGroup>\n    <TargetFramework>net9.0</TargetFramework>\n  </PropertyGroup>\n  <ItemGroup>\n    <PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" Version=\"9.0.4\" />\n    <ProjectReference Include=\"..\\Core\\Core.csproj\" />\n  </ItemGroup>\n</Project>\n"
	library = "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net9.0</TargetFramework>\n  </PropertyGroup>\n</Project>\n"
	tests   = "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <ItemGroup>\n    <PackageReference Include=\"xunit\" Version=\"2.9.3\" />\n    <PackageReference Include=\"coverlet.collector\" Version=\"6.0.4\" />\n  </ItemGroup>\n</Project>\n"
)

func shop(more ...string) map[string]string {
	f := map[string]string{
		"Shop.sln": "Microsoft Visual Studio Solution File", "src/Api/Api.csproj": web, "src/Core/Core.csproj": library, "tests/Api.Tests/Api.Tests.csproj": tests,
		"src/Api/Program.cs":                     "var app = builder.Build();\nvar c = builder.Configuration.GetConnectionString(\"Shop\");\napp.MapHealthChecks(\"/healthz\");\napp.Run();\n",
		"src/Api/Properties/launchSettings.json": `{"profiles":{"x":{"applicationUrl":"http://localhost:5123"}}}`,
	}
	for i := 0; i < len(more); i += 2 {
		f[more[i]] = more[i+1]
	}
	return f
}

func TestProjectInASubfolder(t *testing.T) {
	r := stacktest.One(t, Stack(), shop())
	if r.Path != "." || r.Kind != stack.KindService || r.Entry.String() != "src/Api/Api.csproj" || r.Version.String() != "9.0" {
		t.Errorf("component %+v", r.Component)
	}
	if r.Port.String() != "8080" || r.PortFromEnv.String() != "ASPNETCORE_HTTP_PORTS" {
		t.Errorf("port %s from %s: launch settings are for development", r.Port, r.PortFromEnv)
	}
	if r.Health.String() != "/healthz" || r.Start.String() != "dotnet Api.dll" || !stack.HasValue(r.Services, "postgres") {
		t.Errorf("component %+v", r.Component)
	}
	if v := r.Variable("ConnectionStrings__Shop"); v.Service != "postgres" {
		t.Errorf("variable %+v", v)
	}
	if r.Recipe.CoverageFile == "" || !strings.Contains(r.Recipe.Test[0].Run, "XPlat Code Coverage") {
		t.Errorf("test %v", r.Recipe.Test)
	}
	d := r.Dockerfile()
	for _, want := range []string{"COPY src/Core/Core.csproj ./src/Core/", "dotnet publish src/Api/Api.csproj --no-restore", "aspnet:9.0.10-noble"} {
		if !strings.Contains(d, want) {
			t.Errorf("the image lacks %q:\n%s", want, d)
		}
	}
}

func TestHealthRouteOnlyInDevelopment(t *testing.T) {
	for _, src := range []string{
		"if (app.Environment.IsDevelopment())\n{\n    app.MapHealthChecks(\"/health\");\n}\n",
		"if (app.Environment.IsDevelopment()) {\n    app.MapHealthChecks(\"/health\");\n}\n",
	} {
		if r := stacktest.One(t, Stack(), shop("src/Api/Program.cs", src)); r.Health != nil {
			t.Errorf("health %+v", r.Health)
		}
	}
	src := "if (!app.Environment.IsDevelopment())\n{\n    app.UseHsts();\n}\napp.MapGet(\"/health\", () => 1);\n"
	if r := stacktest.One(t, Stack(), shop("src/Api/Program.cs", src)); r.Health.String() != "/health" {
		t.Errorf("health %+v", r.Health)
	}
}

func TestPortsAndAddresses(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("src/Api/Program.cs", "app.Run(\"http://localhost:5005\");\n"))
	if r.Port.String() != "5005" || r.Listen.String() != "localhost" || !r.HasNote("listens on localhost") {
		t.Errorf("component %+v", r.Component)
	}
	r = stacktest.One(t, Stack(), shop("src/Api/appsettings.json", `{"Kestrel":{"Endpoints":{"Http":{"Url":"http://*:7001"}}}}`))
	if r.Port.String() != "7001" {
		t.Errorf("port %s", r.Port)
	}
	r = stacktest.One(t, Stack(), shop("src/Api/appsettings.json", "{\n  \"Urls\": \"http://*:7001\"\n}"))
	if r.Port.String() != "7001" {
		t.Errorf("port %s", r.Port)
	}
	r = stacktest.One(t, Stack(), shop("src/Api/Api.csproj", strings.Replace(web, "net9.0", "net6.0", 1)))
	if r.PortFromEnv.String() != "ASPNETCORE_URLS" {
		t.Errorf("before .NET 8 there was no ASPNETCORE_HTTP_PORTS: %s", r.PortFromEnv)
	}
}

func TestGlobalJSONOlderThanTheFramework(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("global.json", "{\n  \"sdk\": {\n    \"version\": \"8.0.100\"\n  }\n}"))
	if len(r.Facts.Contradictions) != 1 {
		t.Errorf("contradictions %+v", r.Facts.Contradictions)
	}
	r = stacktest.One(t, Stack(), shop("global.json", "{\n  \"sdk\": {\n    \"version\": \"9.0.200\"\n  }\n}"))
	if len(r.Facts.Contradictions) != 0 || !strings.Contains(r.Dockerfile(), "dotnet/sdk:9.0.200") {
		t.Errorf("image:\n%s", r.Dockerfile())
	}
}

func TestSeveralPrograms(t *testing.T) {
	worker := strings.Replace(library, "Microsoft.NET.Sdk", "Microsoft.NET.Sdk.Worker", 1)
	facts, recipes := stacktest.Survey(shop("src/Jobs/Jobs.csproj", worker, "src/Jobs/Program.cs", "x"), Stack())
	var kinds []string
	for i, c := range facts.Components {
		kinds = append(kinds, c.Path+" "+c.Name+" "+c.Kind)
		stacktest.CheckImage(t, recipes[i].Image)
		if ctx := recipes[i].Image.Context; ctx != "" && ctx != "." {
			t.Errorf("context %q: the solution is built from its own folder", ctx)
		}
	}
	if !slices.Equal(kinds, []string{". api service", ". jobs worker"}) {
		t.Errorf("components %v", kinds)
	}
}

func TestFrameworkFromDirectoryBuildProps(t *testing.T) {
	r := stacktest.One(t, Stack(), map[string]string{
		"Directory.Build.props": "<Project><PropertyGroup><TargetFrameworks>net8.0;net10.0</TargetFrameworks></PropertyGroup></Project>",
		"Tool.csproj":           "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>", "Program.cs": "x",
	})
	if r.Kind != stack.KindCLI || r.Version.String() != "10.0" || r.Recipe.Image == nil || r.Recipe.Image.Health != nil {
		t.Errorf("component %+v", r.Component)
	}
}

func TestOnlyTestsIsNoProgram(t *testing.T) {
	stacktest.None(t, Stack(), map[string]string{"a/b/A.Tests.csproj": tests})
}

func FuzzDetect(f *testing.F) {
	f.Add(web, "app.MapGet(\"/health\", x);", "{}")
	f.Fuzz(func(t *testing.T, proj, src, json string) {
		tree := repo.Memory(map[string]string{"A.sln": "", "a/A.csproj": proj, "a/Program.cs": src, "a/appsettings.json": json, "global.json": json, "Directory.Build.props": proj})
		s := []stack.Stack{Stack()}
		stack.Recipes(tree, stack.Detect(tree, s), s)
	})
}
