package proof

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// Root under another name, and a user that no system has, are no proof of a user other than root.
func TestNonRootIsNotRootByAnotherName(t *testing.T) {
	for lines, want := range map[string]bool{
		"RUN useradd -o -u 0 app\nUSER app\n": false, "RUN useradd --uid=0 -o app\nUSER app\n": false, "USER 99999999999\n": false,
		"RUN useradd -u 1000 app\nUSER app\n": true, "USER 65532\n": true,
		"USER 65532\nENTRYPOINT [\"sudo\", \"/app\"]\n": false, "USER 65532\nCMD [\"/app\", \"serve\"]\n": true,
	} {
		in := Input{Tree: repo.Memory(map[string]string{"Dockerfile": "FROM debian:13\n" + lines}), Files: []string{"Dockerfile"}, Facts: &stack.Facts{}}
		if got := Decide(in, []string{"Non-root user"})[0]; (got.Status == CriterionProven) != want {
			t.Errorf("%q: %s (%s), want proven: %v", lines, got.Status, got.Reason, want)
		}
	}
}

// A process behind a shell or sudo does not get the signal.
func TestSignalsBehindAShell(t *testing.T) {
	for start, want := range map[string]bool{
		`["/bin/sh", "/x"]`: false, `["bash", "run"]`: false, `["sudo", "/app"]`: false, `["/app"]`: true, `["sh", "-c", "exec /app"]`: true, `["tini", "--", "/app"]`: true,
	} {
		in := Input{Tree: repo.Memory(map[string]string{"Dockerfile": "FROM debian:13\nENTRYPOINT " + start + "\n"}), Files: []string{"Dockerfile"}, Facts: &stack.Facts{}}
		if got := Decide(in, []string{"Proper signal handling"})[0]; (got.Status == CriterionProven) != want {
			t.Errorf("%s: %s (%s), want proven: %v", start, got.Status, got.Reason, want)
		}
	}
}
