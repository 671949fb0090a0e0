package criterion

import (
	"strconv"
	"strings"
)

// reading is one way in which a slot can read the words at a place.
type reading struct {
	end   int
	value string
	more  map[string]string // further parameters that the words set
}

// slotFunc reads a parameter at token i, in every way possible, the longest first.
type slotFunc func(m *matcher, i int) []reading

// slots are the parameters that patterns may name. It is filled by a function so that slots may use the matcher.
var slots = slotTable()

func slotTable() map[string]slotFunc {
	return map[string]slotFunc{
		"events": events, "pubevents": except(events, "pull_request", "merge_request"), "primaryformat": listOf(primaryReader(jobFormat), true), "tool": listOf(toolReader(""), false), "tools": listOf(toolReader(""), true),
		"linttools": listOf(toolReader(jobLint, jobTypeCheck), true), "typetools": listOf(toolReader(jobTypeCheck), true),
		"formattools": listOf(toolReader(jobFormat), true), "testtool": toolReader(jobTest).slot(), "scantools": listOf(toolReader(jobScan), true),
		"linktool": toolReader(jobLinks).slot(), "coveragetool": toolReader(jobCoverage).slot(),
		"lang": wordReader(languageNames).slot(), "versions": versionList, "manyversions": several(versionList), "version": version, "service": wordReader(serviceNames).slot(),
		"services": listOf(wordReader(serviceNames), true), "minutes": duration(minutesText), "interval": duration(secondsText),
		"percent": percent, "size": size, "cron": clock, "platforms": listOf(wordReader(platformNames), true),
		"registry": wordReader(registryNames).slot(), "runnertags": listOf(wordReader(runnerNames), true), "path": pathSlot, "port": number(1, 65535), "uid": userID,
		"severities": listOf(wordReader(severityNames), true), "branches": branchList, "labels": listOf(wordReader(labelNames), true),
		"networks": listOf(wordReader(networkNames), true), "file": fileSlot, "targets": targetList(2), "target": targetList(1), "cpus": decimal,
		"job": wordReader(jobNames).slot(), "jobs": listOf(wordReader(jobNames), true), "policy": wordReader(restartNames).slot(),
	}
}

// reader reads one item of a list; ok is false when it does not stand at i.
type reader func(m *matcher, i int) []reading

func (r reader) slot() slotFunc { return slotFunc(r) }

// wordReader reads the phrases of a table; the value is what the phrase stands for. The longest phrase comes first.
func wordReader(table []nameRow) reader {
	return func(m *matcher, i int) []reading {
		var out []reading
		for _, r := range table {
			for _, p := range r.phrases {
				if end := m.phrase(p, i); end > 0 {
					out = append(out, reading{end: end, value: r.value})
				}
			}
		}
		sortReadings(out)
		return out
	}
}

func sortReadings(rs []reading) {
	for i := 1; i < len(rs); i++ {
		for j := i; j > 0 && rs[j].end > rs[j-1].end; j-- {
			rs[j], rs[j-1] = rs[j-1], rs[j]
		}
	}
}

// toolReader reads a tool that does one of the jobs ("" means any).
func toolReader(wanted ...string) reader {
	var table []nameRow
	for _, t := range tools {
		ok := false
		for _, j := range wanted {
			ok = ok || j == "" || t.Does(j)
		}
		if ok {
			table = append(table, named(t.Name, append([]string{t.Name}, t.Aliases...)...))
		}
	}
	return wordReader(table)
}

// listOf reads "a", and with many also "a, b and c". Items said twice are kept once.
func listOf(item reader, many bool) slotFunc {
	return func(m *matcher, i int) []reading {
		var out []reading
		var grow func(at int, values []string, depth int)
		grow = func(at int, values []string, depth int) {
			if depth > 24 {
				return
			}
			for _, r := range item(m, at) {
				list := appendNew(values, r.value)
				out = append(out, reading{end: r.end, value: strings.Join(list, ",")})
				if !many {
					continue
				}
				if next := m.conjunction(r.end); next > 0 {
					grow(next, list, depth+1)
				}
			}
		}
		grow(i, nil, 0)
		sortReadings(out)
		return out
	}
}

func appendNew(list []string, v string) []string {
	if contains(list, v) {
		return list
	}
	return append(list[:len(list):len(list)], v)
}

// conjunction steps over what stands between two items of a list; -1 when the list ends here.
func (m *matcher) conjunction(i int) int {
	at := i
	if at < len(m.toks) && m.toks[at].stem == "," {
		at++
	}
	if at < len(m.toks) && contains([]string{"and", "or", "plus"}, m.toks[at].stem) {
		at++
	}
	if at+1 < len(m.toks) && at == i && m.phrase([]string{"as", "well", "as"}, at) > 0 {
		at += 3
	}
	if at == i || at >= len(m.toks) {
		return -1
	}
	return at
}

// number reads a whole number between lo and hi.
func number(lo, hi int) slotFunc {
	return func(m *matcher, i int) []reading {
		if i >= len(m.toks) {
			return nil
		}
		n, err := strconv.Atoi(strings.TrimSuffix(m.toks[i].text, "/tcp"))
		if err != nil || n < lo || n > hi {
			return nil
		}
		return []reading{{end: i + 1, value: strconv.Itoa(n)}}
	}
}

// decimal reads a count of CPUs: 2, 0.5, "half".
func decimal(m *matcher, i int) []reading {
	if i >= len(m.toks) {
		return nil
	}
	s := m.toks[i].text
	if n, ok := numberWords[s]; ok {
		s = n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f <= 0 || f > 1024 {
		return nil
	}
	return []reading{{end: i + 1, value: strconv.FormatFloat(f, 'f', -1, 64)}}
}

// userID reads the number of a user that is not root.
func userID(m *matcher, i int) []reading {
	return number(1, 4294967)(m, i)
}

// pathSlot reads a URL path.
func pathSlot(m *matcher, i int) []reading {
	if i >= len(m.toks) {
		return nil
	}
	t := m.toks[i]
	if !strings.HasPrefix(t.text, "/") || strings.ContainsAny(t.text, "<>{}$`|\\") {
		return nil
	}
	return []reading{{end: i + 1, value: t.text}}
}

// fileSlot reads a file name: it has a dot or a slash in it.
func fileSlot(m *matcher, i int) []reading {
	if i >= len(m.toks) {
		return nil
	}
	t := m.toks[i].text
	if !strings.ContainsAny(t, "./") || strings.Contains(t, "..") || strings.HasPrefix(t, "/") || versionLike(t) {
		return nil
	}
	return []reading{{end: i + 1, value: t}}
}

// primaryReader reads a tool that is there for one job first of all: black for formatting, but not ruff.
func primaryReader(job string) reader {
	var table []nameRow
	for _, t := range tools {
		if t.Jobs[0] == job {
			table = append(table, named(t.Name, append([]string{t.Name}, t.Aliases...)...))
		}
	}
	return wordReader(table)
}

// except is a slot without the readings that hold one of these values.
func except(f slotFunc, values ...string) slotFunc {
	return func(m *matcher, i int) []reading {
		var out []reading
		for _, r := range f(m, i) {
			bad := false
			for _, v := range strings.Split(r.value, ",") {
				bad = bad || contains(values, v)
			}
			if !bad {
				out = append(out, r)
			}
		}
		return out
	}
}

// several is a slot without the readings of a single value.
func several(f slotFunc) slotFunc {
	return func(m *matcher, i int) []reading {
		var out []reading
		for _, r := range f(m, i) {
			if strings.Contains(r.value, ",") {
				out = append(out, r)
			}
		}
		return out
	}
}
