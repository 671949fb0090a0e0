package node

import (
	"slices"
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
	"github.com/autogit/autogit/internal/stacks/stacktest"
)

const lock = `{"lockfileVersion": 3}`

// files is a repository in memory, from pairs of path and content.
func files(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func one(t *testing.T, pairs ...string) stacktest.Result {
	t.Helper()
	return stacktest.One(t, Stack(), files(pairs...))
}

func want(t *testing.T, name string, f *stack.Fact, value string) {
	t.Helper()
	if f.String() != value {
		t.Errorf("%s = %q, want %q", name, f.String(), value)
	}
	if value != "" && f.Confidence != stack.Default && f.Evidence.File == "" {
		t.Errorf("%s has no evidence", name)
	}
}

const expressServer = "const app = require('express')()\napp.get('/healthz', (q, r) => r.send('ok'))\napp.listen(process.env.PORT || 4000)\n"

func TestExpressService(t *testing.T) {
	r := one(t, "package.json", `{"name":"@acme/shop","scripts":{"start":"node server.js","test":"jest","lint":"eslint ."},
"engines":{"node":">=22"},"dependencies":{"express":"^5","pg":"^8"},"devDependencies":{"jest":"^30","eslint":"^9"}}`,
		"package-lock.json", lock, "server.js", expressServer)
	want(t, "language", r.Language, "javascript")
	want(t, "framework", r.Framework, "express")
	want(t, "manager", r.PackageManager, "npm")
	want(t, "lock", r.LockFile, "package-lock.json")
	want(t, "version", r.Version, "24")
	want(t, "port", r.Port, "4000")
	want(t, "port env", r.PortFromEnv, "PORT")
	want(t, "health", r.Health, "/healthz")
	want(t, "start", r.Start, "node server.js")
	want(t, "test", r.Test, "npm test")
	want(t, "install", r.Install, "npm ci")
	if r.Name != "shop" || r.Kind != stack.KindService || !stack.HasValue(r.Services, "postgres") {
		t.Errorf("name %s, kind %s, services %v", r.Name, r.Kind, r.Services)
	}
	if !slices.Equal(r.Recipe.Matrix, []string{"22", "24", "26"}) {
		t.Errorf("matrix %v", r.Recipe.Matrix)
	}
	if d := r.Dockerfile(); !strings.Contains(d, "tini") || !strings.Contains(d, "npm ci --omit=dev") {
		t.Errorf("a program that does not listen for SIGTERM needs an init, and production packages only:\n%s", d)
	}
}

func TestTypeScriptServiceStartsWhatItBuilds(t *testing.T) {
	r := one(t, "package.json", `{"name":"api","scripts":{"build":"tsc","start":"NODE_ENV=production node dist/server.js","dev":"tsx watch src/server.ts"},
"dependencies":{"fastify":"^5"},"devDependencies":{"typescript":"^5","tsx":"^4"}}`,
		"package-lock.json", lock, "tsconfig.json", `{"compilerOptions":{"outDir":"dist","rootDir":"src"}}`,
		"src/server.ts", "const port = Number(process.env.PORT ?? 3000)\napp.get('/health', async () => ({}))\nprocess.on('SIGTERM', stop)\nawait app.listen({ port, host: process.env.HOST ?? '0.0.0.0' })\n")
	want(t, "language", r.Language, "typescript")
	want(t, "start", r.Start, "node dist/server.js")
	want(t, "entry", r.Entry, "dist/server.js")
	want(t, "dev", r.Dev, "npm run dev")
	want(t, "port", r.Port, "3000")
	want(t, "listen", r.Listen, "")
	want(t, "listen env", r.ListenFromEnv, "HOST")
	want(t, "typecheck", r.TypeCheck, "npx --no-install tsc --noEmit")
	d := r.Dockerfile()
	for _, w := range []string{"npm run build", "COPY --from=build /app/dist ./dist"} {
		if !strings.Contains(d, w) {
			t.Errorf("the image lacks %q:\n%s", w, d)
		}
	}
	if strings.Contains(d, "tini") || !r.Recipe.DevReload || r.Recipe.DevTarget != "source" {
		t.Error("it listens for SIGTERM itself, and its dev script watches")
	}
}

func TestDecoys(t *testing.T) {
	tests := map[string]map[string]string{
		"only linters":           files("package.json", `{"devDependencies":{"eslint":"9","prettier":"3","husky":"9"}}`, "main.go", "package main"),
		"only Tailwind":          files("package.json", `{"scripts":{"lint":"prettier ."},"devDependencies":{"tailwindcss":"4","@tailwindcss/cli":"4"}}`),
		"empty":                  files("package.json", `{}`),
		"broken":                 files("package.json", `{"name": `),
		"a list":                 files("package.json", `[]`),
		"workspace without code": files("package.json", `{"private":true,"workspaces":["packages/*"]}`),
		"Eleventy is a site":     files("package.json", `{"scripts":{"build":"eleventy"},"devDependencies":{"@11ty/eleventy":"3"}}`, "index.md", "x"),
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) { stacktest.None(t, Stack(), f) })
	}
}

