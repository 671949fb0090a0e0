#!/usr/bin/env bash
# Makes sure that "docker compose" works. Debian 12 packages only the first, Python generation, which does not know
# today's files, so the plugin is built from its Go module where it is missing. Kept between runs.
#
# usage: scripts/compose.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

MODULE=github.com/docker/compose/v2
VERSION=v2.40.3

docker=$(docker_client) || die "no docker client with BuildKit found; install docker.io, or the buildx plugin"
if "$docker" compose version >/dev/null 2>&1; then
  log "docker compose is there"
  exit
fi
src=$(cache_dir compose)/$VERSION
if [ ! -x "$src/docker-compose" ]; then
  mkdir -p "$src"
  printf 'module compose.local\n\ngo 1.25\n' > "$src/go.mod"
  # The import keeps the module's own requirements in the build list when -mod=mod resolves it.
  printf '//go:build tools\n\npackage tools\n\nimport _ "%s/cmd"\n' "$MODULE" > "$src/tools.go"
  log "building $MODULE $VERSION (about four minutes the first time)"
  (cd "$src" && go get "$MODULE@$VERSION" && CGO_ENABLED=0 go build -mod=mod -trimpath \
    -ldflags "-s -w -X $MODULE/internal.Version=$VERSION" -o docker-compose "$MODULE/cmd") \
    > "$src/build.log" 2>&1 || { tail -5 "$src/build.log" >&2; die "docker compose did not build"; }
fi
plugins=${DOCKER_CONFIG:-${HOME:-/root}/.docker}/cli-plugins
mkdir -p "$plugins"
ln -sf "$src/docker-compose" "$plugins/docker-compose"
"$docker" compose version
