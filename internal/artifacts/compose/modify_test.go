package compose

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/syntax/yaml"
)

// legacy is a file as many people write it.
const legacy = `version: '3.9'   # old

services:
  # the program
  app:
    build: .
    ports:
      - "8000:8000"  # web
    environment:
      - DATABASE_URL=postgresql://app:s3cret@db:5432/appdb
      - JWT_SECRET=${JWT_SECRET}
    depends_on:
      - db      # must be first
      - cache

  db:
    image: postgres
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: "s3cret"   # change me
      POSTGRES_DB: appdb
    # for psql
    ports: ["5432:5432"]

  cache:
    image: 'redis:latest'

# the end
`

func modify(t *testing.T, src string, claims ...criterion.Claim) (string, *artifact.Output, error) {
	t.Helper()
	c, rec := goService()
	c.Name = "app"
	r := request("docker-compose.yml", map[string]string{"docker-compose.yml": src}, c, rec)
	r.Claims, r.Unproven = claims, claims
	out, err := Modify(r)
	if err != nil {
		return "", nil, err
	}
	return string(out.Content), out, nil
}

// changedLines is the difference as lines with + and -.
func changedLines(before, after string) string {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	n, m := len(a), len(b)
	lcs := make([][]int, n+1)
	for i := range lcs {
		lcs[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[i] == b[j] {
				lcs[i][j] = lcs[i+1][j+1] + 1
			} else {
				lcs[i][j] = max(lcs[i+1][j], lcs[i][j+1])
			}
		}
	}
	var out strings.Builder
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && a[i] == b[j]:
			i, j = i+1, j+1
		case i < n && (j == m || lcs[i+1][j] >= lcs[i][j+1]):
			out.WriteString("-" + a[i])
			i++
		default:
			out.WriteString("+" + b[j])
			j++
		}
	}
	return out.String()
}

func TestModifyChangesOnlyWhatTheClaimNeeds(t *testing.T) {
	tests := []struct {
		name  string
		claim criterion.Claim
		want  string
	}{
		{"restart", claim(criterion.Restart, "policy", "unless-stopped"),
			"+    restart: unless-stopped\n+    restart: unless-stopped\n+    restart: unless-stopped\n"},
		{"wait for the database", claim(criterion.WaitsHealthy, "service", "database"), "" +
			"-      - db      # must be first\n-      - cache\n" +
			"+      db:      # must be first\n+        condition: service_healthy\n+      cache:\n+        condition: service_started\n" +
			"+    healthcheck:\n+      test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"app\", \"-d\", \"appdb\"]\n+      interval: 10s\n+      timeout: 5s\n+      retries: 5\n+      start_period: 30s\n"},
		{"passwords", claim(criterion.NoLiteralSecrets), "" +
			"-      - DATABASE_URL=postgresql://app:s3cret@db:5432/appdb\n" +
			"+      - \"DATABASE_URL=postgresql://app:${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}@db:5432/appdb\"\n" +
			"-      POSTGRES_PASSWORD: \"s3cret\"   # change me\n" +
			"+      POSTGRES_PASSWORD: \"${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}\"   # change me\n"},
		{"images", claim(criterion.ImagesPinned), "" +
			"-    image: postgres\n+    image: postgres:17.6-alpine3.22\n-    image: 'redis:latest'\n+    image: 'redis:8.2.2-alpine3.22'\n"},
		{"only the app is published", claim(criterion.OnlyAppPublished), "-    # for psql\n-    ports: [\"5432:5432\"]\n"},
		{"database volume", claim(criterion.PersistentVolume, "service", "database"), "" +
			"+    volumes:\n+      - db-data:/var/lib/postgresql/data\n+\n+volumes:\n+  db-data: {}\n"},
		{"memory of the app", claim(criterion.MemoryLimit, "limit", "512MB", "service", "app"), "" +
			"+    deploy:\n+      resources:\n+        limits:\n+          memory: 512M\n"},
		{"hot reload", claim(criterion.HotReload, "service", "app"), "" +
			"+    develop:\n+      watch:\n+        - action: rebuild\n+          path: .\n+          ignore:\n+            - .git/\n"},
		{"environment file", claim(criterion.EnvFile, "file", ".env"), "+    env_file:\n+      - .env\n"},
		{"networks", claim(criterion.SeparateNetworks, "names", "web,data"), "" +
			"+    networks:\n+      - web\n+      - data\n+    networks:\n+      - data\n+    networks:\n+      - data\n" +
			"+\n+networks:\n+  web: {}\n+  data:\n+    internal: true\n"},
		{"log rotation of the cache", claim(criterion.LogRotation, "service", "cache"), "" +
			"+    # Docker's own log file grows without end.\n+    logging:\n+      driver: json-file\n+      options:\n+        max-size: 10m\n+        max-file: \"3\"\n"},
		{"no other claim's business", claim(criterion.Lint, "tool", "ruff"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := modify(t, legacy, tt.claim)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, changedLines(legacy, got)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, got)
			}
			load(t, []byte(got))
			again, _, err := modify(t, got, tt.claim)
			if err != nil || again != got {
				t.Errorf("the second run changed it again: %v\n%s", err, changedLines(got, again))
			}
		})
	}
}

