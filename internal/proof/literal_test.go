package proof

import (
	"testing"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stack"
)

// A word that says "change me" is the password all the same while it stands there; a switch is none.
func TestNoLiteralSecretsIsStrict(t *testing.T) {
	for env, want := range map[string]Status{
		"POSTGRES_PASSWORD: changeme": Unproven, "POSTGRES_PASSWORD: ${PW:-example}": Unproven, "API_TOKEN: abc": Unproven,
		"POSTGRES_PASSWORD: ${PW:?set it}": Proven, "POSTGRES_PASSWORD_FILE: /run/secrets/pw": Proven, "MYSQL_RANDOM_ROOT_PASSWORD: \"yes\"": Proven, "TOKEN_TTL: 3600": Proven,
	} {
		in := Input{Tree: repo.Memory(map[string]string{"docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    environment:\n      " + env + "\n"}), Files: []string{"docker-compose.yml"}, Facts: &stack.Facts{}}
		if got := Decide(in, []string{"No hard-coded passwords"})[0]; (got.Status == CriterionProven) != (want == Proven) {
			t.Errorf("%s: %s (%s), want %s", env, got.Status, got.Reason, want)
		}
	}
}
