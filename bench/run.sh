#!/usr/bin/env bash
# Measures AutoGit and prints one table: medians of several runs on this machine, peak memory, and ratios to what the
# same run measured as the floor. Limits are those that the project promises.
#
# usage: bench/run.sh [AUTOGIT]
#   AUTOGIT             the program to measure; bin/autogit otherwise
#   BENCH_COUNT         runs of each benchmark (5)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

AUTOGIT_BIN=$(realpath "${1:-bin/autogit}")
[ -x "$AUTOGIT_BIN" ] || die "$AUTOGIT_BIN is not there; run make build"
AUTOGIT_BENCH_DIR=$(mktemp -d "${TMPDIR:-/tmp}/autogit-bench.XXXXXX")
trap 'rm -rf "$AUTOGIT_BENCH_DIR"' EXIT
export AUTOGIT_BIN AUTOGIT_BENCH_DIR

go test -run '^$' -bench . -benchtime 3x -count "${BENCH_COUNT:-5}" ./bench > "$AUTOGIT_BENCH_DIR/raw"

# label, benchmark, floor it is held against, limit in ms
rows='program start|Program/start|Program/start|
walk of 100,000 files (floor)|Walk|Walk|
survey, ordinary|Program/survey-ordinary|Program/start|100
survey, 100,000 files|Program/survey-100k|Walk|1000
  of that in process|Survey/100k|Walk|
five artifacts, new|Program/write-five|Program/survey-ordinary|1000
five artifacts, again|Program/write-five-again|Program/survey-ordinary|1000'

printf '%s\n' "$rows" | awk -F '|' -v raw="$AUTOGIT_BENCH_DIR/raw" '
  function median(list, n,   parts, i, j, t) {
    n = split(list, parts, " ")
    for (i = 2; i <= n; i++) for (j = i; j > 1 && parts[j - 1] + 0 > parts[j] + 0; j--) { t = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = t }
    return parts[int((n + 1) / 2)]
  }
  BEGIN {
    while ((getline line < raw) > 0) {
      n = split(line, f, /[ \t]+/)
      if (f[1] !~ /^Benchmark/) continue
      name = substr(f[1], 10); sub(/-[0-9]+$/, "", name)
      for (i = 3; i < n; i++) {
        if (f[i + 1] == "ns/op") ns[name] = ns[name] " " f[i]
        if (f[i + 1] == "peak-MB" && f[i] + 0 > mb[name] + 0) mb[name] = f[i]
      }
    }
    printf "%-32s %10s %9s %9s %9s  %s\n", "", "ms", "limit ms", "peak MB", "ratio", "to"
  }
  ns[$2] != "" {
    ms = median(ns[$2]) / 1e6; floor = median(ns[$3]) / 1e6
    over = ($4 != "" && ms > $4) || mb[$2] + 0 > 100
    printf "%-32s %10.1f %9s %9s %9.1f  %s%s\n", $1, ms, $4, (mb[$2] == "" ? "" : sprintf("%.0f", mb[$2])), ms / floor, $3, over ? "  OVER" : ""
    bad += over
  }
  ns[$2] == "" { printf "%-32s not measured\n", $1; bad++ }
  END { exit bad ? 1 : 0 }'