func TestModifySeveralClaimsAtOnce(t *testing.T) {
	claims := []criterion.Claim{
		claim(criterion.MemoryLimit, "limit", "256M"), claim(criterion.CPULimit, "limit", "0.5"), claim(criterion.Restart),
		claim(criterion.NoNewPrivileges), claim(criterion.CapDrop), claim(criterion.ReadOnlyRoot), claim(criterion.WaitsHealthy),
		claim(criterion.HasService, "name", "rabbitmq"), claim(criterion.ImagesPinned), claim(criterion.NoLiteralSecrets),
	}
	got, out, err := modify(t, legacy, claims...)
	if err != nil {
		t.Fatal(err)
	}
	p := load(t, []byte(got))
	app := p.Services["app"]
	if app.Deploy == nil || app.Deploy.Resources.Limits.MemoryBytes != 256<<20 || app.Restart != "unless-stopped" || !app.ReadOnly || app.CapDrop[0] != "ALL" {
		t.Errorf("app: %+v\n%s", app, got)
	}
	if app.DependsOn["db"].Condition != "service_healthy" || app.DependsOn["cache"].Condition != "service_healthy" {
		t.Errorf("depends_on: %+v", app.DependsOn)
	}
	if p.Services["rabbitmq"].Image == "" || p.Services["db"].HealthCheck == nil || p.Services["cache"].HealthCheck == nil {
		t.Errorf("services:\n%s", got)
	}
	var names []string
	for _, f := range out.Suggested {
		names = append(names, f.Path)
	}
	if diff := cmp.Diff([]string{".env.example", ".gitignore"}, names); diff != "" {
		t.Error(diff)
	}
	golden(t, "modify/several.yml", []byte(got))
}

func TestModifyKeepsTheFilesStyle(t *testing.T) {
	flat := "services:\n    app:\n        image: acme/app:1\n        ports:\n        - \"80:80\"\n    db:\n        image: postgres:16\n        volumes:\n        - x:/y\nvolumes:\n    x:\n"
	got, _, err := modify(t, flat, claim(criterion.PersistentVolume), claim(criterion.NoNewPrivileges), claim(criterion.WaitsHealthy))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"        - x:/y\n        - db-data:/var/lib/postgresql/data\n", "        security_opt:\n        - no-new-privileges:true\n",
		"        depends_on:\n            db:\n                condition: service_healthy\n", "volumes:\n    x:\n    db-data: {}\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	crlf := strings.ReplaceAll(legacy, "\n", "\r\n")
	got, _, err = modify(t, crlf, claim(criterion.Restart), claim(criterion.SeparateNetworks), claim(criterion.WaitsHealthy))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(got, "\n") != strings.Count(got, "\r\n") {
		t.Errorf("line ends are mixed: %q", got)
	}
}

func TestModifyRefusesWhatIsNotSafe(t *testing.T) {
	tests := []struct {
		name, src string
		claim     criterion.Claim
		want      string
	}{
		{"broken", "services:\n  app: [\n", claim(criterion.Restart), "docker-compose.yml:"},
		{"no services", "volumes: {}\n", claim(criterion.Restart), "no services"},
		{"service in braces", "services:\n  app: {image: x:1}\n", claim(criterion.Restart), "not written as a block"},
		{"service is an alias", "x-a: &a\n  image: x:1\nservices:\n  app: *a\n", claim(criterion.Restart), "not written as a block"},
		{"unknown version", "services:\n  app:\n    image: acme/app\n", claim(criterion.ImagesPinned), "acme/app"},
		{"unknown service", legacy, claim(criterion.HasService, "name", "oracle"), "oracle"},
		{"networks are there", "services:\n  app:\n    image: x:1\n    networks: [a]\nnetworks:\n  a: {}\n", claim(criterion.SeparateNetworks), "already says"},
		{"two documents", "services:\n  app:\n    image: x:1\n---\na: b\n", claim(criterion.Restart), "several YAML documents"},
		{"bad policy", legacy, claim(criterion.Restart, "policy", "sometimes"), "no restart policy"},
		{"route that is not there", legacy, claim(criterion.HealthCheck, "path", "/nope", "service", "app"), "/healthz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := modify(t, tt.src, tt.claim)
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, tt.want) {
				t.Fatalf("want a refusal that says %q, got %v\n%s", tt.want, err, got)
			}
		})
	}
}

