#!/bin/bash
# The part of the official redis image's contract that Compose files use: options or a configuration file as the
# command, data in /data, no root process.
set -euo pipefail
case "${1:-}" in
  -*|*.conf) set -- redis-server "$@" ;;
esac
[ "${1:-}" = redis-server ] || exec "$@"
# The network is the container's own: the image, unlike Debian's package, answers on it. A configuration file, which
# must come first, may say otherwise.
if [ $# -eq 1 ] || [ "${2#-}" != "$2" ]; then
  shift
  set -- redis-server --protected-mode no --bind '*' "$@"
fi
if [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec setpriv --reuid redis --regid redis --init-groups "$@"
fi
exec "$@"
