#!/usr/bin/env bash
# Makes sure that a Docker engine answers, and ends it again: for machines on which no service manager starts one.
#
# usage: scripts/engine.sh start|stop|status
#   start    does nothing when an engine answers; otherwise starts dockerd (root) and waits for it
#   stop     ends the dockerd that start began, and no other
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

state=$(cache_dir engine)
pid_file=$state/dockerd.pid
log_file=$state/dockerd.log

# answers asks over the socket; a client of any age will do.
answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# ours tells whether the recorded process is there and is a dockerd: a process number may have been used again.
ours() {
  [ -s "$pid_file" ] || return 1
  [ "$(cat "/proc/$(cat "$pid_file")/comm" 2>/dev/null)" = dockerd ]
}

# forget removes process files that a killed engine left: a number in use again would make the next one refuse to start.
forget() {
  local file pid
  for file in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    case "$(cat "/proc/$pid/comm" 2>/dev/null)" in
      dockerd | containerd) ;;
      *) rm -f "$file" ;;
    esac
  done
}

# launch starts dockerd with the given options and waits until it answers or ends.
launch() {
  local pid
  forget
  : > "$log_file"
  setsid dockerd "$@" >> "$log_file" 2>&1 < /dev/null &
  pid=$!
  echo "$pid" > "$pid_file"
  for _ in $(seq 60); do
    if answers; then
      log "dockerd $* answers (process $pid, log $log_file)"
      return 0
    fi
    ours || return 1
    sleep 1
  done
  stop
  return 1
}

start() {
  if answers; then
    log "an engine answers already"
    return
  fi
  [ "$(id -u)" = 0 ] || die "no engine answers, and starting dockerd needs root"
  command -v dockerd >/dev/null || die "no engine answers, and dockerd is missing: apt-get install docker.io"
  # Without iptables, or where overlay file systems cannot be stacked, the plainer settings still build and run images.
  launch && return
  launch --storage-driver=vfs && return
  launch --storage-driver=vfs --iptables=false --bridge=none && return
  tail -20 "$log_file" >&2
  die "dockerd did not come up; its log is above"
}

stop() {
  if ! ours; then
    rm -f "$pid_file"
    return
  fi
  local pid
  pid=$(cat "$pid_file")
  kill "$pid"
  for _ in $(seq 30); do
    ours || break
    sleep 1
  done
  if ours; then kill -9 "$pid"; fi
  rm -f "$pid_file"
  log "dockerd (process $pid) ended"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  status) if answers; then echo up; else echo down && exit 1; fi ;;
  *) die "usage: scripts/engine.sh start|stop|status" ;;
esac
