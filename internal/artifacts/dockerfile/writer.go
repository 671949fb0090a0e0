package dockerfile

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/autogit/autogit/internal/artifact"
	"github.com/autogit/autogit/internal/stack"
)

// writer puts Dockerfile lines together.
type writer struct {
	b strings.Builder
	// apart tells that the last line written was blank, so that no two follow each other.
	apart bool
}

func (w *writer) String() string { return strings.TrimLeft(w.b.String(), "\n") }

func (w *writer) line(s string) {
	w.b.WriteString(s + "\n")
	w.apart = false
}

func (w *writer) blank() {
	if !w.apart {
		w.b.WriteByte('\n')
	}
	w.apart = true
}

// commentWidth is where comments wrap.
const commentWidth = 110

// comment writes text as comment lines; nothing when there is none. Line ends in text cannot leave the comment.
func (w *writer) comment(text string) {
	line := "#"
	for _, word := range artifact.Words(text) {
		if len(line)+1+len(word) > commentWidth && line != "#" {
			w.line(line)
			line = "#"
		}
		line += " " + word
	}
	if line != "#" {
		w.line(line)
	}
}

func (w *writer) stage(s stack.Stage) {
	w.blank()
	w.comment(s.Why)
	from := "FROM "
	if s.Cross {
		from += "--platform=$BUILDPLATFORM "
	}
	from += s.From
	if s.Name != "" {
		from += " AS " + s.Name
	}
	w.line(from)
	for i, step := range s.Steps {
		if step.Why != "" || i == 0 {
			w.blank()
		}
		w.comment(step.Why)
		w.line(strings.TrimRight(step.Text, "\n"))
	}
}

func (w *writer) env(list []stack.KV) {
	w.assignments("ENV ", list)
}

func (w *writer) labels(list []stack.KV) {
	quoted := make([]stack.KV, len(list))
	for i, kv := range list {
		quoted[i] = stack.KV{Key: kv.Key, Value: `"` + escape(kv.Value) + `"`}
	}
	w.joined("LABEL ", quoted)
}

func (w *writer) assignments(keyword string, list []stack.KV) {
	quoted := make([]stack.KV, len(list))
	for i, kv := range list {
		quoted[i] = stack.KV{Key: kv.Key, Value: quote(kv.Value)}
	}
	w.joined(keyword, quoted)
}

// joined writes one instruction over several lines, one assignment each.
func (w *writer) joined(keyword string, list []stack.KV) {
	for i, kv := range list {
		s := strings.Repeat(" ", len(keyword))
		if i == 0 {
			s = keyword
		}
		s += kv.Key + "=" + kv.Value
		if i < len(list)-1 {
			s += " \\"
		}
		w.line(s)
	}
}

// assign writes an ARG: with "=" only where there is a default.
func assign(kv stack.KV) string {
	if kv.Value == "" {
		return kv.Key
	}
	return kv.Key + "=" + quote(kv.Value)
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_./:,@%+=${}~-]+$`)

// quote writes a value of ENV or ARG; references such as ${PATH} stay references.
func quote(s string) string {
	if bare.MatchString(s) {
		return s
	}
	return `"` + escape(s) + `"`
}

func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// plain keeps what came out of a repository from breaking out of a comment.
func plain(s string) string { return strings.Join(artifact.Words(s), " ") }

// jsonArray writes the exec form. Characters such as & and < stay as they are.
func jsonArray(words []string) string {
	parts := make([]string, len(words))
	for i, word := range words {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(word) // a string always encodes
		parts[i] = strings.TrimSuffix(b.String(), "\n")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
