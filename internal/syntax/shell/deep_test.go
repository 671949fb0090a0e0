package shell_test

import (
	"strings"
	"testing"

	"github.com/autogit/autogit/internal/syntax/shell"
)

// A stack that overflows ends the program, and cannot be recovered from: very deep scripts must be refused.
func TestDeepNestingEnds(t *testing.T) {
	const n = 256<<10 - 20
	for _, unit := range []string{"(", "$(", "if ", "{ ", "! ", "`", "\"$(", "$((-", "$((", "[[ ! ", "[[ (", "while ", "a && ", "a | ", "f() ", "case x in a) ", "${a:-", "<(", "a=(", "for ((", "time ", "coproc ", "<<E", "${a[", "@(", "\\`", "$[", "\"${a:-"} {
		_, _ = shell.Parse(strings.Repeat(unit, n/len(unit)))
	}
	_, _ = shell.Parse("[[ " + strings.Repeat("! ", n/2))
	_, _ = shell.Parse("$((" + strings.Repeat("-", n))
	_, _ = shell.Parse("[[ " + strings.Repeat("(", n))
	_, _ = shell.Parse("[[ a " + strings.Repeat("&& a", n/4))
	_, _ = shell.Parse("echo $((" + strings.Repeat("1+", n/2))
	_, _ = shell.Parse("echo $((" + strings.Repeat("a?", n/2))
}
