package golang

import (
	"go/ast"
	"go/token"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// facts is what the walk over the sources found, each with the folder of the package that it was found in.
type facts struct {
	listens  []listen
	routes   []route
	env      []placed[stack.Variable]
	assets   []placed[stack.Fact]
	commands []placed[stack.Fact] // sub-commands that serve: cobra's "serve"
}

type placed[T any] struct {
	dir   string
	value T
}

type listen struct {
	dir  string
	addr pieces
	at   finding.Evidence
	grpc bool
}

type route struct {
	dir, path string
	devOnly   bool
	at        finding.Evidence
}

// collect reads constants and settings first, because listen calls refer to them, then everything else.
func (s *sources) collect() {
	for _, src := range s.files {
		s.collectConsts(src)
		s.collectEmbeds(src)
	}
	for _, src := range s.files {
		s.eachFunc(src, func(sc *scope, n ast.Node) { s.collectFields(sc, n) })
		s.collectTags(src)
	}
	for _, src := range s.files {
		s.eachFunc(src, func(sc *scope, n ast.Node) {
			w := &walker{s: s, src: src, sc: sc, groups: map[string]string{}}
			ast.Walk(w, n)
		})
	}
}

// eachFunc calls f with every top-level declaration and the scope to look its names up in.
func (s *sources) eachFunc(src *source, f func(*scope, ast.Node)) {
	for _, d := range src.ast.Decls {
		fn, _ := d.(*ast.FuncDecl)
		f(newScope(s, src, fn), d)
	}
}

func (s *sources) collectConsts(src *source) {
	for _, d := range src.ast.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || (g.Tok != token.CONST && g.Tok != token.VAR) {
			continue
		}
		for _, sp := range g.Specs {
			v, ok := sp.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range v.Names {
				if i < len(v.Values) {
					s.consts[src.dir+"."+id.Name] = v.Values[i]
				}
			}
		}
	}
}

var embedLine = regexp.MustCompile(`^//go:embed\s+(.+)$`)

func (s *sources) collectEmbeds(src *source) {
	for i, l := range src.lines {
		m := embedLine.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		for _, w := range strings.Fields(m[1]) {
			w = strings.TrimPrefix(strings.Trim(w, "\"`"), "all:")
			if j := strings.IndexAny(w, "*?["); j >= 0 {
				w = w[:j]
			}
			w = strings.TrimSuffix(w, "/")
			p := stack.Rel(s.scan.Dir, src.dir)
			if w != "" {
				p = joinRel(p, w)
			}
			s.embeds = stack.Add(s.embeds, *stack.DeclaredFact(p, stack.At(src.path, i+1, l)))
		}
	}
}

func joinRel(dir, p string) string {
	if dir == "." {
		return strings.TrimPrefix(p, "./")
	}
	return dir + "/" + strings.TrimPrefix(p, "./")
}

// collectFields notes what settings fields hold: Config{Port: 8080}, cfg.Port = port.
func (s *sources) collectFields(sc *scope, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				s.field(key.Name, sc.eval(n.Value, 0))
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if sel, ok := l.(*ast.SelectorExpr); ok && i < len(n.Rhs) {
					s.field(sel.Sel.Name, sc.eval(n.Rhs[i], 0))
				}
			}
		case *ast.CallExpr:
			s.flagVar(sc, n)
		}
		return true
	})
}

// flagVar notes the default of flag.StringVar(&cfg.Addr, "addr", ":8080", …).
func (s *sources) flagVar(sc *scope, call *ast.CallExpr) {
	fn := callee(call)
	if !isVarFlag(fn) || len(call.Args) < 3 {
		return
	}
	value := sc.flagValue(call, fn, 0)
	target, ok := call.Args[0].(*ast.UnaryExpr)
	if !ok || len(value) == 0 {
		return
	}
	if x, ok := target.X.(*ast.SelectorExpr); ok {
		s.field(x.Sel.Name, value)
	}
}

func (s *sources) field(name string, value pieces) {
	if len(value) > 0 && len(s.fields[name]) < 20 {
		s.fields[name] = append(s.fields[name], value)
	}
}

// collectTags reads settings that struct tags declare: env:"PORT" envDefault:"8080", envconfig:"PORT" default:"8080".
func (s *sources) collectTags(src *source) {
	ast.Inspect(src.ast, func(n ast.Node) bool {
		f, ok := n.(*ast.Field)
		if !ok || f.Tag == nil {
			return true
		}
		raw, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return true
		}
		tag := reflect.StructTag(raw)
		name, opts, _ := strings.Cut(tag.Get("env"), ",")
		if name == "" {
			name = tag.Get("envconfig")
		}
		if !envName.MatchString(strings.ToUpper(name)) {
			return true
		}
		name = strings.ToUpper(name)
		def := tag.Get("envDefault")
		if def == "" {
			def = tag.Get("default")
		}
		for _, o := range strings.Split(opts, ",") { // sethvargo/go-envconfig
			if d, ok := strings.CutPrefix(o, "default="); ok {
				def = d
			}
		}
		v := stack.NewVariable(name, def, s.at(src, f.Pos()))
		v.Required = strings.Contains(opts, "required") || strings.Contains(opts, "notEmpty") || tag.Get("required") == "true"
		s.facts.env = append(s.facts.env, placed[stack.Variable]{src.dir, v})
		for _, id := range f.Names {
			s.field(id.Name, pieces{{env: name, def: def, pos: f.Pos()}})
		}
		return true
	})
}
