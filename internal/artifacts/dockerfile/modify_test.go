package dockerfile

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/criterion"
	"github.com/autogit/autogit/internal/finding"
	syntax "github.com/autogit/autogit/internal/syntax/dockerfile"
)

// legacy is a Dockerfile as many people write it.
const legacy = `FROM python
WORKDIR /app

# first the list
COPY requirements.txt .
RUN pip install -r requirements.txt   # no cache
COPY . .
EXPOSE 8000

# start it
CMD uvicorn books.main:app --host 0.0.0.0 --port 8000
`

func modify(t *testing.T, src string, claims ...criterion.Claim) (string, *artifact.Output, error) {
	t.Helper()
	c, rec := pythonService()
	r := request("Dockerfile", map[string]string{"Dockerfile": src, "package-lock.json": "{}",
		"package.json": `{"scripts": {"start": "node dist/server.js", "predev": "x", "dev": "node x.js"}}`}, c, rec)
	r.Claims, r.Unproven = claims, claims
	out, err := Modify(r)
	if err != nil {
		return "", nil, err
	}
	return string(out.Content), out, nil
}

func TestModifyChangesOnlyWhatTheClaimNeeds(t *testing.T) {
	const userWhy = "# Numeric, because an orchestrator that demands a user other than root can check only a number.\n"
	const health = "HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \\\n" +
		"    CMD [\"python\", \"-c\", \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=3)\"]\n"
	tests := []struct {
		name, src string
		claim     criterion.Claim
		old, with string // the one place that changes
	}{
		{"user before the start command", legacy, claim(criterion.NonRoot), "# start it\n", userWhy + "USER 10001:10001\n\n# start it\n"},
		{"claimed user", legacy, claim(criterion.NonRoot, "uid", "1000"), "# start it\n", userWhy + "USER 1000:1000\n\n# start it\n"},
		{"user root at the end", "FROM node:22\nUSER root\nCMD [\"node\"]\n", claim(criterion.NonRoot), "root", "1000:1000"},
		{"user root that a step needs", "FROM node:22\nUSER root\nRUN x\nCMD [\"node\"]\n", claim(criterion.NonRoot), "CMD", userWhy + "USER 1000:1000\nCMD"},
		{"no start command", "FROM gcr.io/distroless/static-debian12\nCOPY a /a", claim(criterion.NonRoot), "COPY a /a", "COPY a /a\n" + userWhy + "USER 65532:65532"},
		{"health check", legacy, claim(criterion.HealthCheck), "# start it\n", health + "\n# start it\n"},
		{"health check instead of none", "FROM python:3.12\nHEALTHCHECK NONE\n", claim(criterion.HealthCheck), "HEALTHCHECK NONE\n", health},
		{"interval of a health check", "FROM x:1\nHEALTHCHECK --interval=5s CMD curl http://localhost:8000/health\n", claim(criterion.HealthCheck, "interval", "30s"), "--interval=5s", "--interval=30s"},
		{"interval that is not there", "FROM x:1\nHEALTHCHECK CMD curl http://localhost:8000/health\n", claim(criterion.HealthCheck, "interval", "30s"), "HEALTHCHECK CMD", "HEALTHCHECK --interval=30s CMD"},
		{"route of a health check", "FROM x:1\nHEALTHCHECK CMD curl -f http://localhost:8000/old || exit 1\n", claim(criterion.HealthCheck, "path", "/health"), "/old", "/health"},
		{"route that is not there", "FROM x:1\nHEALTHCHECK CMD curl -f http://localhost:8000 || exit 1\n", claim(criterion.HealthCheck, "path", "/health"), ":8000 ", ":8000/health "},
		{"exec form", legacy, claim(criterion.Signals), "CMD uvicorn books.main:app --host 0.0.0.0 --port 8000", `CMD ["uvicorn", "books.main:app", "--host", "0.0.0.0", "--port", "8000"]`},
		{"exec form with a variable", "FROM x:1\nCMD gunicorn -b 0.0.0.0:$PORT app\n", claim(criterion.Signals), "gunicorn -b 0.0.0.0:$PORT app", `["sh", "-c", "exec gunicorn -b 0.0.0.0:$PORT app"]`},
		{"exec form after a migration", "FROM x:1\nCMD migrate && A=1 serve \"x\"\n", claim(criterion.Signals), `migrate && A=1 serve "x"`, `["sh", "-c", "migrate && A=1 exec serve \"x\""]`},
		{"npm start", "FROM node:22\nCMD npm start\n", claim(criterion.Signals), "CMD npm start", `CMD ["node", "dist/server.js"]`},
		{"npm run", "FROM node:22\nCMD [\"npm\", \"run\", \"start\"]\n", claim(criterion.Signals), `["npm", "run", "start"]`, `["node", "dist/server.js"]`},
		{"number of a user that the file makes", "FROM x:1\nRUN groupadd -g 5 g && \\\n    useradd --uid 1000 --gid g app && true\nUSER app\n", claim(criterion.NonRoot, "uid", "2000"),
			"1000 --gid g app && true\nUSER app", "2000 --gid g app && true\nUSER 2000"},
		{"base", legacy, claim(criterion.BasePinned), "FROM python\n", "FROM python:3.12.12\n"},
		{"base by argument", "ARG BASE=python:latest\nFROM ${BASE}\n", claim(criterion.BasePinned), "BASE=python:latest", "BASE=python:3.12.12"},
		{"version by argument", "ARG V=latest\nFROM python:$V AS x\n", claim(criterion.BasePinned), "V=latest", "V=3.12.12"},
		{"stage is no base", "FROM python:3.12 AS build\nFROM build\nCMD a\n", claim(criterion.BasePinned), "", ""},
		{"port", "FROM x:1\nEXPOSE 80\nCMD [\"a\"]\n", claim(criterion.Expose, "port", "8000"), "80", "8000"},
		{"port that is not there", "FROM x:1\nCMD [\"a\"]\n", claim(criterion.Expose, "port", "8000"), "CMD", "EXPOSE 8000\nCMD"},
		{"fixed platform", "FROM --platform=linux/amd64 x:1\n", claim(criterion.Platform, "platforms", "linux/arm64"), "--platform=linux/amd64 ", ""},
		{"secret in ENV", "FROM x:1\n# key\nENV API_KEY=abc\nCMD [\"a\"]\n", claim(criterion.NoSecrets), "# key\nENV API_KEY=abc\n", ""},
		{"secret file", "FROM x:1\nCOPY .env /app/.env\nCMD [\"a\"]\n", claim(criterion.NoSecrets), "COPY .env /app/.env\n", ""},
		{"lock file", "FROM node:22\nCOPY package*.json ./\nRUN npm install --omit=dev && npm cache clean\n", claim(criterion.LockFile), "npm install", "npm ci"},
		{"labels", "FROM x:1\nARG VERSION\nCMD [\"a\"]\n", claim(criterion.Labels, "keys", "version"), "CMD",
			"# Told by the pipeline.\nARG REVISION=unknown\nARG SOURCE\nLABEL org.opencontainers.image.title=\"books\" \\\n      org.opencontainers.image.source=\"${SOURCE}\" \\\n" +
				"      org.opencontainers.image.version=\"${VERSION}\" \\\n      org.opencontainers.image.revision=\"${REVISION}\"\nCMD"},
		{"escape character of Windows", "# escape=`\nFROM python:3.12\nCMD [\"a\"]\n", claim(criterion.HealthCheck), "CMD [", strings.Replace(health, "\\\n", "`\n", 1) + "CMD ["},
		{"no other claim's business", legacy, claim(criterion.Lint, "tool", "ruff"), "", ""},
	}
	for _, tt := range tests {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(tt.name, func(t *testing.T) {
				lines := func(s string) string { return strings.ReplaceAll(s, "\n", eol) }
				got, _, err := modify(t, lines(tt.src), tt.claim)
				if err != nil {
					t.Fatal(err)
				}
				want := lines(strings.Replace(tt.src, tt.old, tt.with, 1))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				parses(t, []byte(got))
				if again, _, err := modify(t, got, tt.claim); err == nil && again != got {
					t.Errorf("the second run changed it again:\n%s", cmp.Diff(got, again))
				}
			})
		}
	}
}