func TestStartScriptThatIsADevelopmentServer(t *testing.T) {
	for _, script := range []string{"nodemon server.js", "nx serve api", "ts-node-dev src/server.ts", "node --watch server.js", "concurrently 'a' 'b'"} {
		r := one(t, "package.json", `{"scripts":{"start":"`+script+`"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "server.js", expressServer)
		want(t, script, r.Start, "node server.js")
		want(t, script+" dev", r.Dev, "npm run start")
		if !r.HasNote("development server") {
			t.Errorf("%s: no note", script)
		}
	}
	r := one(t, "package.json", `{"scripts":{"start":"react-scripts start","build":"react-scripts build"},"dependencies":{"react-scripts":"5"}}`, "package-lock.json", lock, "src/index.js", "x")
	if r.Kind != stack.KindStatic || r.Start != nil {
		t.Errorf("kind %s, start %v: pages have no server of their own", r.Kind, r.Start)
	}
	want(t, "output", r.Output, "build")
}

func TestMainThatDoesNotExist(t *testing.T) {
	r := one(t, "package.json", `{"main":"lib/gone.js","dependencies":{"express":"5"}}`, "package-lock.json", lock, "src/app.js", expressServer)
	want(t, "start", r.Start, "node src/app.js")
	if !r.HasNote("main names lib/gone.js") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestStartScriptThatRunsAMissingFile(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node gone.js"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "index.js", expressServer)
	want(t, "start", r.Start, "node index.js")
	if !r.HasNote("runs gone.js") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestTwoLockFiles(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "yarn.lock", "", "server.js", expressServer)
	want(t, "manager", r.PackageManager, "yarn")
	if len(r.Facts.Contradictions) != 1 || r.Facts.Contradictions[0].Fact != "lock_file" {
		t.Errorf("contradictions %+v", r.Facts.Contradictions)
	}
	r = one(t, "package.json", `{"packageManager":"npm@11.0.0","scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "yarn.lock", "", "server.js", expressServer)
	want(t, "manager", r.PackageManager, "npm")
}

func TestNoLockFile(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, "server.js", expressServer)
	want(t, "install", r.Install, "npm install --no-audit --no-fund")
	if r.LockFile != nil || !r.HasNote("no lock file") || strings.Contains(r.Dockerfile(), "npm ci") {
		t.Error("npm ci fails without a lock file")
	}
}

func TestIgnoreScripts(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, ".npmrc", "# x\nignore-scripts=true\n", "server.js", expressServer)
	if !r.HasNote("ignore-scripts") {
		t.Errorf("notes %v", r.Notes)
	}
}

func TestPinBelowTheEnginesFloor(t *testing.T) {
	r := one(t, "package.json", `{"engines":{"node":">=22.12"},"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`,
		"package-lock.json", lock, ".nvmrc", "# the server's\nv20.11.1\n", "server.js", expressServer)
	want(t, "version", r.Version, "20.11.1")
	if len(r.Facts.Contradictions) != 1 || r.Facts.Contradictions[0].Fact != "version" {
		t.Errorf("contradictions %+v", r.Facts.Contradictions)
	}
}

func TestVersionPrecedence(t *testing.T) {
	pkg := `{"engines":{"node":"^20 || ^22"},"volta":{"node":"22.3.0"},"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`
	base := []string{"package.json", pkg, "package-lock.json", lock, "server.js", expressServer}
	want(t, "volta", one(t, base...).Version, "22.3.0")
	base[1] = strings.Replace(pkg, `"volta":{"node":"22.3.0"},`, "", 1)
	want(t, "range", one(t, base...).Version, "22")
	want(t, "Dockerfile", one(t, append(base, "Dockerfile", "FROM node:20.9.0-alpine\n")...).Version, "20") // its patch is the image's, not a pin
	want(t, "lts alias is no pin", one(t, append(base, ".nvmrc", "lts/*\n")...).Version, "22")
	base[1] = strings.Replace(base[1], `"engines":{"node":"^20 || ^22"},`, "", 1)
	if r := one(t, base...); r.Version.Confidence != stack.Default {
		t.Errorf("version %+v, want a dated default", r.Version)
	}
}

func TestListensOnLoopback(t *testing.T) {
	pkg := `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`
	r := one(t, "package.json", pkg, "package-lock.json", lock, "server.js", "app.listen(process.env.PORT || 3000, process.env.HOST || '127.0.0.1')\n")
	want(t, "listen", r.Listen, "127.0.0.1")
	want(t, "listen env", r.ListenFromEnv, "HOST")
	if !slices.Contains(r.Recipe.Image.Env, stack.KV{Key: "HOST", Value: "0.0.0.0"}) {
		t.Errorf("env %v: a container must be told to listen on every interface", r.Recipe.Image.Env)
	}
	r = one(t, "package.json", pkg, "package-lock.json", lock, "server.js", "app.listen(3000, 'localhost')\n")
	want(t, "listen", r.Listen, "localhost")
	r = one(t, "package.json", strings.Replace(pkg, "express", "fastify", 1), "package-lock.json", lock, "server.js", "app.listen({ port: 3000 })\n")
	want(t, "Fastify's own default", r.Listen, "127.0.0.1")
}

func TestPorts(t *testing.T) {
	tests := []struct{ source, port, env string }{
		{"app.listen(8081)", "8081", ""},
		{"const port = parseInt(process.env.PORT || '5000', 10)\napp.listen(port)", "5000", "PORT"},
		{"const { } = x; app.listen(process.env['API_PORT'] ?? 7000)", "7000", "API_PORT"},
		{"app.listen({\n  port: 9001,\n})", "9001", ""},
		{"// app.listen(1234)\napp.listen(process.env.PORT)", "3000", "PORT"},
		{"const env = z.object({\n  PORT: z.coerce.number().default(6000),\n})", "6000", "PORT"},
		{"app.listen(99999)", "3000", ""},
	}
	for _, tt := range tests {
		r := one(t, "package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "server.js", tt.source)
		want(t, tt.source, r.Port, tt.port)
		want(t, tt.source+" env", r.PortFromEnv, tt.env)
	}
}

func TestHealthRouteOnlyInDevelopment(t *testing.T) {
	pkg := `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`
	r := one(t, "package.json", pkg, "package-lock.json", lock, "server.js", "if (process.env.NODE_ENV !== 'production') {\n  app.use(log)\n  app.get('/health', h)\n}\napp.listen(3000)\n")
	want(t, "health", r.Health, "")
	r = one(t, "package.json", pkg, "package-lock.json", lock, "server.js", "if (process.env.NODE_ENV !== 'production') {\n  app.use(log)\n}\napp.get('/health', h)\napp.listen(3000)\n")
	want(t, "health after the block", r.Health, "/health")
	if h := strings.Join(r.Recipe.Image.Health, " "); !strings.Contains(h, "/health") || strings.Contains(h, "curl") {
		t.Errorf("health command %q", h)
	}
}

func TestHealthRoutes(t *testing.T) {
	tests := []struct {
		name, dep, file, source, route string
	}{
		{"mounted router", "express", "src/health.js", "router.get('/healthz', h)\nserver.use('/internal', health)", "/internal/healthz"},
		{"fastify object", "fastify", "server.js", "app.route({ method: 'GET', url: '/livez', handler })", "/livez"},
		{"nest", "@nestjs/core", "src/health.controller.ts", "@Controller('health')\nclass A {\n  @Get()\n  check() {}\n}", "/health"},
		{"next app router", "next", "app/api/health/route.ts", "export function GET() {}", "/api/health"},
		{"nuxt", "nuxt", "server/api/health.get.ts", "export default defineEventHandler(() => 1)", "/api/health"},
		{"with a parameter", "express", "server.js", "app.get('/health/:id', h)", ""},
		{"in a comment", "express", "server.js", "// app.get('/health', h)", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, "package.json", `{"scripts":{"start":"node server.js","build":"x"},"dependencies":{"`+tt.dep+`":"1"}}`, "package-lock.json", lock, "server.js", "", tt.file, tt.source)
			want(t, "health", r.Health, tt.route)
		})
	}
}

