package rust_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/rust"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

func TestGolden(t *testing.T) { stacktest.Golden(t, rust.Stack()) }

const axumManifest = "[package]\nname = \"svc\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\naxum = \"0.7\"\n"

// crate is a program with a main.rs and whatever else.
func crate(manifest, main string, more ...string) map[string]string {
	out := map[string]string{"Cargo.toml": manifest, "Cargo.lock": "version = 4\n", "src/main.rs": main}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func TestTrapSeveralBins(t *testing.T) {
	two := map[string]string{"Cargo.lock": "", "Cargo.toml": axumManifest, "src/lib.rs": "",
		"src/bin/migrate.rs": "fn main() {}\n", "src/bin/server.rs": "fn main() { axum::serve(TcpListener::bind(\"0.0.0.0:3000\"), app) }\n",
		"src/bin/mail-worker/main.rs": "fn main() {}\n"}
	r := stacktest.One(t, rust.Stack(), two)
	if r.Entry.String() != "server" || r.Build.String() != "cargo build --release --locked --bin server --bin mail-worker" {
		t.Errorf("entry %q, build %q", r.Entry.String(), r.Build.String())
	}
	if len(r.Workers) != 1 || r.Workers[0].Value != "target/release/mail-worker" || !r.HasNote("no default-run") {
		t.Errorf("workers %v, notes %v", r.Workers, r.Notes)
	}
	two["Cargo.toml"] = strings.Replace(axumManifest, "edition", "default-run = \"migrate\"\nedition", 1)
	r = stacktest.One(t, rust.Stack(), two)
	if r.Entry.String() != "migrate" || r.HasNote("no default-run") {
		t.Errorf("default-run is not obeyed: %q, %v", r.Entry.String(), r.Notes)
	}
}

func TestBinsOfTheManifest(t *testing.T) {
	m := "[package]\nname = \"svc\"\nversion = \"0.1.0\"\nautobins = false\n[[bin]]\nname = \"run\"\npath = \"app/go.rs\"\n"
	r := stacktest.One(t, rust.Stack(), crate(m, "fn main() {}", "app/go.rs", "fn main() {}", "src/bin/not.rs", "fn main() {}"))
	if r.Entry.String() != "run" || r.Kind != stack.KindCLI || r.Start.String() != "target/release/run" {
		t.Errorf("entry %q, kind %q, start %q", r.Entry.String(), r.Kind, r.Start.String())
	}
}

func TestTrapLegacyToolchainFile(t *testing.T) {
	tests := []struct{ name, file, text, version, note string }{
		{"plain text", "rust-toolchain", "1.75.0\n", "1.75.0", ""},
		{"plain text with a comment", "rust-toolchain", "# pinned\n\n1.76\n", "1.76", ""},
		{"toml in the old name", "rust-toolchain", "[toolchain]\nchannel = \"1.77.2\"\n", "1.77.2", ""},
		{"toml", "rust-toolchain.toml", "[toolchain]\nchannel = '1.78'\ncomponents = [\"clippy\"]\n", "1.78", ""},
		{"stable", "rust-toolchain", "stable\n", "1.97", "names no version"},
		{"nightly of a day", "rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-2025-01-01\"\n", "1.97", "names no version"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {}", test.file, test.text))
			if r.Version.String() != test.version || (test.note != "" && !r.HasNote(test.note)) {
				t.Errorf("version %q, notes %v", r.Version.String(), r.Notes)
			}
			if !strings.Contains(r.Recipe.Toolchain.Setup[0].Run, "rustup toolchain install --no-self-update") {
				t.Errorf("the toolchain file does not decide: %q", r.Recipe.Toolchain.Setup[0].Run)
			}
		})
	}
}

