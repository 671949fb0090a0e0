#!/usr/bin/env bash
# Provides the base images that generated Dockerfiles and Compose files name, also where no image registry can be
# reached. An image that is there is kept; one that a registry has is pulled; only what is left is made as a stand-in
# from this machine's own tools and Debian's packages. A second run finds everything in place and takes a moment.
#
# A stand-in keeps the contract of the image that it stands in for (paths, user, environment, commands), not its version
# or its distribution: golang:1.25-alpine holds the Go of this machine on Debian, without apk. Its label
# dev.autogit.standin says so.
#
# usage: scripts/baseimages.sh IMAGE...
#   AUTOGIT_DOCKER    the client to use                 AUTOGIT_STANDINS=1   make stand-ins without asking a registry
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

LABEL=dev.autogit.standin
FRONTEND=github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend
FRONTEND_VERSION=v0.13.2 # what BuildKit in Docker 20.10, the oldest engine that we meet, can talk to
CA=/etc/ssl/certs/ca-certificates.crt
no_registry=${AUTOGIT_STANDINS:-}

# family prints which stand-in serves an image name; names that none can serve fail.
family() {
  local name=${1#docker.io/}
  name=${name#library/}
  case "$name" in
    *@sha256:*) return 1 ;;
    docker/dockerfile:1*) echo frontend ;;
    debian:*) echo debian ;;
    golang:*) echo golang ;;
    node:*) echo node ;;
    python:*) echo python ;;
    postgres:*) postgres_family "${name#postgres:}" ;;
    redis:*alpine*) echo redis-1000 ;; # the group's number differs between the variants
    redis:*) echo redis-999 ;;
    gcr.io/distroless/static*) echo static ;;
    gcr.io/distroless/base* | gcr.io/distroless/cc*) echo base ;;
    gcr.io/distroless/nodejs*) echo nodejs ;;
    *) return 1 ;;
  esac
}

# postgres_family tells the variants apart: the user's number, and since 18 where the data lie.
postgres_family() {
  local id=999 major=${1%%[!0-9]*}
  case "$1" in *alpine*) id=70 ;; esac
  if [ "${major:-0}" -ge 18 ]; then echo "postgres-$id-$major"; else echo "postgres-$id"; fi
}

