package python

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRangesAsPythonAndPoetryWriteThem(t *testing.T) {
	tests := []struct {
		r   string
		yes []string
		no  []string
	}{
		{">=3.10", []string{"3.10", "3.14"}, []string{"3.9"}},
		{">=3.10,<3.13", []string{"3.10", "3.12"}, []string{"3.13", "3.9"}},
		{">=3.12.4", []string{"3.12", "3.13"}, []string{"3.11"}},
		{">3.10", []string{"3.10", "3.11"}, []string{"3.9"}},
		{"<=3.12", []string{"3.12", "3.8"}, []string{"3.13"}},
		{"~=3.10", []string{"3.10", "3.14"}, []string{"3.9"}},
		{"~=3.10.2", []string{"3.10"}, []string{"3.11", "3.9"}},
		{"==3.11.*", []string{"3.11"}, []string{"3.10", "3.12"}},
		{"==3.11.4", []string{"3.11"}, []string{"3.12"}},
		{"^3.11", []string{"3.11", "3.14"}, []string{"3.10"}},
		{"~3.11", []string{"3.11"}, []string{"3.12"}},
		{"!=3.11.*,>=3.10", []string{"3.10", "3.12"}, []string{"3.11"}},
		{"^3.8 || ^3.12", []string{"3.8"}, []string{"3.7"}},
		{"*", []string{"3.8", "3.14"}, nil},
		{"", []string{"3.13"}, nil},
		{"nonsense", nil, []string{"3.13"}},
	}
	for _, tt := range tests {
		for _, v := range tt.yes {
			if !admits(tt.r, v) {
				t.Errorf("%q does not admit %s", tt.r, v)
			}
		}
		for _, v := range tt.no {
			if admits(tt.r, v) {
				t.Errorf("%q admits %s", tt.r, v)
			}
		}
	}
}

// A range from a to b admits exactly what lies between.
func TestRangesAdmitWhatLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo, hi, v := rapid.IntRange(0, 30).Draw(t, "lo"), rapid.IntRange(0, 30).Draw(t, "hi"), rapid.IntRange(0, 30).Draw(t, "v")
		got := admits(">=3."+itoa(lo)+",<3."+itoa(hi), "3."+itoa(v))
		if want := lo <= v && v < hi; got != want {
			t.Fatalf(">=3.%d,<3.%d admits 3.%d: %v", lo, hi, v, got)
		}
	})
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return string(rune('0'+n/10)) + string(rune('0'+n%10))
}
