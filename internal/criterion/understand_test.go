package criterion

import (
	"bufio"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file anew")

// wordings reads the golden file: a text, " => ", the claims ("?" where it must not be understood).
func wordings(t testing.TB) (lines []string) {
	t.Helper()
	f, err := os.Open("testdata/wordings.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	return lines
}

func TestWordings(t *testing.T) {
	var out []string
	for _, l := range wordings(t) {
		if l == "" || strings.HasPrefix(l, "#") {
			out = append(out, l)
			continue
		}
		text, want, _ := strings.Cut(l, " => ")
		u := Understand(text)
		got := Describe(u.Claims)
		if !u.Understood {
			got = "?"
			if u.Why == "" || len(u.Claims) != 0 {
				t.Errorf("%q: not understood, why %q, claims %v", text, u.Why, u.Claims)
			}
		}
		if got != want && !*update {
			t.Errorf("%q\n got %s\nwant %s\n why %s", text, got, want, u.Why)
		}
		if *update && testing.Verbose() && !u.Understood {
			t.Log(text, "|", u.Why)
		}
		out = append(out, text+" => "+got)
	}
	if *update {
		if err := os.WriteFile("testdata/wordings.txt", []byte(strings.Join(out, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
