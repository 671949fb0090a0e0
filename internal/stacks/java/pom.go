package java

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// The caps on a pom: nothing real comes near them.
const (
	maxPomDepth   = 40
	maxPomEntries = 3000
)

// text is a value of a pom with its line.
type text struct {
	value string
	line  int
}

// pomPart is a dependency, a plugin or the parent.
type pomPart struct {
	group, artifact, version, scope string
	config                          map[string]text // direct children of <configuration>, and manifest's mainClass
	goals                           []string
	line                            int
}

func (p pomPart) id() string { return p.group + ":" + p.artifact }

// pom is what a pom.xml says. Profiles are left out: what they add is not always there.
type pom struct {
	file       string
	src        source.File
	group      text
	artifact   text
	version    text
	packaging  text
	name       text
	parent     pomPart
	properties map[string]text
	modules    []text
	deps       []pomPart
	plugins    []pomPart
	up         *pom // the parent pom, when it lies in the repository
}

// readPom reads one pom.xml; nil when it is no XML that a pom can be.
func readPom(tree *repo.Tree, file string) *pom {
	b, err := tree.Read(file)
	if err != nil {
		return nil
	}
	p := &pom{file: file, src: source.Read(tree, file), properties: map[string]text{}}
	if !p.parse(b) || !source.Plain(p.artifact.value) || !plainVersion(p.expand(p.versionText(), 0)) {
		return nil
	}
	return p
}

func (p *pom) parse(b []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var stack []string
	var value strings.Builder
	var part *pomPart
	entries := 0
	for {
		tok, err := d.Token()
		if err != nil {
			return err == io.EOF && p.artifact.value != "" //nolint:errorlint // the decoder returns io.EOF itself
		}
		line, _ := d.InputPos()
		switch t := tok.(type) {
		case xml.StartElement:
			if entries++; entries > 40*maxPomEntries || len(stack) >= maxPomDepth {
				return false
			}
			stack = append(stack, t.Name.Local)
			value.Reset()
			if isEntry(stack) {
				part = &pomPart{line: line, config: map[string]text{}}
			}
		case xml.CharData:
			if value.Len() < 4096 {
				value.Write(t)
			}
		case xml.EndElement:
			if len(stack) == 0 {
				return false
			}
			p.end(stack, text{strings.TrimSpace(value.String()), line}, &part)
			stack = stack[:len(stack)-1]
			value.Reset()
		}
	}
}

// plainVersion lets through what can stand in a file name, and references that stay unresolved.
func plainVersion(v string) bool {
	return v == "" || source.Plain(v) || strings.Contains(v, "${") && source.Plain(property.ReplaceAllString(v, "x"))
}

// at tells whether the element stack ends a given path from the project.
func at(stack []string, names ...string) bool {
	if len(stack) != len(names)+1 || stack[0] != "project" {
		return false
	}
	for i, n := range names {
		if stack[i+1] != n {
			return false
		}
	}
	return true
}

func isEntry(s []string) bool {
	return at(s, "parent") || at(s, "dependencies", "dependency") || at(s, "build", "plugins", "plugin")
}

func (p *pom) end(stack []string, v text, part **pomPart) {
	switch {
	case at(stack, "groupId"):
		p.group = v
	case at(stack, "artifactId"):
		p.artifact = v
	case at(stack, "version"):
		p.version = v
	case at(stack, "packaging"):
		p.packaging = v
	case at(stack, "build", "finalName"):
		p.name = v
	case len(stack) == 3 && at(stack, "properties", stack[2]):
		p.properties[stack[2]] = v
	case at(stack, "modules", "module") && len(p.modules) < maxPomEntries:
		p.modules = append(p.modules, v)
	case isEntry(stack) && *part != nil:
		p.add(stack, **part)
		*part = nil
	case *part != nil:
		(*part).set(stack, v)
	}
}

func (p *pom) add(stack []string, part pomPart) {
	switch {
	case at(stack, "parent"):
		p.parent = part
	case stack[1] == "dependencies" && len(p.deps) < maxPomEntries:
		p.deps = append(p.deps, part)
	case stack[1] == "build" && len(p.plugins) < maxPomEntries:
		if part.group == "" {
			part.group = "org.apache.maven.plugins"
		}
		p.plugins = append(p.plugins, part)
	}
}

func (p *pomPart) set(stack []string, v text) {
	depth := 3 // project/dependencies/dependency
	if stack[1] == "parent" {
		depth = 2
	} else if stack[1] == "build" {
		depth = 4
	}
	last := stack[len(stack)-1]
	if len(stack) == depth+1 {
		switch last {
		case "groupId":
			p.group = v.value
		case "artifactId":
			p.artifact, p.line = v.value, v.line
		case "version":
			p.version = v.value
		case "scope":
			p.scope = v.value
		}
		return
	}
	switch {
	case last == "goal":
		p.goals = append(p.goals, v.value)
	case len(stack) > depth && stack[depth] == "configuration" && v.value != "":
		p.config[last] = v
	case last == "mainClass" || last == "Main-Class" || last == "descriptorRef":
		p.config[last] = v
	}
}

var property = regexp.MustCompile(`\$\{([\w.-]+)\}`)

// get is a property, here or in the parents that the repository has, with references resolved.
func (p *pom) get(name string) (text, *pom) {
	for q, n := p, 0; q != nil && n < 10; q, n = q.up, n+1 {
		if v, ok := q.properties[name]; ok {
			v.value = p.expand(v.value, 0)
			return v, q
		}
	}
	return text{}, nil
}

func (p *pom) expand(s string, depth int) string {
	if depth > 5 {
		return s
	}
	return property.ReplaceAllStringFunc(s, func(ref string) string {
		name := property.FindStringSubmatch(ref)[1]
		switch name {
		case "project.version", "version", "revision":
			if v := p.versionText(); v != "" && !strings.Contains(v, "${") {
				return v
			}
		case "project.artifactId", "artifactId":
			return p.artifact.value
		}
		for q, n := p, 0; q != nil && n < 10; q, n = q.up, n+1 {
			if v, ok := q.properties[name]; ok {
				return p.expand(v.value, depth+1)
			}
		}
		return ref
	})
}

func (p *pom) versionText() string {
	if p.version.value != "" {
		return p.version.value
	}
	return p.parent.version
}

// plugin is a plugin that the build runs, here or inherited from a parent in the repository.
func (p *pom) plugin(artifacts ...string) *pomPart {
	for q, n := p, 0; q != nil && n < 10; q, n = q.up, n+1 {
		for i := range q.plugins {
			for _, a := range artifacts {
				if q.plugins[i].artifact == a {
					return &q.plugins[i]
				}
			}
		}
	}
	return nil
}

// owner is the pom that holds a part, for its evidence.
func (p *pom) match(line int) source.Match { return p.src.At(line) }

// allDeps are the dependencies of this pom and its parents in the repository, tests left out unless asked for.
func (p *pom) allDeps(tests bool) []dependency {
	var out []dependency
	for q, n := p, 0; q != nil && n < 10; q, n = q.up, n+1 {
		for _, d := range q.deps {
			if (d.scope == "test") != tests {
				continue
			}
			out = append(out, dependency{p.expand(d.id(), 0), p.expand(d.version, 0), q.match(d.line)})
		}
	}
	return out
}
