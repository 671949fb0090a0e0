package golang

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/autogit/autogit/internal/finding"
	"github.com/autogit/autogit/internal/stack"
)

// maxParsed is how many files are parsed: those that say something of how the program runs.
const maxParsed = 600

// source is one parsed file.
type source struct {
	path     string
	dir      string
	ast      *ast.File
	lines    []string
	optional bool // a build tag other than the platform's keeps it out of a plain build
	imports  map[string]string
}

// sources are the non-test files of a module.
type sources struct {
	scan   *stack.Scan
	fset   *token.FileSet
	files  []*source
	mains  []string // package folders with a func main, sorted
	consts map[string]ast.Expr
	fields map[string][]pieces
	embeds []stack.Fact
	facts  facts
}

// telling are texts of which a file must have one to be worth parsing.
var telling = [][]byte{
	[]byte("func main()"), []byte("Listen"), []byte("env"), []byte("Env"), []byte("ealth"), []byte("ping"), []byte("ready"), []byte("live"), []byte("go:embed"),
	[]byte(`"C"`), []byte("flag."), []byte("sql"), []byte("redis"), []byte("mongo"), []byte("kafka"), []byte("nats"), []byte("amqp"),
	[]byte("elastic"), []byte("opensearch"), []byte("memcache"), []byte("minio"), []byte("clickhouse"), []byte("pgx"), []byte("Port"),
	[]byte("template"), []byte("http.Dir"), []byte("migrat"), []byte("os.ReadFile"), []byte("asynq"), []byte("gorm"), []byte(".Run("), []byte(".Start("),
}

func readSources(scan *stack.Scan) *sources {
	s := &sources{scan: scan, fset: token.NewFileSet(), consts: map[string]ast.Expr{}, fields: map[string][]pieces{}}
	for _, p := range scan.Sources([]string{".go"}, []string{"go.mod"}) {
		if strings.HasSuffix(p, "_test.go") || len(s.files) >= maxParsed {
			continue
		}
		data, err := scan.Tree.Read(p)
		if err != nil || !slices.ContainsFunc(telling, func(t []byte) bool { return bytes.Contains(data, t) }) {
			if err == nil && len(s.files) == 0 {
				s.add(p, data) // a module of plain functions is a module still
			}
			continue
		}
		s.add(p, data)
	}
	slices.Sort(s.mains)
	return s
}

var generatedOrTool = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

func (s *sources) add(p string, data []byte) {
	if generatedOrTool.Match(data[:min(len(data), 2048)]) {
		return
	}
	f, err := parser.ParseFile(s.fset, p, data, parser.SkipObjectResolution|parser.ParseComments)
	if f == nil || (err != nil && len(f.Decls) == 0) {
		return
	}
	src := &source{path: p, dir: path.Dir(p), ast: f, lines: s.scan.Tree.Lines(p), imports: map[string]string{}}
	tags, tool := buildTags(f)
	if tool {
		return
	}
	src.optional = tags
	for _, im := range f.Imports {
		ip, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			continue
		}
		name := moduleName(ip)
		if im.Name != nil {
			name = im.Name.Name
		}
		src.imports[ip] = name
	}
	s.files = append(s.files, src)
	if f.Name.Name == "main" && hasMain(f) && !src.optional && !slices.Contains(s.mains, src.dir) {
		s.mains = append(s.mains, src.dir)
	}
}

// buildTags tells whether a plain build on Linux leaves the file out, and whether it only lists tools or is never built.
func buildTags(f *ast.File) (optional, never bool) {
	for _, g := range f.Comments {
		if g.Pos() > f.Package {
			break
		}
		for _, c := range g.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			x, err := constraint.Parse(c.Text)
			if err != nil {
				continue
			}
			plain := x.Eval(func(tag string) bool {
				return tag == "linux" || tag == "unix" || tag == "amd64" || tag == "cgo" || tag == "gc" || strings.HasPrefix(tag, "go1.")
			})
			text := c.Text
			return !plain, strings.Contains(text, "ignore") || strings.Contains(text, "tools")
		}
	}
	return false, false
}

func hasMain(f *ast.File) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Recv == nil && fn.Name.Name == "main"
	})
}

// at is the evidence for a position.
func (s *sources) at(src *source, pos token.Pos) finding.Evidence {
	line := s.fset.Position(pos).Line
	text := ""
	if line >= 1 && line <= len(src.lines) {
		text = src.lines[line-1]
	}
	return stack.At(src.path, line, text)
}

// importsPrefix finds an import that is the module or a package of it.
func (src *source) importsPrefix(module string) (string, bool) {
	for ip := range src.imports {
		if ip == module || strings.HasPrefix(ip, module+"/") {
			return ip, true
		}
	}
	return "", false
}

// importAt is the place of an import.
func (s *sources) importAt(src *source, importPath string) finding.Evidence {
	for _, im := range src.ast.Imports {
		if im.Path.Value == strconv.Quote(importPath) {
			return s.at(src, im.Pos())
		}
	}
	return finding.Evidence{File: src.path}
}
