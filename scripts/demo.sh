#!/usr/bin/env bash
# Shows the main job of AutoGit on a real service: four delivery tasks, from the task files to proven files. Works on a
# copy, so the example stays as it is. What happens is told on standard error; the results' last line, the completion
# signal, is the last line of standard output.
#
# usage: scripts/demo.sh [AUTOGIT]
#   AUTOGIT            the program to show; bin/autogit otherwise
#   AUTOGIT_DEMO_KEEP  a folder to leave the work in
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

autogit=$(realpath "${1:-bin/autogit}")
example=examples/python-api
tasks=(examples/tasks/{ci,dockerfile,compose,makefile}.json)
[ -x "$autogit" ] || die "$autogit is not there; run make build"

if [ -n "${AUTOGIT_DEMO_KEEP:-}" ]; then
  work=$AUTOGIT_DEMO_KEEP
  mkdir -p "$work"
else
  work=$(mktemp -d "${TMPDIR:-/tmp}/autogit-demo.XXXXXX")
  trap 'rm -rf "$work"' EXIT
fi
service=$work/service

say() {
  if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then printf '\n\033[1;34m▸ %s\033[0m\n' "$*" >&2; else printf '\n> %s\n' "$*" >&2; fi
}

# in_service runs git in the copy, with none of the user's own settings: no hooks, no signing, no identity needed.
in_service() {
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null git -C "$service" -c user.name=demo -c user.email=demo@example.com "$@"
}

# run does all tasks and keeps their results; what the program tells people stays on standard error.
run() { "$autogit" -C "$service" run --output json "$@" "${tasks[@]/#/$PWD/}" > "$work/results.json"; }

say "a service without delivery files: $example"
mkdir "$service"
tar -C "$example" --exclude=.venv --exclude=__pycache__ --exclude='.*_cache' --exclude=.coverage -c . | tar -C "$service" -x
in_service init -q -b main
in_service add -A
in_service commit -q -m "a service"
in_service ls-files >&2

say "what AutoGit sees in it: autogit survey"
"$autogit" -C "$service" survey --output text >&2

say "four tasks: autogit run --diff ${tasks[*]}"
rc=0
run --diff || rc=$?
if [ "$rc" != 0 ]; then
  cat "$work/results.json"
  log "the tasks did not end done (exit code $rc)"
  exit "$rc"
fi

say "what changed: git status"
in_service status --short >&2
in_service add -A
in_service commit -q -m "delivery files"

say "the same tasks once more change no byte"
run >/dev/null 2>&1 || die "the second run failed"
if [ -n "$(in_service status --porcelain)" ]; then
  in_service --no-pager diff >&2
  die "the second run changed files"
fi
printf 'git status: clean\n' >&2

say "the completion signal"
tail -n 1 "$work/results.json"
