package yaml

import (
	"bytes"
	"sort"
	"strings"
)

// finish finds the comments, now that it is known where text stands, and hands them to keys and items.
func (b *builder) finish() {
	sort.Slice(b.text, func(i, j int) bool { return b.text[i].start < b.text[j].start })
	b.findComments()
	if len(b.f.Comments) == 0 {
		return
	}
	byLine := make(map[int]Comment, len(b.f.Comments))
	for _, c := range b.f.Comments {
		byLine[c.Line] = c
	}
	for _, d := range b.f.Docs {
		d.Walk(func(n *Node) bool {
			for _, p := range n.Pairs {
				p.Key.attach(byLine, true)
				p.Value.attach(byLine, false)
			}
			for _, it := range n.Items {
				it.attach(byLine, true)
			}
			return true
		})
	}
}

func (n *Node) attach(byLine map[int]Comment, head bool) {
	if n.LineComment == "" && (n.Kind == Scalar || n.Kind == Alias || n.Style == Flow) {
		line := n.EndLine
		if n.Style == Literal || n.Style == Folded {
			line = n.Line
		}
		if c, ok := byLine[line]; ok && !c.Whole {
			n.LineComment = c.Text
		}
	}
	if !head {
		return
	}
	var above []string
	for l := n.Line - 1; ; l-- {
		c, ok := byLine[l]
		if !ok || !c.Whole {
			break
		}
		above = append(above, c.Text)
	}
	for i, j := 0, len(above)-1; i < j; i, j = i+1, j-1 {
		above[i], above[j] = above[j], above[i]
	}
	n.HeadComment = strings.Join(above, "\n")
}

func (b *builder) findComments() {
	src := b.f.Src
	next := 0 // the first text that ends behind i
	for i := 0; i < len(src); i++ {
		j := bytes.IndexByte(src[i:], '#')
		if j < 0 {
			return
		}
		i += j
		for next < len(b.text) && b.text[next].end <= i {
			next++
		}
		if next < len(b.text) && b.text[next].start <= i {
			i = max(i, b.text[next].end-1)
			continue
		}
		if i > 0 && !isSpace(src[i-1]) && !bytes.HasSuffix(src[:i], []byte("\ufeff")) {
			continue
		}
		end := lineEnd(src, i)
		line, _ := b.f.Lines.At(i)
		start := b.f.Lines.Start(line)
		b.f.Comments = append(b.f.Comments, Comment{
			Text: strings.TrimSpace(strings.TrimLeft(string(src[i:end]), "#")), Line: line, Start: i, End: end,
			Whole: len(bytes.TrimSpace(src[start:i])) == 0,
		})
		i = end - 1
	}
}
