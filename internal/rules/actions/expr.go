package actions

import (
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// maxExpression is the longest expression that is read: deep nesting costs stack.
const maxExpression = 4 << 10

// expression is one ${{ … }} in a text.
type expression struct {
	start, end int    // of the text, with the braces
	body       string // between the braces
}

// expressions are the expressions of a text. Strings in them may hold braces.
func expressions(text string) []expression {
	var out []expression
	for from := 0; ; {
		i := strings.Index(text[from:], "${{")
		if i < 0 {
			return out
		}
		start := from + i
		end := closing(text, start+3)
		if end < 0 {
			return out
		}
		out = append(out, expression{start, end + 2, text[start+3 : end]})
		from = end + 2
	}
}

func closing(text string, from int) int {
	quoted := false
	for i := from; i < len(text); i++ {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "}}"):
			return i
		}
	}
	return -1
}

// parse reads an expression; nil when it is too long or broken.
func (e expression) parse() actionlint.ExprNode {
	if len(e.body) > maxExpression || depth(e.body) > 100 {
		return nil
	}
	n, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(e.body + "}}"))
	if err != nil {
		return nil
	}
	return n
}

// depth is how deep brackets and negations are nested.
func depth(s string) int {
	deepest, now, bangs := 0, 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			now++
		case ')', ']':
			now = max(now-1, 0)
		case '!':
			bangs++
		case ' ', '\t', '\n', '\r':
		default:
			bangs = 0
		}
		deepest = max(deepest, now+bangs)
	}
	return deepest
}

// untrusted is the part of an expression that anyone who can open an issue or a pull request may write; empty when
// there is none. What is only compared or searched is harmless.
func (e expression) untrusted() string {
	n := e.parse()
	if n == nil {
		return ""
	}
	if name := whole(n); name != "" {
		return name
	}
	c := actionlint.NewUntrustedInputChecker(actionlint.BuiltinUntrustedInputs)
	c.Init()
	if comparison(n) {
		return ""
	}
	actionlint.VisitExprNode(n, func(node, _ actionlint.ExprNode, entering bool) {
		if entering {
			c.OnVisitNodeEnter(node)
		} else {
			c.OnVisitNodeLeave(node)
		}
	})
	c.OnVisitEnd()
	for _, err := range c.Errs() {
		if _, rest, ok := strings.Cut(err.Message, `"`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			return name
		}
	}
	return ""
}

// comparison: the value is true or false, whatever was compared.
func comparison(n actionlint.ExprNode) bool {
	switch n := n.(type) {
	case *actionlint.CompareOpNode, *actionlint.NotOpNode:
		return true
	case *actionlint.LogicalOpNode:
		return comparison(n.Left) && comparison(n.Right)
	}
	return false
}

// whole is a context that toJSON prints as a whole, untrusted parts included.
func whole(n actionlint.ExprNode) string {
	call, ok := n.(*actionlint.FuncCallNode)
	if !ok || !strings.EqualFold(call.Callee, "toJSON") || len(call.Args) != 1 {
		return ""
	}
	if name := chain(call.Args[0]); slices.Contains(wholes, name) {
		return name
	}
	return ""
}

// wholes are objects with untrusted parts.
var wholes = []string{
	"github", "github.event", "github.event.issue", "github.event.pull_request", "github.event.comment", "github.event.head_commit", "github.event.commits",
}

// chain is a row of properties as text: github.event.issue; empty for anything else.
func chain(n actionlint.ExprNode) string {
	switch n := n.(type) {
	case *actionlint.VariableNode:
		return strings.ToLower(n.Name)
	case *actionlint.ObjectDerefNode:
		if in := chain(n.Receiver); in != "" {
			return in + "." + strings.ToLower(n.Property)
		}
	case *actionlint.IndexAccessNode:
		if s, ok := n.Index.(*actionlint.StringNode); ok {
			if in := chain(n.Operand); in != "" {
				return in + "." + strings.ToLower(s.Value)
			}
		}
	}
	return ""
}

// paths are all chains of properties that an expression reads: secrets.TOKEN, github.ref.
func (e expression) paths() []string {
	n := e.parse()
	if n == nil {
		return nil
	}
	var out []string
	actionlint.VisitExprNode(n, func(node, parent actionlint.ExprNode, entering bool) {
		if !entering {
			return
		}
		if _, inner := parent.(*actionlint.ObjectDerefNode); inner {
			return
		}
		if s := chain(node); s != "" {
			out = append(out, s)
		}
	})
	return out
}
