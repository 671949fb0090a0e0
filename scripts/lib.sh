# Shared by the scripts beside it: finding a Docker client that has BuildKit, and where things are cached.
# shellcheck shell=bash

# log prints to standard error, so that a script's standard output stays its result.
log() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  log "$*"
  exit 1
}

# has_buildkit tells whether a client can build with BuildKit: clients before 23 carry it, later ones need the
# buildx plugin and silently fall back to the old builder without it.
has_buildkit() {
  local version
  version=$("$1" version --format '{{.Client.Version}}' 2>/dev/null) || true
  [ -n "$version" ] || version=$("$1" --version 2>/dev/null | sed -E 's/^[^0-9]*([0-9.]+).*/\1/')
  [ -n "$version" ] || return 1
  [ "${version%%.*}" -lt 23 ] || "$1" buildx version >/dev/null 2>&1
}

# docker_client prints the path of the first client that has BuildKit: $AUTOGIT_DOCKER, then those on PATH.
docker_client() {
  local candidate
  if [ -n "${AUTOGIT_DOCKER:-}" ]; then
    printf '%s\n' "$AUTOGIT_DOCKER"
    return
  fi
  while IFS= read -r candidate; do
    if has_buildkit "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done < <(type -ap docker; echo /usr/bin/docker)
  return 1
}

# cache_dir prints (and makes) the folder in which the scripts keep what is costly to make again.
cache_dir() {
  local dir=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/autogit/$1
  mkdir -p "$dir"
  printf '%s\n' "$dir"
}