# inputs prints what a family's image is made from, so that a change of it makes the image anew.
inputs() {
  cat "$here/baseimages.sh" "$here"/baseimages/*.sh
  settings
  sha256sum "$CA"
  case "$1" in
    golang | frontend) go version && go env GOPROXY GOSUMDB GOFLAGS GONOSUMDB GOPRIVATE ;;
    node | nodejs) node --version && npm --version && npm config get registry 2>/dev/null ;;
  esac
}

# stamp puts the digest of a family's inputs into stamps, once: asking npm alone costs half a second.
declare -A stamps
stamp() { [ -n "${stamps[$1]:-}" ] || stamps[$1]=$1-$(inputs "$1" | sha256sum | cut -c1-16); }

# settings prints how this machine's apt reaches its mirrors; read at run time and never kept in the repository.
settings() { apt-config dump | grep -E '^Acquire::(http|https|Retries|Check-|AllowInsecure)' || true; }

image() { "$docker" image inspect -f "{{with .Config.Labels}}{{index . \"$LABEL\"}}{{end}}" "$1" 2>/dev/null; }

# provide makes sure that an image of that name is there.
provide() {
  local name=$1 kind have
  if have=$(image "$name") && [ -z "$have" ]; then
    log "$name: is there, kept"
    return
  fi
  if [ -z "$have" ] && [ -z "$no_registry" ]; then
    if timeout 300 "$docker" pull -q "$name" >/dev/null 2>&1; then
      log "$name: pulled"
      return
    fi
    no_registry=1 # one answer is enough: the others would only wait for the same
  fi
  kind=$(family "$name") || die "$name: no registry has it and there is no stand-in for it; pull it, or name another base"
  stamp "$kind"
  if [ "$have" = "${stamps[$kind]}" ]; then
    log "$name: stand-in is there"
    return
  fi
  make_image "$kind"
  "$docker" tag "$(local_name "$kind")" "$name"
  log "$name: stand-in made"
}

local_name() { echo "autogit.local/standin/$1:${stamps[$1]##*-}"; }

# make_image builds a family's image, unless one of the same inputs is there.
make_image() {
  local kind=$1
  stamp "$kind"
  if image "$(local_name "$kind")" >/dev/null; then return; fi
  case "$kind" in
    debian | static | base | nodejs | frontend) "make_$kind" ;;
    postgres-* | redis-*) make_image debian && "make_${kind%%-*}" "$kind" ;;
    *) make_image debian && "make_$kind" ;;
  esac
}

# import_tree makes an image of one layer out of a folder: import_tree KIND DIR CHANGE...
import_tree() {
  local kind=$1 dir=$2 change args=()
  shift 2
  for change in "$@"; do args+=(-c "$change"); done
  tar -C "$dir" --numeric-owner -c . |
    "$docker" import "${args[@]}" -c "LABEL $LABEL=${stamps[$kind]}" - "$(local_name "$kind")" >/dev/null
}

# build makes an image from a Dockerfile on standard input: build KIND CONTEXT [OPTION...]. The packages come over the
# host's network, which works where a bridge's does not.
build() {
  local kind=$1 context=$2 file=$work/$1.Dockerfile
  shift 2
  { echo "FROM $(local_name debian)"; cat; } > "$file"
  DOCKER_BUILDKIT=1 "$docker" build -q --network=host --label "$LABEL=${stamps[$kind]}" \
    -t "$(local_name "$kind")" -f "$file" "$@" "$context" >/dev/null
}

# rootfs prints a minimal Debian tree, kept between runs: making it is half the work.
rootfs() {
  local dir mirror
  dir=$(cache_dir standins)/rootfs
  if [ ! -e "$dir/.complete" ]; then
    [ "$(id -u)" = 0 ] || die "stand-ins are made with debootstrap, which needs root; run as root, or where a registry answers"
    command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
    # shellcheck disable=SC2016 # apt's own placeholders
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Identifier: Packages' | awk '$2=="bookworm"{print $1; exit}')
    rm -rf "$dir"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$dir" "${mirror:-http://deb.debian.org/debian}" \
      > "$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; die "debootstrap failed"; }
    rm -rf "$dir"/var/cache/apt/archives/*.deb "$dir"/var/lib/apt/lists/*
    touch "$dir/.complete"
  fi
  printf '%s\n' "$dir"
}

make_debian() {
  local root
  root=$(rootfs)
  cp "$CA" "$root$CA"
  settings > "$root/etc/apt/apt.conf.d/90host"
  if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
    : > "$root/etc/apt/sources.list"
  fi
  import_tree debian "$root" 'CMD ["bash"]' 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
}

make_golang() {
  build golang "$(go env GOROOT)" --build-arg "PROXY=$(go env GOPROXY)" --build-arg "SUMDB=$(go env GOSUMDB)" <<'D'
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev git make && rm -rf /var/lib/apt/lists/*
COPY . /usr/local/go
ARG PROXY SUMDB
ENV GOPATH=/go GOTOOLCHAIN=local GOPROXY=$PROXY GOSUMDB=$SUMDB PATH=/go/bin:/usr/local/go/bin:$PATH
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go
WORKDIR /go
CMD ["bash"]
D
}

make_node() {
  local context=$work/node
  mkdir -p "$context"
  cp "$(readlink -f "$(command -v node)")" "$context/node"
  cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$context/npm"
  printf 'registry=%s\ncafile=%s\nupdate-notifier=false\n' "$(npm config get registry 2>/dev/null)" "$CA" > "$context/npmrc"
  build node "$context" <<'D'
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY npmrc /usr/local/etc/npmrc
RUN ln -s node /usr/local/bin/nodejs \
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
 && groupadd -g 1000 node && useradd -u 1000 -g node -m -s /bin/bash node
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
D
}

make_python() {
  mkdir -p "$work/empty"
  build python "$work/empty" <<'D'
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \
 && ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/python3 /usr/local/bin/python3
CMD ["python3"]
D
}

make_postgres() {
  local id major volume=/var/lib/postgresql data
  IFS=- read -r _ id major <<< "$1"
  if [ -n "$major" ]; then data=$volume/$major/docker; else volume+=/data data=$volume; fi
  build "$1" "$here/baseimages" --build-arg "ID=$id" --build-arg "DATA=$data" --build-arg "VOLUME=$volume" <<'D'
ARG ID
RUN groupadd -g $ID postgres && useradd -u $ID -g postgres -M -d /var/lib/postgresql -s /bin/bash postgres \
 && apt-get update && apt-get install -y --no-install-recommends postgresql-15 && rm -rf /var/lib/apt/lists/* \
 && rm -rf /var/lib/postgresql/* && mkdir -p /docker-entrypoint-initdb.d \
 && echo "listen_addresses = '*'" >> /usr/share/postgresql/15/postgresql.conf.sample \
 && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
COPY --chmod=755 postgres-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ARG DATA VOLUME
RUN install -d -o postgres -g postgres -m 1777 "$VOLUME"
ENV PGDATA=$DATA PATH=$PATH:/usr/lib/postgresql/15/bin LANG=C.UTF-8
VOLUME $VOLUME
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
D
}

make_redis() {
  build "$1" "$here/baseimages" --build-arg "GROUP=${1#redis-}" <<'D'
ARG GROUP
RUN groupadd -g $GROUP redis && useradd -u 999 -g redis -d /data redis \
 && apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/* \
 && install -d -o redis -g redis /data
COPY --chmod=755 redis-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
WORKDIR /data
VOLUME /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redis-server"]
D
}

# skeleton lays out what every distroless image has: certificates, time zones, three users, no shell.
skeleton() {
  local dir=$1 root
  root=$(rootfs)
  mkdir -p "$dir"/{etc/ssl/certs,home/nonroot,root,tmp,usr/share,var/tmp}
  cp "$CA" "$dir$CA"
  cp -a "$root/etc/os-release" "$root/etc/debian_version" "$dir/etc/"
  if [ -d /usr/share/zoneinfo ]; then cp -a /usr/share/zoneinfo "$dir/usr/share/"; fi
  printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin \
    nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin > "$dir/etc/passwd"
  printf '%s\n' root:x:0: nobody:x:65534: nonroot:x:65532: tty:x:5: > "$dir/etc/group"
  chown 65532:65532 "$dir/home/nonroot"
  chmod 700 "$dir/root" "$dir/home/nonroot"
  chmod 1777 "$dir/tmp" "$dir/var/tmp"
}

# libraries copies what a program of the C library needs at run time.
libraries() {
  local dir=$1 root pkg
  root=$(rootfs)
  for pkg in libc6 libgcc-s1 libstdc++6; do
    cat "$root/var/lib/dpkg/info/$pkg:amd64.list" "$root/var/lib/dpkg/info/$pkg.list" 2>/dev/null || true
  done | grep -E '^/(usr/)?lib' | sed 's,^/,,' |
    while IFS= read -r path; do if [ ! -d "$root/$path" ]; then echo "$path"; fi; done |
    tar -C "$root" -c --no-recursion -T - | tar -C "$dir" -x
  # Debian 12 keeps /lib and /lib64 as links into /usr; without them the loader is not found.
  for pkg in lib lib64; do
    if [ -d "$dir/$pkg" ]; then mkdir -p "$dir/usr/$pkg" && cp -a "$dir/$pkg/." "$dir/usr/$pkg/" && rm -rf "${dir:?}/$pkg"; fi
    if [ -d "$dir/usr/$pkg" ]; then ln -s "usr/$pkg" "$dir/$pkg"; fi
  done
}

DISTROLESS=('WORKDIR /home/nonroot' 'USER 65532' "ENV SSL_CERT_FILE=$CA"
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')

make_static() {
  skeleton "$work/static"
  import_tree static "$work/static" "${DISTROLESS[@]}"
}

make_base() {
  skeleton "$work/base"
  libraries "$work/base"
  import_tree base "$work/base" "${DISTROLESS[@]}"
}

make_nodejs() {
  skeleton "$work/nodejs"
  libraries "$work/nodejs"
  mkdir -p "$work/nodejs/nodejs/bin"
  cp "$(readlink -f "$(command -v node)")" "$work/nodejs/nodejs/bin/node"
  import_tree nodejs "$work/nodejs" "${DISTROLESS[@]}" 'ENTRYPOINT ["/nodejs/bin/node"]'
}

# make_frontend builds the program behind "# syntax=docker/dockerfile:1" from its module; BuildKit takes a local image.
make_frontend() {
  local src bin
  src=$(cache_dir standins)/frontend-$FRONTEND_VERSION
  bin=$src/root/bin/dockerfile-frontend
  if [ ! -x "$bin" ]; then
    mkdir -p "$src"
    printf 'module frontend.local\n\ngo 1.25\n' > "$src/go.mod"
    (cd "$src" && go get "$FRONTEND@$FRONTEND_VERSION" && CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags '-s -w' -o "$bin" "$FRONTEND") \
      > "$src/build.log" 2>&1 || { tail -5 "$src/build.log" >&2; die "the Dockerfile frontend did not build"; }
  fi
  import_tree frontend "$src/root" 'ENTRYPOINT ["/bin/dockerfile-frontend"]' \
    'LABEL moby.buildkit.frontend.network.none=true' \
    'LABEL moby.buildkit.frontend.caps=moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts'
}

[ $# -gt 0 ] || die "no image named; usage: scripts/baseimages.sh IMAGE..."
docker=$(docker_client) || die "no docker client with BuildKit found; install docker.io, or the buildx plugin"
"$docker" version --format '{{.Server.Version}}' >/dev/null 2>&1 || die "no Docker engine answers; start one with scripts/engine.sh start"
# Several test packages may ask at once; the second then finds the first one's images.
exec 9> "$(cache_dir standins)/lock"
flock 9
work=$(mktemp -d "${TMPDIR:-/tmp}/autogit-standins.XXXXXX")
trap 'rm -rf "$work"' EXIT
for name in "$@"; do provide "$name"; done