func TestWorkspaces(t *testing.T) {
	f := files("package.json", `{"private":true,"packageManager":"pnpm@10.1.0"}`, "pnpm-workspace.yaml", "packages:\n  - apps/*\n  - 'libs/*'\n", "pnpm-lock.yaml", "",
		"apps/api/package.json", `{"name":"api","scripts":{"start":"node server.js"},"dependencies":{"express":"5","shared":"workspace:*"}}`, "apps/api/server.js", expressServer,
		"libs/shared/package.json", `{"name":"shared","main":"index.js"}`, "libs/shared/index.js", "module.exports = 1")
	facts, recipes := stacktest.Survey(f, Stack())
	if len(facts.Components) != 2 {
		t.Fatalf("components %+v", facts.Components)
	}
	api := facts.Components[0]
	want(t, "lock", api.LockFile, "pnpm-lock.yaml")
	want(t, "manager", api.PackageManager, "pnpm")
	img := recipes[0].Image
	stacktest.CheckImage(t, img)
	text := stacktest.Text(img)
	if img.Context != "." || !strings.Contains(text, "COPY libs/shared/package.json ./libs/shared/") || !strings.Contains(text, "/app/libs/shared") {
		t.Errorf("a member is built from its workspace:\n%s", text)
	}
}

func TestSiteIsServedWithoutNode(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"dev":"vite","build":"tsc -b && vite build"},"dependencies":{"react":"19"},"devDependencies":{"vite":"7","typescript":"5"}}`,
		"package-lock.json", lock, "index.html", "<div id=root>", "src/main.tsx", "x", "vite.config.ts", "export default { build: { outDir: 'out' } }")
	if r.Kind != stack.KindStatic {
		t.Fatalf("kind %s", r.Kind)
	}
	want(t, "output", r.Output, "out")
	d := r.Dockerfile()
	if !strings.Contains(d, "COPY --from=build /app/out /usr/share/nginx/html") || !strings.Contains(d, "try_files $uri $uri/ /index.html") {
		t.Errorf("image:\n%s", d)
	}
}

func TestManagers(t *testing.T) {
	tests := []struct{ lock, extra, install, production string }{
		{"pnpm-lock.yaml", "", "pnpm install --frozen-lockfile", "--prod"},
		{"yarn.lock", "", "yarn install --frozen-lockfile", "--production"},
		{"yarn.lock", ".yarnrc.yml", "yarn install --immutable", "workspaces focus --production"},
		{"bun.lock", "", "bun install --frozen-lockfile", "--production"},
	}
	for _, tt := range tests {
		f := []string{"package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5"}}`, tt.lock, "x", "server.js", expressServer}
		if tt.extra != "" {
			f = append(f, tt.extra, "nodeLinker: node-modules\n")
		}
		r := one(t, f...)
		want(t, tt.lock, r.Install, tt.install)
		if !strings.Contains(r.Dockerfile(), tt.production) {
			t.Errorf("%s: the image has development packages:\n%s", tt.lock, r.Dockerfile())
		}
	}
}

