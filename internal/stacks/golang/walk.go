package golang

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/stack"
)

// walker reads one declaration. It knows the prefix of the routes that it is in, and whether they exist only in development.
type walker struct {
	s      *sources
	src    *source
	sc     *scope
	prefix string
	dev    bool
	groups map[string]string // variables that hold a group of routes, and its prefix
}

var devWord = regexp.MustCompile(`(?i)(^|[^a-z])(is)?_?(dev|debug|development|devmode|develop)`)

// Visit implements ast.Visitor.
func (w *walker) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.IfStmt:
		w.branch(n)
		return nil
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.CompositeLit:
		w.literal(n)
	case *ast.CallExpr:
		return w.call(n)
	}
	return w
}

// branch goes into an if: its body exists only in development when the condition asks for that and does not deny it.
func (w *walker) branch(n *ast.IfStmt) {
	if n.Init != nil {
		ast.Walk(w, n.Init)
	}
	ast.Walk(w, n.Cond)
	body := *w
	cond := w.text(n.Cond)
	asks := devWord.MatchString(cond)
	denied := strings.Contains(cond, "!")
	if asks && !denied {
		body.dev = true
	}
	ast.Walk(&body, n.Body)
	if n.Else != nil {
		other := *w
		if asks && denied {
			other.dev = true
		}
		ast.Walk(&other, n.Else)
	}
}

func (w *walker) text(n ast.Node) string {
	a, b := w.s.fset.Position(n.Pos()), w.s.fset.Position(n.End())
	if a.Line != b.Line || a.Line > len(w.src.lines) || a.Line < 1 {
		return ""
	}
	line := w.src.lines[a.Line-1]
	if a.Column < 1 || b.Column-1 > len(line) || a.Column > b.Column {
		return ""
	}
	return line[a.Column-1 : b.Column-1]
}

func (w *walker) assign(n *ast.AssignStmt) {
	for i, l := range n.Lhs {
		if i >= len(n.Rhs) {
			break
		}
		if sel, ok := l.(*ast.SelectorExpr); ok && sel.Sel.Name == "Addr" {
			w.listen(n.Rhs[i], n.Pos(), false)
		}
		id, ok := l.(*ast.Ident)
		call, isCall := n.Rhs[i].(*ast.CallExpr)
		if !ok || !isCall || len(call.Args) == 0 {
			continue
		}
		if m := method(callee(call)); m == "Group" || m == "PathPrefix" || m == "Route" {
			if p := w.sc.eval(call.Args[0], 0).text(); strings.HasPrefix(p, "/") {
				w.groups[id.Name] = w.base(call) + strings.TrimSuffix(p, "/")
			}
		}
	}
}

// base is the prefix of what a method is called on.
func (w *walker) base(call *ast.CallExpr) string {
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			if p, ok := w.groups[x.Name]; ok {
				return p
			}
		}
	}
	return w.prefix
}

func (w *walker) literal(n *ast.CompositeLit) {
	name := w.typeName(n)
	server := name == "http.Server" || name == "fasthttp.Server"
	cobra := name == "cobra.Command"
	if !server && !cobra {
		return
	}
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := kv.Key.(*ast.Ident)
		if !ok {
			continue
		}
		if server && key.Name == "Addr" {
			w.listen(kv.Value, kv.Pos(), false)
		}
		if cobra && key.Name == "Use" {
			use, _, _ := strings.Cut(w.sc.eval(kv.Value, 0).text(), " ")
			w.s.facts.commands = append(w.s.facts.commands, placed[stack.Fact]{w.src.dir, *stack.DeclaredFact(use, w.s.at(w.src, kv.Pos()))})
		}
	}
}

func (w *walker) listen(addr ast.Expr, pos token.Pos, grpc bool) {
	w.s.facts.listens = append(w.s.facts.listens, listen{w.src.dir, w.sc.eval(addr, 0), w.s.at(w.src, pos), grpc})
}

// call reads one call and says how to go on below it.
func (w *walker) call(n *ast.CallExpr) ast.Visitor {
	fn := callee(n)
	w.listenCall(n, fn)
	w.environment(n, fn)
	w.asset(n, fn)
	if next := w.route(n, fn); next != nil {
		for _, a := range n.Args {
			ast.Walk(next, a)
		}
		return nil
	}
	return w
}

func (w *walker) listenCall(n *ast.CallExpr, fn string) {
	m := method(fn)
	_, gin := w.src.importsPrefix("github.com/gin-gonic/gin")
	_, echo := w.src.importsPrefix("github.com/labstack/echo")
	_, fiber := w.src.importsPrefix("github.com/gofiber/fiber")
	_, iris := w.src.importsPrefix("github.com/kataras/iris")
	switch {
	case (fn == "http.ListenAndServe" || fn == "http.ListenAndServeTLS" || fn == "fasthttp.ListenAndServe") && len(n.Args) > 0:
		w.listen(n.Args[0], n.Pos(), false)
	case m == "Listen" && (fn == "net.Listen" || strings.Contains(fn, "onfig") || strings.HasPrefix(fn, ".")) && len(n.Args) >= 2:
		if i := len(n.Args) - 2; strings.HasPrefix(w.sc.eval(n.Args[i], 0).text(), "tcp") {
			_, grpc := w.src.importsPrefix("google.golang.org/grpc")
			w.listen(n.Args[i+1], n.Pos(), grpc)
		}
	case gin && m == "Run" && len(n.Args) == 0:
		w.s.facts.listens = append(w.s.facts.listens, listen{w.src.dir, pieces{{def: ":"}, {env: "PORT", def: "8080"}}, w.s.at(w.src, n.Pos()), false})
	case gin && m == "Run" && len(n.Args) == 1 && !w.isTest(n.Args[0]), echo && m == "Start" && len(n.Args) == 1, fiber && m == "Listen" && len(n.Args) >= 1, iris && m == "Listen" && len(n.Args) >= 1:
		w.listen(n.Args[0], n.Pos(), false)
	}
}