func TestPortsAndAddresses(t *testing.T) {
	rocket := strings.Replace(axumManifest, "axum = \"0.7\"", "rocket = \"0.5\"", 1)
	tests := []struct{ name, manifest, main, port, env, listen, listenEnv string }{
		{"literal", axumManifest, `TcpListener::bind("0.0.0.0:3000").await`, "3000", "", "", ""},
		{"localhost", axumManifest, `TcpListener::bind("127.0.0.1:3000").await`, "3000", "", "127.0.0.1", ""},
		{"tuple", axumManifest, `HttpServer::new(app).bind(("localhost", 8081))?`, "8081", "", "localhost", ""},
		{"octets", axumManifest, `Server::bind(&SocketAddr::from(([127, 0, 0, 1], 4000)))`, "4000", "", "127.0.0.1", ""},
		{"warp", axumManifest, `warp::serve(routes).run(([0, 0, 0, 0], 3030)).await`, "3030", "", "", ""},
		{"constant", axumManifest, `TcpListener::bind((Ipv4Addr::LOCALHOST, 5000))`, "", "", "127.0.0.1", ""},
		{"variable", axumManifest, `let p = env::var("PORT").unwrap_or_else(|_| "3001".to_string()); TcpListener::bind(format!("0.0.0.0:{p}"))`, "3001", "PORT", "", ""},
		{"clap", axumManifest, "#[arg(long, env = \"HTTP_PORT\", default_value_t = 9000)]\nport: u16,\nTcpListener::bind(a)", "9000", "HTTP_PORT", "", ""},
		{"whole address in a variable", axumManifest, `let a = env::var("BIND_ADDR").unwrap_or("127.0.0.1:7000".into()); TcpListener::bind(a)`, "7000", "", "127.0.0.1", "BIND_ADDR"},
		{"a database's port", axumManifest, `let p = env::var("POSTGRES_PORT").unwrap_or("5432".into()); TcpListener::bind("0.0.0.0:80")`, "80", "", "", ""},
		{"rocket's defaults", rocket, `#[launch] fn r() { rocket::build() }`, "8000", "ROCKET_PORT", "127.0.0.1", "ROCKET_ADDRESS"},
		{"in a comment", axumManifest, "// TcpListener::bind(\"0.0.0.0:3000\")\nfn main() {}", "", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := stacktest.One(t, rust.Stack(), crate(test.manifest, "fn main() {\n"+test.main+"\n}\n"))
			got := []string{r.Port.String(), r.PortFromEnv.String(), r.Listen.String(), r.ListenFromEnv.String()}
			if want := []string{test.port, test.env, test.listen, test.listenEnv}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTrapListensOnLocalhost(t *testing.T) {
	r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {\nlet a = env::var(\"BIND_ADDR\").unwrap_or(\"127.0.0.1:7000\".into());\nTcpListener::bind(a);\n}\n"))
	if !r.HasNote("listens on 127.0.0.1") || !slices.Contains(r.Recipe.Image.Env, stack.KV{Key: "BIND_ADDR", Value: "0.0.0.0:7000"}) {
		t.Errorf("notes %v, env %v", r.Notes, r.Recipe.Image.Env)
	}
	r = stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {\nTcpListener::bind(\"127.0.0.1:7000\");\n}\n"))
	if !r.HasNote("the source must") {
		t.Errorf("nothing says that only the source can change it: %v", r.Notes)
	}
}

func TestRocketFileWithoutDebugProfile(t *testing.T) {
	m := strings.Replace(axumManifest, "axum = \"0.7\"", "rocket = \"0.5\"", 1)
	r := stacktest.One(t, rust.Stack(), crate(m, "#[launch]\nfn r() {}\n", "Rocket.toml", "[debug]\nport = 1\naddress = \"127.0.0.1\"\n[release]\nport = 9001\naddress = \"0.0.0.0\"\n"))
	if r.Port.String() != "9001" || r.Listen != nil {
		t.Errorf("port %q, listen %q", r.Port.String(), r.Listen.String())
	}
	if !strings.Contains(r.Dockerfile(), "COPY Rocket.toml ./") {
		t.Error("Rocket.toml is not in the image")
	}
}

func TestHealthRoutes(t *testing.T) {
	tests := map[string]struct{ code, want string }{
		"axum":                 {`Router::new().route("/healthz", get(ok))`, "/healthz"},
		"actix":                {`#[get("/health")]`, "/health"},
		"warp":                 {`warp::path("health").map(ok)`, "/health"},
		"broken line":          {"Router::new().route(\n    \"/health/live\",\n    get(ok))", "/health/live"},
		"none":                 {`Router::new().route("/users", get(ok))`, ""},
		"in a comment":         {`/* .route("/health", get(ok)) */`, ""},
		"only while debugging": {"#[cfg(debug_assertions)]\nlet app = app.route(\"/health\", get(ok));", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {\n"+test.code+"\n;axum::serve(TcpListener::bind(\"0.0.0.0:3000\"))}\n"))
			if r.Health.String() != test.want {
				t.Errorf("health %q, want %q", r.Health.String(), test.want)
			}
		})
	}
}

func TestTrapSqlxOffline(t *testing.T) {
	m := axumManifest + "sqlx = { version = \"0.8\", features = [\"postgres\"] }\n"
	main := "fn main() {\nsqlx::query!(\"select 1\");\n}\n"
	r := stacktest.One(t, rust.Stack(), crate(m, main))
	if !r.HasNote("cargo sqlx prepare") || strings.Contains(r.Dockerfile(), "SQLX_OFFLINE") {
		t.Errorf("without .sqlx: %v", r.Notes)
	}
	r = stacktest.One(t, rust.Stack(), crate(m, main, ".sqlx/query-a.json", "{}"))
	if !strings.Contains(r.Dockerfile(), "ENV SQLX_OFFLINE=true") || !stack.HasValue(r.Services, "postgres") {
		t.Errorf("with .sqlx: %s", r.Dockerfile())
	}
}

func TestTrapLinkedLibraries(t *testing.T) {
	lock := "[[package]]\nname = \"openssl-sys\"\nversion = \"0.9\"\n"
	r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {}", "Cargo.lock", lock))
	d := r.Dockerfile()
	if !strings.Contains(d, "libssl-dev") || !strings.Contains(d, "libssl3t64") || r.Recipe.Image.Stages[0].Cross {
		t.Errorf("OpenSSL is not there to build or to run with, or it is cross-compiled:\n%s", d)
	}
	r = stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {}", "Cargo.lock", lock+"[[package]]\nname = \"openssl-src\"\nversion = \"300\"\n"))
	if strings.Contains(r.Dockerfile(), "libssl") || !r.Recipe.Image.Stages[0].Cross {
		t.Errorf("vendored OpenSSL needs no library:\n%s", r.Dockerfile())
	}
}

func TestTrapNoLockFile(t *testing.T) {
	files := crate(axumManifest, "fn main() {}")
	delete(files, "Cargo.lock")
	r := stacktest.One(t, rust.Stack(), files)
	if strings.Contains(r.Build.String(), "--locked") || !r.HasNote("no Cargo.lock") || r.LockFile != nil {
		t.Errorf("build %q, notes %v", r.Build.String(), r.Notes)
	}
}

func TestTrapDeclaredRustIsNewerThanThePin(t *testing.T) {
	m := strings.Replace(axumManifest, "edition", "rust-version = \"1.85\"\nedition", 1)
	r := stacktest.One(t, rust.Stack(), crate(m, "fn main() {}", "rust-toolchain", "1.80.0"))
	if len(r.Facts.Contradictions) != 1 {
		t.Errorf("contradictions %+v", r.Facts.Contradictions)
	}
	r = stacktest.One(t, rust.Stack(), crate(m, "fn main() {}"))
	if !slices.Equal(r.Recipe.Matrix, []string{"1.85", "1.97"}) {
		t.Errorf("matrix %v", r.Recipe.Matrix)
	}
}

func TestBuilderAndRuntimeShareTheDebianRelease(t *testing.T) {
	for version, want := range map[string]string{"1.80.0": "bookworm", "1.92.0": "trixie"} {
		r := stacktest.One(t, rust.Stack(), crate(axumManifest, "fn main() {}", "rust-toolchain", version))
		for _, a := range r.Recipe.Image.Args {
			if !strings.Contains(a.Value, want) {
				t.Errorf("Rust %s: %s=%s", version, a.Key, a.Value)
			}
		}
	}
}

func TestLibraryHasNoImage(t *testing.T) {
	r := stacktest.One(t, rust.Stack(), map[string]string{"Cargo.toml": axumManifest, "src/lib.rs": "pub fn a() {}"})
	if r.Kind != stack.KindLibrary || r.Recipe.Image != nil || r.Start != nil {
		t.Errorf("kind %q", r.Kind)
	}
}

func TestHostileManifests(t *testing.T) {
	for name, m := range map[string]string{
		"no toml": "{", "wrong types": "package = 3\nworkspace = []\nbin = {}\n",
		"name is a command": "[package]\nname = \"a; rm -rf /\"\n", "name is a path": "[package]\nname = \"../x\"\n",
		"member above":     "[workspace]\nmembers = [\"../..\", \"*\"]\n[package]\nname = \"a\"\n",
		"bin is a command": "[package]\nname = \"a\"\n[[bin]]\nname = \"$(x)\"\npath = \"src/$(x).rs\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			facts, recipes := stacktest.Survey(crate(m, "fn main() {}"), rust.Stack())
			for i := range facts.Components {
				if strings.ContainsAny(facts.Components[i].Build.String()+stacktest.Text(recipes[i].Image), ";$(") && strings.Contains(m, facts.Components[i].Name) && strings.ContainsAny(facts.Components[i].Name, ";$(") {
					t.Errorf("a name became a command: %q", facts.Components[i].Build.String())
				}
			}
		})
	}
}

func FuzzCargo(f *testing.F) {
	f.Add(axumManifest, "[toolchain]\nchannel = \"1.80\"", "[[package]]\nname = \"openssl-sys\"")
	f.Add("[workspace]\nmembers = [\"*\"]", "stable", "")
	f.Fuzz(func(_ *testing.T, manifest, toolchain, lock string) {
		stacktest.Survey(map[string]string{"Cargo.toml": manifest, "m/Cargo.toml": manifest, "m/src/main.rs": "fn main() {}",
			"src/main.rs": "fn main() {}", "rust-toolchain": toolchain, "Cargo.lock": lock}, rust.Stack())
	})
}

func FuzzSource(f *testing.F) {
	f.Add("TcpListener::bind(\"127.0.0.1:1\"); env::var(\"PORT\")", "[release]\nport = 1")
	f.Fuzz(func(_ *testing.T, source, rocket string) {
		stacktest.Survey(crate(axumManifest+"rocket = \"0.5\"\nsqlx = \"0.8\"\n", source, "Rocket.toml", rocket), rust.Stack())
	})
}