func TestWorkersAndVariables(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js","worker":"node worker.js"},"dependencies":{"express":"5","bullmq":"5"}}`, "package-lock.json", lock,
		"server.js", expressServer+"if (!process.env.JWT_SECRET) throw 1\nconst u = process.env.REDIS_URL ?? 'redis://localhost:6379'\n", "worker.js", "new Worker('q')")
	if len(r.Workers) != 1 || r.Workers[0].Value != "node worker.js" {
		t.Errorf("workers %v", r.Workers)
	}
	if v := r.Variable("JWT_SECRET"); !v.Secret || !v.Required {
		t.Errorf("JWT_SECRET %+v", v)
	}
	if v := r.Variable("REDIS_URL"); v.Service != "redis" {
		t.Errorf("REDIS_URL %+v", v)
	}
}

func TestNativePackagesGetACompiler(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js"},"dependencies":{"express":"5","better-sqlite3":"12"}}`, "package-lock.json", lock, "server.js", expressServer)
	if !strings.Contains(r.Dockerfile(), "${NODE_BUILD_IMAGE}") {
		t.Errorf("image:\n%s", r.Dockerfile())
	}
}

func TestCoverage(t *testing.T) {
	r := one(t, "package.json", `{"scripts":{"start":"node server.js","test":"node --import tsx --test test/*.test.ts"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "server.js", expressServer)
	if r.Recipe.CoverageFile != "lcov.info" || !strings.Contains(r.Recipe.Test[0].Run, "--experimental-test-coverage") {
		t.Errorf("test %v, coverage %s", r.Recipe.Test, r.Recipe.CoverageFile)
	}
	r = one(t, "package.json", `{"scripts":{"start":"node server.js","test":"vitest"},"dependencies":{"express":"5"},"devDependencies":{"vitest":"4"}}`, "package-lock.json", lock, "server.js", expressServer)
	if r.Recipe.Test[0].Run != "npx --no-install vitest run" {
		t.Errorf("vitest alone watches: %v", r.Recipe.Test)
	}
	r = one(t, "package.json", `{"scripts":{"start":"node server.js","test":"echo \"Error: no test specified\" && exit 1"},"dependencies":{"express":"5"}}`, "package-lock.json", lock, "server.js", expressServer)
	if len(r.Recipe.Test) != 0 {
		t.Errorf("npm's placeholder is no test: %v", r.Recipe.Test)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add(`{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}`, expressServer, "v20")
	f.Add(`{"workspaces":{"packages":["*"]},"engines":{"node":"x"}}`, "app.listen(", "\x00")
	f.Fuzz(func(t *testing.T, pkg, src, nvmrc string) {
		tree := repo.Memory(files("package.json", pkg, "server.js", src, "src/index.ts", src, ".nvmrc", nvmrc, "tsconfig.json", src, ".npmrc", nvmrc, "pnpm-workspace.yaml", nvmrc))
		facts := stack.Detect(tree, []stack.Stack{Stack()})
		stack.Recipes(tree, facts, []stack.Stack{Stack()})
	})
}
