package golang

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// piece is a part of a text that the source puts together: a literal, or an environment variable with its default.
type piece struct {
	env  string
	flag string
	def  string
	pos  token.Pos
}

type pieces []piece

// text is the value without any setting from outside.
func (p pieces) text() string {
	var b strings.Builder
	for _, x := range p {
		b.WriteString(x.def)
	}
	return b.String()
}

// scope is where names are looked up: the assignments of one function, then the package.
type scope struct {
	s      *sources
	src    *source
	locals map[string][]ast.Expr
	left   int // steps that the present evaluation may still take
}

const (
	maxEval  = 8   // how deep names are followed
	maxSteps = 400 // how many expressions one evaluation looks at: names that are assigned many times multiply
)

var (
	envHelper = regexp.MustCompile(`(?i)env`)
	envName   = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,60}$`)
)

func newScope(s *sources, src *source, fn *ast.FuncDecl) *scope {
	sc := &scope{s: s, src: src, locals: map[string][]ast.Expr{}}
	if fn == nil || fn.Body == nil {
		return sc
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				id, ok := l.(*ast.Ident)
				if !ok || id.Name == "_" {
					continue
				}
				if i < len(n.Rhs) {
					sc.locals[id.Name] = append(sc.locals[id.Name], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if i < len(n.Values) {
					sc.locals[id.Name] = append(sc.locals[id.Name], n.Values[i])
				}
			}
		case *ast.CallExpr:
			if id := flagTarget(n); id != nil {
				sc.locals[id.Name] = append(sc.locals[id.Name], n)
			}
		}
		return true
	})
	return sc
}

// flagTarget is the variable that flag.StringVar(&addr, …) fills; nil for any other call.
func flagTarget(call *ast.CallExpr) *ast.Ident {
	if len(call.Args) < 3 || !isVarFlag(callee(call)) {
		return nil
	}
	if u, ok := call.Args[0].(*ast.UnaryExpr); ok && u.Op == token.AND {
		id, _ := u.X.(*ast.Ident)
		return id
	}
	return nil
}

// isVarFlag tells the calls that fill a variable with a flag: StringVar, and pflag's StringVarP.
func isVarFlag(fn string) bool { return strings.HasSuffix(strings.TrimSuffix(method(fn), "P"), "Var") }

// eval puts an expression together as far as the source says its value.
func (sc *scope) eval(e ast.Expr, depth int) pieces {
	sc.begin(depth)
	if sc.left--; depth > maxEval || e == nil || sc.left < 0 {
		return nil
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e)
	case *ast.ParenExpr:
		return sc.eval(e.X, depth+1)
	case *ast.StarExpr:
		return sc.eval(e.X, depth+1)
	case *ast.UnaryExpr:
		return sc.eval(e.X, depth+1)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return append(slices.Clip(sc.eval(e.X, depth+1)), sc.eval(e.Y, depth+1)...)
		}
	case *ast.Ident:
		return sc.ident(e, depth)
	case *ast.SelectorExpr:
		return sc.selector(e, depth)
	case *ast.CallExpr:
		return sc.call(e, depth)
	}
	return nil
}

// begin starts the count of steps at the top of an evaluation.
func (sc *scope) begin(depth int) {
	if depth == 0 {
		sc.left = maxSteps
	}
}

func literal(e *ast.BasicLit) pieces {
	switch e.Kind {
	case token.STRING:
		if v, err := strconv.Unquote(e.Value); err == nil {
			return pieces{{def: v, pos: e.Pos()}}
		}
	case token.INT:
		return pieces{{def: strings.ReplaceAll(e.Value, "_", ""), pos: e.Pos()}}
	}
	return nil
}

// ident merges everything that is assigned to a name: the variable from one assignment, the default from another.
func (sc *scope) ident(id *ast.Ident, depth int) pieces {
	sc.begin(depth)
	var all []pieces
	for _, x := range sc.locals[id.Name] {
		if p := sc.eval(x, depth+1); len(p) > 0 {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		if x, ok := sc.s.consts[sc.src.dir+"."+id.Name]; ok {
			return sc.constant(x, depth)
		}
		return nil
	}
	return merge(all)
}

// constant evaluates what a package-level name holds, without the locals of the function that names it.
func (sc *scope) constant(x ast.Expr, depth int) pieces {
	inner := &scope{s: sc.s, src: sc.src, left: sc.left}
	out := inner.eval(x, depth+1)
	sc.left = inner.left
	return out
}

func (sc *scope) selector(e *ast.SelectorExpr, depth int) pieces {
	if x, ok := e.X.(*ast.Ident); ok {
		for ip, name := range sc.src.imports {
			if name != x.Name {
				continue
			}
			for key, c := range sc.s.consts {
				if dir, n, _ := strings.Cut(key, "."+e.Sel.Name); n == "" && strings.HasSuffix(key, "."+e.Sel.Name) && strings.HasSuffix(ip, lastDir(dir)) {
					return sc.constant(c, depth)
				}
			}
		}
	}
	return bestField(sc.s.fields[e.Sel.Name])
}

func lastDir(dir string) string { return "/" + dir[strings.LastIndex(dir, "/")+1:] }

// bestField picks, of all values that fields of one name are given, one that comes from outside, else the first. Ports of
// well-known servers belong to some client's settings.
func bestField(all []pieces) pieces {
	var list []pieces
	for _, p := range all {
		if !serverPorts[p.text()] {
			list = append(list, p)
		}
	}
	return merge(list)
}

var serverPorts = map[string]bool{
	"5432": true, "3306": true, "6379": true, "27017": true, "5672": true, "9092": true, "4222": true, "9200": true, "11211": true, "25": true, "587": true, "465": true,
}

// merge takes the variable from the first value that has one, and the literal from the first that has one.
func merge(all []pieces) pieces {
	if len(all) == 0 {
		return nil
	}
	out := slices.Clone(all[0])
	if len(out) != 1 {
		return out
	}
	for _, p := range all[1:] {
		if len(p) != 1 {
			continue
		}
		if out[0].env == "" && out[0].flag == "" {
			out[0].env, out[0].flag = p[0].env, p[0].flag
		}
		if out[0].def == "" {
			out[0].def = p[0].def
		}
	}
	return out
}

// call understands the calls that pass a value on: environment look-ups with and without a default, conversions, formats, flags.
func (sc *scope) call(e *ast.CallExpr, depth int) pieces {
	fn := callee(e)
	switch fn {
	case "strconv.Itoa", "strconv.Atoi", "strconv.ParseInt", "strconv.ParseUint", "strings.TrimSpace", "string", "int", "int64", "uint16", "fmt.Sprint", "strings.TrimPrefix":
		if len(e.Args) > 0 {
			return sc.eval(e.Args[0], depth+1)
		}
	case "net.JoinHostPort":
		if len(e.Args) == 2 {
			host, port := sc.eval(e.Args[0], depth+1), sc.eval(e.Args[1], depth+1)
			return slices.Concat(host, pieces{{def: ":"}}, port)
		}
	case "fmt.Sprintf":
		return sc.format(e, depth)
	case "cmp.Or":
		var all []pieces
		for _, a := range e.Args {
			all = append(all, sc.eval(a, depth+1))
		}
		return merge(slices.DeleteFunc(all, func(p pieces) bool { return len(p) == 0 }))
	}
	if p, ok := sc.environment(e, fn, depth); ok {
		return p
	}
	return sc.flagValue(e, fn, depth)
}

// environment is a look-up of a variable: os.Getenv, os.LookupEnv, or a helper of the program's own named after it.
func (sc *scope) environment(e *ast.CallExpr, fn string, depth int) (pieces, bool) {
	sc.begin(depth)
	if len(e.Args) == 0 || !envHelper.MatchString(fn) || strings.HasSuffix(fn, "Setenv") {
		return nil, false
	}
	name := sc.eval(e.Args[0], depth+1)
	if len(name) != 1 || !envName.MatchString(name[0].def) {
		return nil, false
	}
	p := piece{env: name[0].def, pos: e.Pos()}
	if len(e.Args) > 1 {
		p.def = sc.eval(e.Args[1], depth+1).text()
	}
	return pieces{p}, true
}

// flagValue is the default of a command-line flag.
func (sc *scope) flagValue(e *ast.CallExpr, fn string, depth int) pieces {
	sc.begin(depth)
	if len(e.Args) < 3 || !strings.Contains(fn, "lag") && !isVarFlag(fn) {
		return nil
	}
	i := 0
	if isVarFlag(fn) {
		i = 1
	}
	if len(e.Args) < i+3 {
		return nil
	}
	name, def := sc.eval(e.Args[i], depth+1), e.Args[i+1]
	if strings.HasSuffix(fn, "P") {
		def = e.Args[min(i+2, len(e.Args)-1)]
	}
	value := sc.eval(def, depth+1)
	if len(name) != 1 || len(value) != 1 {
		return value
	}
	return pieces{{env: value[0].env, flag: name[0].def, def: value[0].def, pos: e.Pos()}}
}
