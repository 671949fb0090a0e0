#!/bin/bash
# The part of the official postgres image's contract that Compose files use: POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB (each also as ..._FILE), POSTGRES_HOST_AUTH_METHOD, PGDATA, /docker-entrypoint-initdb.d.
set -euo pipefail

# setting VAR DEFAULT: the value of VAR, or the content of the file that VAR_FILE names.
setting() {
  local file="$1_FILE"
  if [ -n "${!file:-}" ]; then
    if [ -n "${!1:-}" ]; then
      echo "error: both $1 and $file are set" >&2
      exit 1
    fi
    cat "${!file}"
  else
    printf '%s' "${!1:-$2}"
  fi
}

case "${1:-}" in
  -*) set -- postgres "$@" ;;
esac
[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres: '{}' +
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=$(setting POSTGRES_USER postgres)
  password=$(setting POSTGRES_PASSWORD '')
  database=$(setting POSTGRES_DB "$user")
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$password" ] && [ "$method" != trust ]; then
    echo "error: the superuser password is empty: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
    exit 1
  fi
  if [ -n "$password" ]; then
    initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth=trust >/dev/null
  else
    initdb --username="$user" --auth=trust >/dev/null
  fi
  printf 'host all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  # Listens on the socket only until everything is set up, so that pg_isready -h cannot report a half-made database.
  pg_ctl -w -s -o "-c listen_addresses=''" start
  [ "$database" = postgres ] ||
    psql -qX -v ON_ERROR_STOP=1 -U "$user" -d postgres -v name="$database" <<< 'CREATE DATABASE :"name";'
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sql) psql -qX -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$file" ;;
      *.sh) POSTGRES_USER=$user POSTGRES_DB=$database bash "$file" ;;
    esac
  done
  pg_ctl -w -s -m fast stop
fi
exec "$@"
