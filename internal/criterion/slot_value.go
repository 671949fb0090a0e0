package criterion

import (
	"fmt"
	"strconv"
	"strings"
)

// splitUnit reads a number and its unit, written as one word or two: "15 minutes", "30s", "512 MB".
func (m *matcher) splitUnit(i int) (num, unit string, end int) {
	if i >= len(m.toks) {
		return "", "", -1
	}
	w := m.toks[i].text
	if n, ok := numberWords[w]; ok {
		w = n
	}
	cut := 0
	for cut < len(w) && (w[cut] >= '0' && w[cut] <= '9' || w[cut] == '.') {
		cut++
	}
	num, unit, end = w[:cut], stem(w[cut:]), i+1
	if num == "" {
		return "", "", -1
	}
	if unit == "" && end < len(m.toks) {
		unit, end = m.toks[end].stem, end+1
	}
	return num, unit, end
}

var timeUnits = map[string]int{
	"s": 1, "second": 1, "sec": 1, "m": 60, "minute": 60, "min": 60, "h": 3600, "hour": 3600, "hr": 3600,
}

// duration reads a length of time and writes it with text.
func duration(text func(seconds int) string) slotFunc {
	return func(m *matcher, i int) []reading {
		num, unit, end := m.splitUnit(i)
		f, err := strconv.ParseFloat(num, 64)
		per, ok := timeUnits[unit]
		if end < 0 || err != nil || !ok || f <= 0 || f > 10_000 {
			return nil
		}
		v := text(int(f*float64(per) + 0.5))
		if v == "" {
			return nil
		}
		return []reading{{end: end, value: v}}
	}
}

// minutesText is whole minutes: GitHub knows no smaller unit.
func minutesText(s int) string {
	if s < 60 || s%60 != 0 {
		return ""
	}
	return strconv.Itoa(s / 60)
}

func secondsText(s int) string {
	if s == 0 {
		return ""
	}
	if s%3600 == 0 {
		return fmt.Sprintf("%dh", s/3600)
	}
	if s%60 == 0 && s > 60 {
		return fmt.Sprintf("%dm", s/60)
	}
	return fmt.Sprintf("%ds", s)
}

// percent reads "80 %", "80%", "80 percent", "80 per cent".
func percent(m *matcher, i int) []reading {
	if i+1 >= len(m.toks) {
		return nil
	}
	f, err := strconv.ParseFloat(m.toks[i].text, 64)
	if err != nil || f <= 0 || f > 100 {
		return nil
	}
	v := strconv.FormatFloat(f, 'f', -1, 64)
	switch {
	case contains([]string{"%", "percent", "pct"}, m.toks[i+1].stem):
		return []reading{{end: i + 2, value: v}}
	case m.phrase([]string{"per", "cent"}, i+1) > 0:
		return []reading{{end: i + 3, value: v}}
	}
	return nil
}

var sizeUnits = map[string]string{
	"b": "B", "k": "K", "kb": "K", "kib": "K", "kilobyte": "K", "m": "M", "mb": "M", "mib": "M", "meg": "M", "megabyte": "M", "mebibyte": "M",
	"g": "G", "gb": "G", "gib": "G", "gig": "G", "gigabyte": "G", "gibibyte": "G",
}

// size reads an amount of bytes: "512M", "1G".
func size(m *matcher, i int) []reading {
	num, unit, end := m.splitUnit(i)
	u, ok := sizeUnits[unit]
	f, err := strconv.ParseFloat(num, 64)
	if end < 0 || !ok || err != nil || f <= 0 || f > 1<<30 {
		return nil
	}
	return []reading{{end: end, value: num + u}}
}

// clock reads a time of day in UTC and makes a cron expression of it: "02:00 utc", "2 am utc", "midnight".
// A time in another zone is not read: cron in pipelines is UTC, and summer time would move it.
func clock(m *matcher, i int) []reading {
	if i >= len(m.toks) {
		return nil
	}
	hour, minute, end, ok := m.timeOfDay(i)
	if !ok {
		return nil
	}
	r := reading{value: fmt.Sprintf("%d %d * * *", minute, hour), end: end}
	if end < len(m.toks) && contains([]string{"utc", "gmt", "z"}, m.toks[end].stem) {
		r.end++
	}
	return []reading{r}
}

func (m *matcher) timeOfDay(i int) (hour, minute, end int, ok bool) {
	w := strings.TrimSuffix(strings.TrimSuffix(m.toks[i].text, "z"), "h")
	switch w {
	case "midnight":
		return 0, 0, i + 1, true
	case "noon":
		return 12, 0, i + 1, true
	}
	half := ""
	for _, s := range []string{"am", "pm"} {
		if rest, cut := strings.CutSuffix(w, s); cut {
			w, half = rest, s
		}
	}
	end = i + 1
	if half == "" && end < len(m.toks) {
		switch strings.ReplaceAll(m.toks[end].text, ".", "") {
		case "am", "pm":
			half = strings.ReplaceAll(m.toks[end].text, ".", "")
			end++
		}
	}
	h, min, colon := strings.Cut(w, ":")
	hour, err := strconv.Atoi(h)
	if err != nil || (!colon && half == "") {
		return 0, 0, 0, false
	}
	if colon {
		if minute, err = strconv.Atoi(min); err != nil || len(min) != 2 {
			return 0, 0, 0, false
		}
	}
	if half != "" {
		if hour < 1 || hour > 12 {
			return 0, 0, 0, false
		}
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	return hour, minute, end, hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}