func TestModifyMendsProblems(t *testing.T) {
	r := request("docker-compose.yml", map[string]string{"docker-compose.yml": legacy})
	at := strings.Index(legacy, "version: '3.9'")
	r.Problems = []finding.Finding{
		{Rule: "CO001", Span: finding.LineSpan("docker-compose.yml", 10)},
		{Rule: "CO013", Span: finding.LineSpan("docker-compose.yml", 1), Fix: &finding.Fix{Safe: true, Edits: []finding.Edit{{Start: at, End: at + len("version: '3.9'   # old\n")}}}},
		{Rule: "CO007", Span: finding.LineSpan("docker-compose.yml", 5), Message: "the Docker socket is mounted"},
	}
	out, err := Modify(r)
	if err != nil {
		t.Fatal(err)
	}
	got := string(out.Content)
	if strings.Contains(got, "s3cret") || strings.Contains(got, "version:") {
		t.Errorf("problems are still there:\n%s", got)
	}
	if !strings.Contains(strings.Join(out.Notes, "\n"), "the Docker socket is mounted (CO007): a person must decide") {
		t.Errorf("notes: %q", out.Notes)
	}
}

func TestModifyWritesAnUntouchedFileAnew(t *testing.T) {
	c, rec := goService()
	old := artifact.Seal([]byte("services:\n  notes-api:\n    image: x:1\n"))
	r := request("docker-compose.yml", map[string]string{"docker-compose.yml": string(old)}, c, rec)
	out, err := Modify(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := write(t, r); string(out.Content) != string(want.Content) {
		t.Errorf("not the file that Write makes:\n%s", out.Content)
	}
}

func TestSealStaysLastWhenLinesAreAppended(t *testing.T) {
	src := string(artifact.Seal([]byte("services:\n  db:\n    image: postgres:16\n")))
	got, _, err := modify(t, strings.Replace(src, "postgres:16", "postgres:17", 1), claim(criterion.PersistentVolume))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(got), "\n"); !strings.HasPrefix(lines[len(lines)-1], "# autogit:seal") {
		t.Errorf("the seal is not last:\n%s", got)
	}
	load(t, []byte(got))
}

