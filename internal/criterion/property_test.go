package criterion

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// understoodWordings are the texts of the golden file with the claims that they make.
func understoodWordings(t testing.TB) (texts []string, claims map[string]string) {
	claims = map[string]string{}
	for _, l := range wordings(t) {
		text, want, ok := strings.Cut(l, " => ")
		if ok && want != "?" {
			texts = append(texts, text)
			claims[text] = want
		}
	}
	return texts, claims
}

// TestUnderstandingIsStable: case, white space, a full stop, quotes and words without content change nothing.
func TestUnderstandingIsStable(t *testing.T) {
	texts, want := understoodWordings(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		changed := text
		switch rapid.IntRange(0, 6).Draw(t, "change") {
		case 0:
			changed = strings.ToUpper(text)
		case 1:
			changed = strings.ToLower(text)
		case 2:
			changed = "  " + strings.ReplaceAll(text, " ", " \t\u00a0 ") + "\n"
		case 3:
			changed = text + "."
		case 4:
			changed = strings.ReplaceAll(text, " ", " the ")
		case 5:
			changed = "Please " + text
		case 6:
			changed = strings.ReplaceAll(strings.ReplaceAll(text, "-", "\u2011"), "'", "\u2019")
		}
		u := Understand(changed)
		if got := Describe(u.Claims); got != want[text] {
			t.Fatalf("%q: %s, want %s (%s)", changed, got, want[text], u.Why)
		}
	})
}

// TestJoinedClausesMakeTheClaimsOfBoth: a semicolon and a full stop join criteria and change neither.
func TestJoinedClausesMakeTheClaimsOfBoth(t *testing.T) {
	texts, _ := understoodWordings(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(texts).Draw(t, "a"), rapid.SampledFrom(texts).Draw(t, "b")
		sep := rapid.SampledFrom([]string{"; ", ". ", ";\n"}).Draw(t, "sep")
		want := appendClaims(appendClaims(nil, Understand(a).Claims), Understand(b).Claims)
		u := Understand(a + sep + b)
		if !reflect.DeepEqual(u.Claims, want) {
			t.Fatalf("%q: %s, want %s (%s)", a+sep+b, Describe(u.Claims), Describe(want), u.Why)
		}
	})
}

// TestAnUnknownWordIsNeverSwallowed: a word that no demand accounts for makes the criterion not understood.
func TestAnUnknownWordIsNeverSwallowed(t *testing.T) {
	texts, _ := understoodWordings(t)
	strange := []string{"bazel", "windows", "unless", "except", "sometimes", "optionally", "ideally", "mars", "if", "maybe", "fridays", "not", "xyzzy", "42", "half-heartedly"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		words := strings.Fields(text)
		at := rapid.IntRange(0, len(words)).Draw(t, "at")
		w := rapid.SampledFrom(strange).Draw(t, "word")
		changed := strings.Join(slices.Insert(slices.Clone(words), at, w), " ")
		u := Understand(changed)
		if u.Understood && Describe(u.Claims) == Describe(Understand(text).Claims) {
			t.Fatalf("%q: the word %q changed nothing: %s", changed, w, Describe(u.Claims))
		}
	})
}

func TestEveryExampleIsUnderstood(t *testing.T) {
	for _, e := range Examples() {
		if u := Understand(e); !u.Understood {
			t.Errorf("%q: %s", e, u.Why)
		}
	}
}

func TestForbidden(t *testing.T) {
	for text, bad := range map[string]bool{
		"Run as root": true, "Use latest base image": true, "Use the latest tag": true, "Run in privileged mode": true, "Disable TLS verification": true, "Hard-code the password": true,
		"Skip the lock file": true, "Use continue-on-error for the lint job": true, "Scan with Trivy but never fail": true, "Push images from pull requests": true, "Mount the docker socket": true,
		"Never run as root": false, "Do not use latest tags": false, "No privileged containers": false, "Do not run linting": false, "Cache nothing": false, "Do not disable TLS verification": false,
	} {
		u := Understand(text)
		if !u.Understood {
			t.Errorf("%q is not understood: %s", text, u.Why)
			continue
		}
		got := false
		for _, c := range u.Claims {
			reason, b := Forbidden(c)
			got = got || b
			if b && reason == "" {
				t.Errorf("%q: no reason", text)
			}
		}
		if got != bad {
			t.Errorf("%q: forbidden %v, want %v (%s)", text, got, bad, Describe(u.Claims))
		}
	}
}

func TestNotUnderstoodSaysWhyAndWhatWouldBe(t *testing.T) {
	u := Understand("Run tests on push and PR on Windows with Bazel")
	if u.Understood || !strings.Contains(u.Why, `"windows"`) || !strings.Contains(u.Why, "Run tests on push and PR") {
		t.Errorf("%+v", u)
	}
	for _, text := range []string{"", "   ", "!!!", "the a an", strings.Repeat("run ", 2000), strings.Repeat("(", 100)} {
		if u := Understand(text); u.Understood || u.Why == "" {
			t.Errorf("%.20q: %+v", text, u)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, e := range examples {
		f.Add(e)
	}
	f.Add("Run tests (on push, and (PR)) — for speed; don’t push")
	f.Add("\xff\xfe a,b,,c;;;()")
	f.Fuzz(func(t *testing.T, text string) {
		u := Understand(text)
		if u.Understood == (len(u.Claims) == 0) {
			t.Fatalf("%q: understood %v with %d claims", text, u.Understood, len(u.Claims))
		}
		if !u.Understood && u.Why == "" {
			t.Fatalf("%q: no reason", text)
		}
		for _, c := range u.Claims {
			if c.Name == "" {
				t.Fatalf("%q: a claim without a name", text)
			}
		}
	})
}
