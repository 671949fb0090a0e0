package golang

import (
	"go/ast"
	"regexp"
	"strings"
)

var verb = regexp.MustCompile(`%[-+ #0]*\d*[a-z]`)

func (sc *scope) format(e *ast.CallExpr, depth int) pieces {
	if len(e.Args) == 0 {
		return nil
	}
	f := sc.eval(e.Args[0], depth+1).text()
	var out pieces
	arg := 1
	for {
		loc := verb.FindStringIndex(f)
		if loc == nil {
			break
		}
		out = append(out, piece{def: f[:loc[0]], pos: e.Pos()})
		if arg < len(e.Args) {
			out = append(out, sc.eval(e.Args[arg], depth+1)...)
		}
		arg++
		f = f[loc[1]:]
	}
	return append(out, piece{def: f, pos: e.Pos()})
}

// callee is the called function as written: "http.ListenAndServe", "getEnv"; methods of calls have only their own name.
func callee(e *ast.CallExpr) string {
	switch f := e.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	}
	return ""
}

func method(fn string) string { return fn[strings.LastIndex(fn, ".")+1:] }
