package shell

import (
	"fmt"
	"strings"

	"github.com/autogit/autogit/internal/syntax"
)

// maxScript is the longest script that is read.
const maxScript = 256 << 10

// checkDepth refuses a script that may nest too deep. The parser underneath has no such limit, and a stack that
// overflows ends the program. It counts openers without looking at quotes, so it may count too many: a script
// that people write stays far below the limit.
func checkDepth(script string) *Error {
	if len(script) > maxScript {
		return &Error{Line: 1, Column: 1, Message: fmt.Sprintf("script has %d bytes, at most %d are read", len(script), maxScript)}
	}
	const limit = 2 * syntax.MaxDepth
	open, run, ticks := 0, 0, 0
	for i := 0; i < len(script); i++ {
		switch c := script[i]; c {
		case '(', '{', '[':
			open++
		case ')', '}', ']':
			open = max(0, open-1)
		case '!', '-', '+', '~':
			run++
			if run > limit {
				return tooDeep(script, i)
			}
			continue
		case '`', '\\':
			ticks++
			if ticks > limit && c == '`' && strings.HasSuffix(script[:i], `\`) {
				return tooDeep(script, i)
			}
			continue
		case ' ', '\t', '\n':
			continue
		}
		run = 0
		if open > limit {
			return tooDeep(script, i)
		}
	}
	return checkWords(script, limit)
}

// checkWords counts the words that open a compound command, or stand before another command.
func checkWords(script string, limit int) *Error {
	open, before := 0, 0
	for w := range strings.FieldsSeq(script) {
		switch strings.Trim(w, ";") {
		case "if", "while", "until", "for", "case", "select", "function":
			open++
		case "fi", "done", "esac":
			open = max(0, open-1)
		case "time", "coproc", "!", "-p", "f()":
			before++
			if before > limit {
				return tooDeep(script, 0)
			}
			continue
		}
		if strings.HasSuffix(w, "()") {
			before++
		} else {
			before = 0
		}
		if open > limit || before > limit {
			return tooDeep(script, 0)
		}
	}
	return nil
}

func tooDeep(script string, at int) *Error {
	return &Error{Line: 1 + strings.Count(script[:at], "\n"), Column: 1, Message: "script is nested too deep to be read"}
}