// isTest tells t.Run("name") apart from a router's Run(":8080"): an address has a colon or is put together.
func (w *walker) isTest(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && !strings.Contains(lit.Value, ":")
}

var required = regexp.MustCompile(`(?i)must|require`)

func (w *walker) environment(n *ast.CallExpr, fn string) {
	p, ok := w.sc.environment(n, fn, 0)
	if !ok {
		return
	}
	v := stack.NewVariable(p[0].env, p[0].def, w.s.at(w.src, n.Pos()))
	v.Required = required.MatchString(method(fn))
	if v.Default == "" && !v.Secret {
		for name, exprs := range w.sc.locals { // v := os.Getenv("X"); if v == "" { v = "default" }
			for _, x := range exprs {
				if x == ast.Expr(n) {
					def := w.sc.ident(&ast.Ident{Name: name}, 0).text()
					v = stack.NewVariable(v.Name, def, v.Evidence)
				}
			}
		}
	}
	w.s.facts.env = append(w.s.facts.env, placed[stack.Variable]{w.src.dir, v})
}

// routeMethods register a handler; groupMethods open a group of routes and hand it to a function.
var (
	routeMethods = map[string]bool{
		"HandleFunc": true, "Handle": true, "GET": true, "Get": true, "HEAD": true, "Head": true, "Any": true, "All": true, "Method": true, "MethodFunc": true,
	}
	groupMethods = map[string]bool{"Route": true, "Group": true, "Mount": true}
)

// route notes a registered path. For a group it returns the walker for what is inside.
func (w *walker) route(n *ast.CallExpr, fn string) ast.Visitor {
	m := method(fn)
	if len(n.Args) == 0 {
		return nil
	}
	if groupMethods[m] && len(n.Args) >= 2 {
		if p := w.sc.eval(n.Args[0], 0).text(); strings.HasPrefix(p, "/") {
			inner := *w
			inner.prefix = w.base(n) + strings.TrimSuffix(p, "/")
			return &inner
		}
	}
	if !routeMethods[m] || len(n.Args) < 2 {
		return nil
	}
	i := 0
	if m == "Method" || m == "MethodFunc" {
		i = 1
	}
	pattern := w.sc.eval(n.Args[i], 0).text()
	verb, p, ok := strings.Cut(pattern, " ")
	if !ok {
		p = pattern
	} else if verb != "GET" && verb != "HEAD" {
		return nil
	}
	p = strings.TrimSpace(p)
	if strings.HasPrefix(p, "/") && len(p) < 200 {
		w.s.facts.routes = append(w.s.facts.routes, route{w.src.dir, w.base(n) + p, w.dev, w.s.at(w.src, n.Pos())})
	}
	return nil
}

// Assets are read at run time by these calls; the number says which argument names the file or folder.
var assetCalls = map[string]int{
	"http.Dir": 0, "template.ParseGlob": 0, "template.ParseFiles": 0, ".ParseGlob": 0, ".ParseFiles": 0, ".LoadHTMLGlob": 0, ".LoadHTMLFiles": 0, ".Static": 1,
	".StaticFile": 1, ".StaticFS": 1, "os.ReadFile": 0, "os.Open": 0, "os.DirFS": 0, "ioutil.ReadFile": 0, "goose.Up": 1, "goose.UpContext": 2, "migrate.New": 0, "html.New": 0,
}

// asset notes files and folders that the program reads, when the repository has them.
func (w *walker) asset(n *ast.CallExpr, fn string) {
	i, ok := assetCalls[fn]
	if !ok {
		i, ok = assetCalls["."+method(fn)]
	}
	if !ok || i >= len(n.Args) {
		return
	}
	p := strings.TrimPrefix(w.sc.eval(n.Args[i], 0).text(), "file://")
	if j := strings.IndexAny(p, "*?["); j >= 0 {
		p = path.Dir(p[:j] + "x")
	}
	p = path.Clean(p)
	if p == "." || path.IsAbs(p) || strings.HasPrefix(p, "..") || strings.ContainsAny(p, "\n\x00\"'` $") {
		return
	}
	full := path.Join(w.s.scan.Dir, p)
	if !w.s.scan.Tree.Has(full) && !w.s.scan.Tree.HasDir(full) {
		return
	}
	w.s.facts.assets = append(w.s.facts.assets, placed[stack.Fact]{w.src.dir, *stack.DerivedFact(p, w.s.at(w.src, n.Pos()))})
}

func (w *walker) typeName(n *ast.CompositeLit) string {
	if n.Type == nil {
		return ""
	}
	return w.text(n.Type)
}
