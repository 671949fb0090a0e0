package artifact

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSealTellsUntouchedFromChanged(t *testing.T) {
	sealed := Seal([]byte("FROM scratch\nCOPY a /a\n"))
	tests := []struct {
		name      string
		content   string
		untouched bool
	}{
		{"as written", string(sealed), true},
		{"checked out with CRLF", strings.ReplaceAll(string(sealed), "\n", "\r\n"), true},
		{"an editor dropped the last line end", strings.TrimSuffix(string(sealed), "\n"), true},
		{"one byte changed", strings.Replace(string(sealed), "scratch", "Scratch", 1), false},
		{"a line added before the seal", strings.Replace(string(sealed), "COPY a", "RUN x\nCOPY a", 1), false},
		{"a line added after the seal", string(sealed) + "CMD [\"/a\"]\n", false},
		{"an empty line added after the seal", string(sealed) + "\n", false},
		{"seal removed", "FROM scratch\nCOPY a /a\n", false},
		{"seal of another file", "FROM scratch\n" + sealMark + "0123456789abcdef\n", false},
		{"empty", "", false},
		{"only the mark", sealMark, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Untouched([]byte(tt.content)); got != tt.untouched {
				t.Errorf("Untouched = %v, want %v\n%s", got, tt.untouched, tt.content)
			}
		})
	}
}

func TestSealIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		once := Seal(body)
		if !Untouched(once) {
			t.Fatalf("a fresh seal does not hold: %q", once)
		}
		if again := Seal(once); !bytes.Equal(once, again) {
			t.Fatalf("sealing twice changed the file: %q, then %q", once, again)
		}
		if got := Unsealed(once); !bytes.HasPrefix(got, bytes.TrimRight(body, "\n")) && !Sealed(body) {
			t.Fatalf("Unsealed lost bytes: %q of %q", got, body)
		}
	})
}

func FuzzUntouched(f *testing.F) {
	f.Add([]byte("a\n" + sealMark + "0123456789abcdef\r\n"))
	f.Add([]byte(sealMark))
	f.Fuzz(func(t *testing.T, content []byte) {
		if Untouched(content) && !Sealed(content) {
			t.Fatal("untouched without a seal")
		}
		if !Untouched(Seal(content)) {
			t.Fatal("a fresh seal does not hold")
		}
	})
}

func TestInLineEndsOf(t *testing.T) {
	fresh := Seal([]byte("a\nb\n"))
	windows := []byte(strings.ReplaceAll(string(fresh), "\n", "\r\n"))
	if got := InLineEndsOf(windows, fresh); !bytes.Equal(got, windows) || !Untouched(got) {
		t.Errorf("%q", got)
	}
	for _, old := range [][]byte{nil, fresh, []byte("\n\r\n")} {
		if got := InLineEndsOf(old, fresh); !bytes.Equal(got, fresh) {
			t.Errorf("%q for %q", got, old)
		}
	}
}
