package e2e

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// contexts are the values that ${{ }} expressions see: nested maps with lower-case keys.
type contexts map[string]any

var placeholder = regexp.MustCompile(`\$\{\{.*?\}\}`)

// expand replaces the placeholders of a text. An expression that it cannot value is an error, never empty text: a step
// must not pass because it ran something else.
func (c contexts) expand(text string) (string, error) {
	var failed error
	out := placeholder.ReplaceAllStringFunc(text, func(p string) string {
		v, err := c.value(strings.TrimPrefix(p, "${{"))
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", p, err)
		}
		return asText(v)
	})
	return out, failed
}

// holds values a condition, with or without its placeholder.
func (c contexts) holds(condition string) (bool, error) {
	expr := strings.TrimSpace(condition)
	if strings.HasPrefix(expr, "${{") {
		expr = strings.TrimPrefix(expr, "${{")
	} else {
		expr += "}}"
	}
	v, err := c.value(expr)
	return isTrue(v), err
}

// value evaluates an expression that ends in }}.
func (c contexts) value(expr string) (any, error) {
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(expr))
	if err != nil {
		return nil, err
	}
	return c.eval(node)
}

func (c contexts) eval(node actionlint.ExprNode) (any, error) {
	switch n := node.(type) {
	case *actionlint.NullNode:
		return nil, nil
	case *actionlint.BoolNode:
		return n.Value, nil
	case *actionlint.IntNode:
		return strconv.Itoa(n.Value), nil
	case *actionlint.StringNode:
		return n.Value, nil
	case *actionlint.VariableNode:
		return member(map[string]any(c), n.Name)
	case *actionlint.ObjectDerefNode:
		return c.deref(n.Receiver, n.Property)
	case *actionlint.IndexAccessNode:
		key, err := c.eval(n.Index)
		if err != nil {
			return nil, err
		}
		return c.deref(n.Operand, asText(key))
	case *actionlint.NotOpNode:
		v, err := c.eval(n.Operand)
		return !isTrue(v), err
	case *actionlint.CompareOpNode:
		return c.compare(n)
	case *actionlint.LogicalOpNode:
		left, err := c.eval(n.Left)
		if err != nil || isTrue(left) == (n.Kind == actionlint.LogicalOpNodeKindOr) {
			return left, err
		}
		return c.eval(n.Right)
	case *actionlint.FuncCallNode:
		return c.call(n)
	}
	return nil, fmt.Errorf("no value for %T", node)
}

func (c contexts) deref(receiver actionlint.ExprNode, key string) (any, error) {
	v, err := c.eval(receiver)
	if err != nil {
		return nil, err
	}
	return member(v, key)
}

// member is a property of an object. A secret that is not set is empty on GitHub too; any other unknown name is a fault.
func member(v any, key string) (any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%q is asked of what is no object", key)
	}
	got, ok := m[strings.ToLower(key)]
	if !ok {
		if _, open := m["*"]; open {
			return "", nil
		}
		return nil, fmt.Errorf("unknown name %q", key)
	}
	return got, nil
}

func (c contexts) compare(n *actionlint.CompareOpNode) (any, error) {
	left, err := c.eval(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.eval(n.Right)
	if err != nil {
		return nil, err
	}
	same := strings.EqualFold(asText(left), asText(right))
	switch n.Kind {
	case actionlint.CompareOpNodeKindEq:
		return same, nil
	case actionlint.CompareOpNodeKindNotEq:
		return !same, nil
	}
	return nil, fmt.Errorf("operator %s is not known here", n.Kind)
}

func (c contexts) call(n *actionlint.FuncCallNode) (any, error) {
	args := make([]string, len(n.Args))
	for i, a := range n.Args {
		v, err := c.eval(a)
		if err != nil {
			return nil, err
		}
		args[i] = asText(v)
	}
	switch name := strings.ToLower(n.Callee); {
	case name == "always" || name == "success":
		return true, nil
	case name == "failure" || name == "cancelled":
		return false, nil
	case name == "hashfiles":
		return "0000", nil
	case len(args) == 2 && name == "startswith":
		return strings.HasPrefix(strings.ToLower(args[0]), strings.ToLower(args[1])), nil
	case len(args) == 2 && name == "contains":
		return strings.Contains(strings.ToLower(args[0]), strings.ToLower(args[1])), nil
	}
	return nil, fmt.Errorf("function %s is not known here", n.Callee)
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func isTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	}
	return v != nil
}

func TestExpressions(t *testing.T) {
	c := contexts{
		"github":  map[string]any{"event_name": "pull_request", "ref": "refs/pull/1/merge", "run_id": "7"},
		"matrix":  map[string]any{"go": "1.26"},
		"secrets": map[string]any{"*": ""},
	}
	for text, want := range map[string]string{
		"go ${{ matrix.go }} run ${{github.run_id}}":                      "go 1.26 run 7",
		"${{ github.event_name == 'pull_request' && github.ref || 'x' }}": "refs/pull/1/merge",
		"${{ github.event_name != 'pull_request' }}":                      "false",
		"${{ startsWith(github.ref, 'refs/tags/') || secrets.TOKEN }}":    "",
		"${{ !contains(github.ref, 'pull') }}":                            "false",
		"${{ matrix['go'] }}":                                             "1.26",
		"no expression, $HOME and $(date)":                                "no expression, $HOME and $(date)",
	} {
		if got, err := c.expand(text); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${{ github.nosuch }}", "${{ nosuch.x }}", "${{ toJSON(matrix) }}", "${{ matrix.go.deeper }}", "${{ 1 + }}"} {
		if got, err := c.expand(text); err == nil {
			t.Errorf("%s = %q; want an error", text, got)
		}
	}
}
