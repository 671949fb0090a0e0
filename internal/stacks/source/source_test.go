package source_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/autogit/autogit/internal/repo"
	"github.com/autogit/autogit/internal/stacks/source"
)

// run runs a probe as an image would, with a time limit.
func run(t *testing.T, probe []string, env ...string) error {
	t.Helper()
	if _, err := exec.LookPath(probe[0]); err != nil {
		t.Skipf("%s is not installed", probe[0])
	}
	cmd := exec.CommandContext(t.Context(), probe[0], probe[1:]...)
	cmd.Env, cmd.WaitDelay = append(cmd.Environ(), env...), 5*time.Second
	return cmd.Run()
}

func TestBashProbeAsksTheRoute(t *testing.T) {
	var header atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header.Store(r.Header.Get("X-Forwarded-Proto"))
		switch r.URL.Path {
		case "/up", "/health/live":
			w.WriteHeader(http.StatusOK)
		case "/moved":
			w.WriteHeader(http.StatusFound)
		case "/sick":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for route, well := range map[string]bool{"/up": true, "/health/live": true, "/moved": true, "/sick": false, "/nothing": false} {
		if err := run(t, source.BashProbe(port, route, "")); (err == nil) != well {
			t.Errorf("%s: %v, want well = %v", route, err, well)
		}
	}
	if err := run(t, source.BashProbe(port, "/up", "X-Forwarded-Proto: https")); err != nil || header.Load() != "https" {
		t.Errorf("header %q, %v", header.Load(), err)
	}
	if err := run(t, source.BashProbe(source.PortExpression("PORT", "1"), "/up", ""), "PORT="+port); err != nil {
		t.Errorf("the variable does not move the port: %v", err)
	}
	if err := run(t, source.PortProbe(port)); err != nil {
		t.Errorf("open port: %v", err)
	}
	server.Close()
	for _, probe := range [][]string{source.BashProbe(port, "/up", ""), source.PortProbe(port)} {
		if run(t, probe) == nil {
			t.Errorf("a server that is gone is said to be well: %v", probe)
		}
	}
}

// A route comes from a repository: whatever it is, it stays one word of the request line.
func TestProbesKeepHostileRoutesHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		route := rapid.String().Draw(t, "route")
		script := source.BashProbe("8080", route, "")[2]
		got := regexp.MustCompile(`GET (\S*) HTTP/1\.0`).FindStringSubmatch(script)
		if got == nil || strings.Trim(got[1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-") != "" {
			t.Fatalf("route %q gives %s", route, script)
		}
	})
}

func TestPlain(t *testing.T) {
	for s, want := range map[string]bool{
		"api": true, "src/Shop.Api/Shop.Api.csproj": true, "@scope/name": true, "a_b-c~1": true,
		"": false, "../x": false, "a/../b": false, "/etc": false, "-rf": false, "a b": false, "a;b": false, "$(x)": false, "a\nb": false,
		"a`b": false, `a"b`: false, "a'b": false, "*": false, "é": false, "a{b}": false, "~root": false, strings.Repeat("a", 201): false,
	} {
		if source.Plain(s) != want {
			t.Errorf("Plain(%q) is %v", s, !want)
		}
	}
	if source.Route("health") || !source.Route("/") || !source.Route("/a/b") || source.Route("/a b") || source.Route("//x") {
		t.Error("routes")
	}
}

func TestCommentsAreBlanked(t *testing.T) {
	tests := []struct {
		name   string
		syntax source.Syntax
		in     string
		want   []string
	}{
		{"line", source.C, "a // b\nc", []string{"a ", "c"}},
		{"URL in a string", source.C, `x("http://a") // y`, []string{`x("http://a") `}},
		{"escaped quote", source.C, `x("a\" // b") // y`, []string{`x("a\" // b") `}},
		{"block over lines", source.C, "a /* b\nc\nd */ e", []string{"a ", "", " e"}},
		{"lifetime", source.Rust, "fn f<'a>(x: &'a str) // y", []string{"fn f<'a>(x: &'a str) "}},
		{"attribute", source.PHP, "#[Route('/x')] # y", []string{"#[Route('/x')] "}},
		{"interpolation", source.Ruby, `x = "#{a}" # b`, []string{`x = "#{a}" `}},
		{"fragment", source.Ruby, "get 'a#b'", []string{"get 'a#b'"}},
		{"XML", source.XML, "<a><!-- <b> --></a>", []string{"<a></a>"}},
		{"properties", source.Props, "!x=1\ny=1", []string{"", "y=1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := source.Parse(repo.Memory(map[string]string{"f": test.in}), "f", test.syntax)
			if d := cmp.Diff(test.want, f.Code); d != "" {
				t.Error(d)
			}
			if len(f.Lines) != len(f.Code) {
				t.Error("line numbers are lost")
			}
		})
	}
}

func TestMatches(t *testing.T) {
	f := source.Parse(repo.Memory(map[string]string{"a": "one\n// port 1\nport 2 port 3\n"}), "a", source.C)
	port := regexp.MustCompile(`port (\d)|nothing (\d)`)
	if m := f.First(port); m.Line != 3 || m.Any() != "2" || m.Group(9) != "" || m.Declared("x").Evidence.Line != 3 {
		t.Errorf("first %+v", m)
	}
	if got := len(f.All(port)); got != 2 {
		t.Errorf("%d matches", got)
	}
	if m := f.Find("port 1"); m.OK() {
		t.Errorf("found in a comment: %+v", m)
	}
	if f.At(0).OK() || f.At(9).OK() || !f.At(1).OK() {
		t.Error("lines out of range")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a // b /* c\n\"x\" # y")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []source.Syntax{source.C, source.Rust, source.PHP, source.Ruby, source.Props, source.XML} {
			file := source.Parse(repo.Memory(map[string]string{"f": text}), "f", s)
			if len(file.Code) != len(file.Lines) {
				t.Fatalf("%d lines of code for %d lines", len(file.Code), len(file.Lines))
			}
		}
	})
}
