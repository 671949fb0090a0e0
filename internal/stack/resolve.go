package stack

import (
	"path"
	"slices"
	"strings"
)

// resolve settles what belongs together: two stacks in one folder, and frontends that a service embeds or serves.
func (d *detector) resolve(found []Component) []Component {
	dropped := make([]bool, len(found))
	for i := range found {
		for j := range found {
			if i == j || dropped[i] || dropped[j] {
				continue
			}
			switch {
			case isBuiltInto(&found[i], &found[j]):
				found[j].Frontend = d.frontend(&found[i])
				dropped[i] = true
			case isOvershadowed(&found[i], &found[j]):
				dropped[i] = true
			}
		}
	}
	var out []Component
	for i, c := range found {
		if !dropped[i] {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Component) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// isBuiltInto tells whether web is the frontend that service ships: it lies in the same folder and serves nothing itself,
// or its built files are embedded or served by the service.
func isBuiltInto(web, service *Component) bool {
	if web.Stack != "node" || service.Stack == "node" || service.Stack == "static" || web.Build == nil {
		return false
	}
	if web.Kind != KindStatic && web.Kind != KindLibrary {
		return false
	}
	if service.Frontend != nil {
		return false
	}
	if web.Path == service.Path {
		return true
	}
	out := outputDir(web)
	if out == "" {
		return false
	}
	for _, list := range [][]Fact{service.Embeds, service.Assets} {
		for _, a := range list {
			p := path.Join(service.Path, a.Value)
			if p == out || strings.HasPrefix(p, out+"/") || (strings.HasPrefix(out, p+"/") && p != "." && p != service.Path) {
				return true
			}
		}
	}
	return false
}

// outputDir is the folder of the built files, relative to the repository: "../static" is followed, out of it is not.
func outputDir(c *Component) string {
	if c.Output == nil {
		return ""
	}
	p := path.Join(c.Path, c.Output.Value)
	if p == "." || strings.HasPrefix(p, "..") {
		return ""
	}
	return p
}

func (d *detector) frontend(web *Component) *Frontend {
	f := &Frontend{
		Path: web.Path, Stack: web.Stack, Build: web.Build.Value, Output: outputDir(web),
		Install: web.Install.String(), LockFile: web.LockFile.String(),
	}
	for _, s := range d.stacks {
		if s.Name == web.Stack && s.BaseImage != nil {
			f.Image = s.BaseImage(web)
		}
	}
	return f
}

// isOvershadowed tells whether a plain folder of pages is a part of another component rather than a site of its own.
func isOvershadowed(c, by *Component) bool {
	if c.Stack != "static" || by.Stack == "static" {
		return false
	}
	if c.Path == by.Path {
		return true
	}
	return c.Framework == nil && within(c.Path, by.Path)
}

func within(p, dir string) bool {
	return dir == "." || p == dir || strings.HasPrefix(p, dir+"/")
}

// name gives every component a name that is stable, unique and usable as an image, service or job name.
func (d *detector) name(cs []Component) {
	taken := map[string]bool{}
	for i := range cs {
		c := &cs[i]
		for _, try := range d.names(c) {
			if try != "" && !taken[try] {
				c.Name = try
				break
			}
			c.Name = ""
		}
		for n := 2; c.Name == "" || taken[c.Name]; n++ {
			c.Name = DNSName(d.names(c)[0] + "-" + itoa(n))
		}
		taken[c.Name] = true
	}
}

func (d *detector) names(c *Component) []string {
	base := path.Base(c.Path)
	if c.Path == "." {
		base = path.Base(d.tree.Root())
		if d.tree.Root() == "" || base == "." || base == "/" {
			base = "app"
		}
	}
	first := DNSName(c.Name)
	if first == "" {
		first = DNSName(base)
	}
	if first == "" {
		first = "app"
	}
	return []string{first, DNSName(strings.ReplaceAll(c.Path, "/", "-")), first + "-" + DNSName(c.Stack)}
}

// DNSName is s as a DNS label: lower case letters, digits and single hyphens, at most 40 of them; empty when nothing is left.
func DNSName(s string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range strings.ToLower(s) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
			continue
		}
		hyphen = true
	}
	out := b.String()
	if len(out) > 40 {
		out = strings.TrimRight(out[:40], "-")
	}
	return out
}

// languages are the languages of the components, the most frequent first, ties in the order found.
func languages(cs []Component) []string {
	count := map[string]int{}
	order := []string{}
	for _, c := range cs {
		l := c.Language.String()
		if l == "" {
			continue
		}
		if count[l] == 0 {
			order = append(order, l)
		}
		count[l]++
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	return order
}
