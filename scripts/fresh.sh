#!/usr/bin/env bash
# Checks that every generated file is what its generator writes today. Works on a copy, so the work tree is untouched.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

if ! git grep -q --untracked '^//go:generate ' -- '*.go' ':!testdata'; then
  log "nothing is generated"
  exit
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/autogit-fresh.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/before"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar --null -T - -c | tar -C "$work/before" -x
cp -a "$work/before" "$work/after"
(cd "$work/after" && go generate ./...)
if ! diff -ru "$work/before" "$work/after"; then
  die "generated files are stale: run go generate ./... and commit what it changed"
fi
log "generated files are fresh"