func TestModifyRefusesWhatIsNotSafe(t *testing.T) {
	tests := []struct {
		name, src string
		claim     criterion.Claim
		want      string
	}{
		{"broken", "FROM x:1\nRUN <<EOF\n", claim(criterion.NonRoot), "Dockerfile:"},
		{"no image", "FROM\n", claim(criterion.NonRoot), "no FROM"},
		{"no stage", "ARG A=1\n", claim(criterion.NonRoot), "no FROM"},
		{"multi-stage", legacy, claim(criterion.MultiStage), "git mv Dockerfile Dockerfile.old"},
		{"health program is missing", "FROM alpine:3.22\nCMD [\"a\"]\n", claim(criterion.HealthCheck), "no health command"},
		{"route that the source lacks", legacy, claim(criterion.HealthCheck, "path", "/nope"), "/health (main.go:12)"},
		{"script as start command", "FROM x:1\nCMD a; b\n", claim(criterion.Signals), "script of several commands"},
		{"entrypoint that ignores CMD", "FROM x:1\nENTRYPOINT a\nCMD b\n", claim(criterion.Signals), "decide which"},
		{"another shell", "FROM x:1\nSHELL [\"bash\", \"-c\"]\nCMD a b\n", claim(criterion.Signals), "another shell"},
		{"npm script that is a shell's", "FROM x:1\nCMD npm run dev && x || y\n", claim(criterion.Signals), "script of several commands"},
		{"unknown base", "FROM acme/base\n", claim(criterion.BasePinned), "acme/base"},
		{"another port", legacy, claim(criterion.Expose, "port", "9999"), "listens on 8000"},
		{"root", legacy, claim(criterion.NonRoot, "uid", "0"), "DK001"},
		{"secret among others", "FROM x:1\nENV A=1 API_KEY=abc\n", claim(criterion.NoSecrets), "API_KEY"},
		{"lock file that is not copied", "FROM node:22\nCOPY package.json ./\nRUN npm install\n", claim(criterion.LockFile), "not copied"},
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

func TestModifySeveralClaimsAtOnce(t *testing.T) {
	got, out, err := modify(t, legacy, claim(criterion.NonRoot), claim(criterion.HealthCheck), claim(criterion.Signals), claim(criterion.BasePinned),
		claim(criterion.Labels), claim(criterion.MultiStage))
	if err != nil {
		t.Fatal(err)
	}
	parses(t, []byte(got))
	golden(t, "modify/several.Dockerfile", []byte(got))
	if !strings.Contains(strings.Join(out.Notes, "\n"), "not done: a second stage") {
		t.Errorf("what could not be done is not said: %q", out.Notes)
	}
	if len(out.Suggested) != 1 || out.Suggested[0].Path != ".dockerignore" {
		t.Errorf("suggested: %v", out.Suggested)
	}
}

func TestModifyMendsProblems(t *testing.T) {
	src := "FROM python:3.12\nENV API_KEY=abc\nADD a /a\nCMD [\"a\"]\n"
	r := request("Dockerfile", map[string]string{"Dockerfile": src})
	at := strings.Index(src, "ADD")
	r.Problems = []finding.Finding{
		{Rule: "DK001", Span: finding.LineSpan("Dockerfile", 1)},
		{Rule: "DK005", Span: finding.LineSpan("Dockerfile", 2)},
		{Rule: "DK017", Span: finding.LineSpan("Dockerfile", 3), Fix: &finding.Fix{Edits: []finding.Edit{{File: "Dockerfile", Start: at, End: at + 3, New: "COPY"}}}},
		{Rule: "DK001", Span: finding.LineSpan("other/Dockerfile", 1)},
		{Rule: "DK018", Span: finding.LineSpan("Dockerfile", 3), Message: "remote ADD without --checksum"},
	}
	out, err := Modify(r)
	if err != nil {
		t.Fatal(err)
	}
	got := string(out.Content)
	if strings.Contains(got, "API_KEY") || !strings.Contains(got, "USER 10001:10001\n") || !strings.Contains(got, "COPY a /a\n") {
		t.Errorf("problems are still there:\n%s", got)
	}
	if !strings.Contains(strings.Join(out.Notes, "\n"), "line 3: remote ADD without --checksum (DK018): a person must decide how") {
		t.Errorf("notes: %q", out.Notes)
	}
}

func TestModifyLeavesItsOwnFileWhenThereIsNothingToDo(t *testing.T) {
	c, rec := pythonService()
	r := request("Dockerfile", nil, c, rec)
	own := write(t, r)
	r = request("Dockerfile", map[string]string{"Dockerfile": string(own.Content)}, c, rec)
	r.Unproven = []criterion.Claim{claim(criterion.MultiStage), claim(criterion.ImageSize, "max", "1MB")}
	out, err := Modify(r)
	if err != nil || string(out.Content) != string(own.Content) {
		t.Errorf("%v\n%s", err, cmp.Diff(string(own.Content), string(out.Content)))
	}
}

func TestModifyWritesAnUntouchedFileAnew(t *testing.T) {
	c, rec := pythonService()
	r := request("Dockerfile", map[string]string{"Dockerfile": string(artifact.Seal([]byte("FROM x:1\n")))}, c, rec)
	out, err := Modify(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := write(t, r); string(out.Content) != string(want.Content) {
		t.Errorf("not the file that Write makes:\n%s", out.Content)
	}
}

// files draws Dockerfiles in many styles.
func files(t *rapid.T) string {
	var b strings.Builder
	stages := rapid.IntRange(1, 3).Draw(t, "stages")
	for range stages {
		b.WriteString(rapid.SampledFrom([]string{"FROM python\n", "from  node:22  as x\n", "FROM --platform=linux/amd64 alpine:3.22\n"}).Draw(t, "from"))
		n := rapid.IntRange(0, 7).Draw(t, "instructions")
		for range n {
			b.WriteString(rapid.SampledFrom([]string{
				"\n", "# comment ünï\n", "RUN a \\\n  # inside\n  && b\n", "RUN <<EOF\nnpm install\n# heredoc\nEOF\n", "COPY . .\n", "USER root\n", "USER app\n",
				"EXPOSE 80\n", "  CMD python app.py\n", "CMD [\"a\"]\n", "ENTRYPOINT run \"$X\"\n", "HEALTHCHECK CMD curl http://x/y\n", "ENV A=b \\\n    TOKEN=c\n",
				"ENV PASSWORD=x\n", "LABEL a=b\n", "ARG VERSION\n", "RUN npm install\n",
			}).Draw(t, "line"))
		}
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

var all = []criterion.Claim{
	claim(criterion.NonRoot), claim(criterion.HealthCheck, "interval", "7s"), claim(criterion.Signals), claim(criterion.BasePinned), claim(criterion.Expose, "port", "8000"),
	claim(criterion.Labels), claim(criterion.NoSecrets), claim(criterion.LockFile), claim(criterion.Platform, "platforms", "linux/arm64"),
}

// kept is what no claim may touch: RUN and COPY in full, and comments that are not right above something taken out.
func kept(f *syntax.File) []string {
	var out []string
	for _, in := range f.Instructions {
		if in.Name == "COPY" || in.Name == "RUN" && !strings.Contains(in.Source(), "npm") {
			out = append(out, in.Source())
		}
	}
	return out
}

func TestModifyLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := files(rt)
		before, err := syntax.Parse([]byte(src))
		if err != nil {
			rt.Skip("BuildKit does not read it")
		}
		var claims []criterion.Claim
		for _, c := range all {
			if rapid.Bool().Draw(rt, c.Name) {
				claims = append(claims, c)
			}
		}
		got, _, err := modify(t, src, claims...)
		if err != nil {
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) {
				rt.Fatal(err)
			}
			return
		}
		after, err := syntax.Parse([]byte(got))
		if err != nil {
			rt.Fatalf("%v\n%s", err, got)
		}
		if diff := cmp.Diff(kept(before), kept(after)); diff != "" {
			rt.Fatalf("steps changed:\n%s\n%s\n=>\n%s", diff, src, got)
		}
		if strings.Contains(src, "\r\n") && strings.Count(got, "\n") != strings.Count(got, "\r\n") {
			rt.Fatalf("line ends are mixed: %q", got)
		}
		if again, _, err := modify(t, got, claims...); err == nil && again != got {
			rt.Fatalf("the second run changed it again:\n%s\n%s", cmp.Diff(got, again), src)
		}
	})
}

func FuzzModify(f *testing.F) {
	f.Add(legacy, uint16(0xffff))
	f.Add("FROM x\nHEALTHCHECK CMD curl http://a\n", uint16(0xffff))
	f.Fuzz(func(t *testing.T, src string, mask uint16) {
		var claims []criterion.Claim
		for i, c := range all {
			if mask&(1<<i) != 0 {
				claims = append(claims, c)
			}
		}
		got, _, err := modify(t, src, claims...)
		if err != nil {
			var refusal *artifact.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if _, err := syntax.Parse([]byte(got)); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
	})
}
