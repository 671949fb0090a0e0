package dotnet

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) { stacktest.Golden(t, Stack()) }

func TestTrapHealthRouteOfSharedDefaultsOnlyInDevelopment(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("src/Api/Program.cs", "app.MapDefaultEndpoints();\n",
		"src/Core/Extensions.cs", "if (app.Environment.IsDevelopment())\n{\n    app.MapHealthChecks(\"/health\");\n}\n"))
	if r.Health != nil || !r.HasNote("/health exists only in development") {
		t.Errorf("health %q, notes %v", r.Health.String(), r.Notes)
	}
}

func TestTrapLockFileAndArchitectures(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("src/Api/packages.lock.json", "{}"))
	d := r.Dockerfile()
	if !strings.Contains(d, "dotnet restore src/Api/Api.csproj --locked-mode") || !strings.Contains(d, "src/Api/packages.lock.json ./src/Api/") {
		t.Errorf("the lock file is not obeyed:\n%s", d)
	}
	if strings.Contains(d, "-a $TARGETARCH") {
		t.Errorf("a runtime identifier that the lock file does not name fails a locked restore:\n%s", d)
	}
}

func TestTrapReferenceOutsideWithoutASolution(t *testing.T) {
	r := stacktest.One(t, Stack(), map[string]string{"api/Api.csproj": web, "api/Program.cs": "x", "Core/Core.csproj": library})
	if r.Recipe.Image.Context != "." || !strings.Contains(r.Dockerfile(), "COPY Core/Core.csproj ./Core/") || !strings.Contains(r.Dockerfile(), "dotnet publish api/Api.csproj") {
		t.Errorf("context %q:\n%s", r.Recipe.Image.Context, r.Dockerfile())
	}
}

func TestTrapLaunchSettingsAreForDevelopment(t *testing.T) {
	if r := stacktest.One(t, Stack(), shop()); r.Port.String() != "8080" {
		t.Errorf("port %q", r.Port.String())
	}
}

func TestTrapNativeCompilation(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("src/Api/Api.csproj", strings.Replace(web, "<PropertyGroup>", "<PropertyGroup><PublishAot>true</PublishAot>", 1)))
	if !r.HasNote("native compilation") || strings.Count(r.Dockerfile(), "-p:PublishAot=false") != 2 {
		t.Errorf("notes %v:\n%s", r.Notes, r.Dockerfile())
	}
}

func TestTrapSupportThatEnded(t *testing.T) {
	r := stacktest.One(t, Stack(), shop())
	if !r.HasNote("support of .NET 9.0 ended") {
		t.Errorf("notes %v", r.Notes)
	}
	r = stacktest.One(t, Stack(), shop("src/Api/Api.csproj", strings.Replace(web, "net9.0", "net10.0", 1)))
	if r.HasNote("ended") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestBrowserClientIsServedAsPages(t *testing.T) {
	client := strings.Replace(library, "Microsoft.NET.Sdk", "Microsoft.NET.Sdk.BlazorWebAssembly", 1)
	r := stacktest.One(t, Stack(), map[string]string{"Client.csproj": client, "Program.cs": "x"})
	if r.Kind != stack.KindStatic || r.Port.String() != "8080" || !strings.Contains(r.Dockerfile(), "COPY --from=build /app/wwwroot") {
		t.Errorf("kind %q:\n%s", r.Kind, r.Dockerfile())
	}
	server := strings.Replace(web, `..\Core\Core.csproj`, `..\Client\Client.csproj`, 1)
	r = stacktest.One(t, Stack(), shop("src/Api/Api.csproj", server, "src/Client/Client.csproj", client))
	if r.Name != "api" {
		t.Errorf("the client of a server is a program of its own: %q", r.Name)
	}
}

func TestServerWithoutTheWebSDK(t *testing.T) {
	p := "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>\n<ItemGroup><FrameworkReference Include=\"Microsoft.AspNetCore.App\" /></ItemGroup></Project>"
	r := stacktest.One(t, Stack(), map[string]string{"Tool.csproj": p, "Program.cs": "var b = WebApplication.CreateBuilder(args);\n"})
	if r.Kind != stack.KindService || !strings.Contains(r.Dockerfile(), "dotnet/aspnet:10.0") {
		t.Errorf("kind %q:\n%s", r.Kind, r.Dockerfile())
	}
}

func TestConnectionStringsOfTheSettings(t *testing.T) {
	r := stacktest.One(t, Stack(), shop("src/Api/appsettings.json", "{\n \"ConnectionStrings\": {\n  \"Main\": \"Host=x;Password=hunter22\"\n }\n}"))
	v := r.Variable("ConnectionStrings__Main")
	if v.Service != "postgres" || strings.Contains(v.Default+v.Evidence.Text, "hunter22") || v.Evidence.Line != 3 {
		t.Errorf("%+v", v)
	}
}

func TestHostileNames(t *testing.T) {
	stacktest.None(t, Stack(), map[string]string{"a/$(touch x).csproj": web, "b/My App.csproj": web})
}

func TestTrapTestsOutsideOfTheProgramsFolder(t *testing.T) {
	worker := strings.Replace(library, "Microsoft.NET.Sdk", "Microsoft.NET.Sdk.Worker", 1)
	facts, _ := stacktest.Survey(shop("src/Jobs/Jobs.csproj", worker), Stack())
	for _, c := range facts.Components {
		if c.Path != "." || c.Test.String() != "dotnet test --configuration Release" {
			t.Errorf("%s: %q in %s: dotnet test finds nothing in a folder without tests and still succeeds", c.Name, c.Test.String(), c.Path)
		}
	}
}
