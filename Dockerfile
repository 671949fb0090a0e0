# syntax=docker/dockerfile:1

# Image of autogit: a command-line program in Go. Build it in the root of the repository:
#   docker build -t autogit .
# For every architecture that the bases exist for, with what the labels say:
#   docker buildx build --platform linux/amd64,linux/arm64,linux/riscv64 \
#     --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" \
#     -t registry.example.com/autogit:1.0.0 --push .

# The bases are pinned, so that a build gives the same result tomorrow, and arguments, so that a mirror or a
# newer patch needs no change here.
# autogit:ignore-file DK004 a digest would shut security fixes out until somebody renews it
ARG GO_IMAGE=golang:1.26.8-trixie
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian13:nonroot@sha256:1c2c046bc09ed40fad370b599a0b1ae7987f55b01e247cf27a7c27cd97e5bbc7

# Go compiles for every architecture, so this stage runs on the build machine's own, without emulation.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build

WORKDIR /src

# Dependencies first: this layer stays cached until go.mod or go.sum changes.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
ARG TARGETOS TARGETARCH
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /out/autogit .

# Only the program: no shell, no package manager, no source.
FROM ${RUNTIME_IMAGE} AS runtime

WORKDIR /app
COPY --from=build /out/ /app/

# Told by the pipeline. They stand after the layers that cost time, because they change with each build.
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE=https://github.com/autogit/autogit
LABEL org.opencontainers.image.title="autogit" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Numeric, because an orchestrator that demands a user other than root can check only a number.
USER 65532:65532

# Exec form: no shell stands between, so the program itself gets the stop signal.
ENTRYPOINT ["/app/autogit"]

# autogit:seal sha256:301adca7f4dd7960