// files draws Compose files in many styles.
func files(t *rapid.T) string {
	step := rapid.SampledFrom([]string{"  ", "    "}).Draw(t, "step")
	dash := rapid.SampledFrom([]string{"", step}).Draw(t, "dash")
	note := func(name string) string {
		return rapid.SampledFrom([]string{"", " # keep " + name, "   # keep: [" + name + "]"}).Draw(t, "note "+name)
	}
	blank := func(name string) string {
		return rapid.SampledFrom([]string{"", "\n", step + "# above " + name + "\n"}).Draw(t, "blank "+name)
	}
	var b strings.Builder
	b.WriteString("# head\nservices:\n")
	n := rapid.IntRange(1, 4).Draw(t, "services")
	for i := range n {
		name := fmt.Sprintf("s%d", i)
		b.WriteString(blank(name) + step + name + ":" + note(name) + "\n")
		image := rapid.SampledFrom([]string{"postgres:16", "redis", "'acme/app:1'", "\"mongo:8.0.17\"", "mysql:8.4.11"}).Draw(t, "image")
		b.WriteString(step + step + "image: " + image + note("image") + "\n")
		if rapid.Bool().Draw(t, "env") {
			b.WriteString(step + step + "environment:\n" + step + step + step + "A_PASSWORD: 'lit eral'" + note("pw") + "\n" + step + step + step + "B: ünï ✓\n")
		}
		if rapid.Bool().Draw(t, "command") {
			b.WriteString(step + step + "command: |\n" + step + step + step + "echo # no comment\n" + step + step + step + "echo b\n")
		}
		if i > 0 && rapid.Bool().Draw(t, "depends") {
			b.WriteString(step + step + "depends_on:\n" + step + step + dash + "- s0" + note("dep") + "\n")
		}
		if rapid.Bool().Draw(t, "ports") {
			b.WriteString(step + step + "ports: [\"1" + fmt.Sprint(i) + "00-1" + fmt.Sprint(i) + "05:80\"]" + note("port") + "\n")
		}
		if rapid.Bool().Draw(t, "restart") {
			b.WriteString(step + step + "restart: \"no\"" + note("r") + "\n")
		}
	}
	if rapid.Bool().Draw(t, "volumes") {
		b.WriteString("\nvolumes:\n" + step + "old: {}" + note("vol") + "\n")
	}
	out := b.String()
	if rapid.Bool().Draw(t, "no last line end") {
		out = strings.TrimSuffix(out, "\n")
	}
	if rapid.Bool().Draw(t, "crlf") {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	return out
}

func TestModifyLosesNothing(t *testing.T) {
	all := []criterion.Claim{
		claim(criterion.Restart), claim(criterion.MemoryLimit, "limit", "64M"), claim(criterion.CPULimit), claim(criterion.LogRotation),
		claim(criterion.NoNewPrivileges), claim(criterion.CapDrop), claim(criterion.ReadOnlyRoot), claim(criterion.PersistentVolume),
		claim(criterion.NoLiteralSecrets), claim(criterion.HealthCheck), claim(criterion.WaitsHealthy), claim(criterion.SeparateNetworks),
		claim(criterion.HasService, "name", "nats"), claim(criterion.EnvFile),
	}
	rapid.Check(t, func(rt *rapid.T) {
		src := files(rt)
		before, err := yaml.Parse([]byte(src))
		if err != nil {
			rt.Fatalf("the generator made a broken file: %v\n%s", err, src)
		}
		var claims []criterion.Claim
		for _, c := range all {
			if rapid.Bool().Draw(rt, c.Name) {
				claims = append(claims, c)
			}
		}
		r := request("compose.yaml", map[string]string{"compose.yaml": src})
		r.Unproven = claims
		out, err := Modify(r)
		if err != nil {
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) {
				rt.Fatal(err)
			}
			return
		}
		after, err := yaml.Parse(out.Content)
		if err != nil {
			rt.Fatalf("%v\n%s", err, out.Content)
		}
		load(t, out.Content)
		kept := map[string]int{}
		for _, c := range after.Comments {
			kept[c.Text]++
		}
		for _, c := range before.Comments {
			if kept[c.Text]--; kept[c.Text] < 0 {
				rt.Fatalf("comment %q is lost:\n%s\n=>\n%s", c.Text, src, out.Content)
			}
		}
		for _, pair := range before.Root().Get("services").Pairs {
			for _, key := range []string{"image", "command", "ports"} {
				if a, b := pair.Value.Get(key).Source(), after.Root().Get("services", pair.Key.Value, key).Source(); a != b {
					rt.Fatalf("%s.%s was %q and is %q:\n%s", pair.Key.Value, key, a, b, out.Content)
				}
			}
		}
		if len(after.Duplicates) > 0 {
			rt.Fatalf("a key stands twice:\n%s", out.Content)
		}
		r = request("compose.yaml", map[string]string{"compose.yaml": string(out.Content)})
		r.Unproven = claims
		if again, err := Modify(r); err == nil && string(again.Content) != string(out.Content) {
			rt.Fatalf("the second run changed it again:\n%s", changedLines(string(out.Content), string(again.Content)))
		}
	})
}

func FuzzModify(f *testing.F) {
	f.Add(legacy, uint16(0xffff))
	f.Add("services: {a: {image: x}}\n", uint16(3))
	f.Add("services:\n  a:\n    <<: *b\n", uint16(3))
	claims := []criterion.Claim{
		claim(criterion.Restart), claim(criterion.MemoryLimit), claim(criterion.CPULimit), claim(criterion.LogRotation), claim(criterion.NoNewPrivileges),
		claim(criterion.CapDrop), claim(criterion.ReadOnlyRoot), claim(criterion.PersistentVolume), claim(criterion.NoLiteralSecrets), claim(criterion.HealthCheck),
		claim(criterion.WaitsHealthy), claim(criterion.SeparateNetworks), claim(criterion.HasService, "name", "nats"), claim(criterion.OnlyAppPublished),
		claim(criterion.ImagesPinned), claim(criterion.NotPrivileged),
	}
	f.Fuzz(func(t *testing.T, src string, mask uint16) {
		r := request("compose.yaml", map[string]string{"compose.yaml": src})
		for i, c := range claims {
			if mask&(1<<i) != 0 {
				r.Unproven = append(r.Unproven, c)
			}
		}
		out, err := Modify(r)
		if err != nil {
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if _, err := yaml.Parse(out.Content); err != nil {
			t.Fatalf("%v\n%s", err, out.Content)
		}
	})
}
