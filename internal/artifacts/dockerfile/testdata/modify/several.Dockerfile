FROM python:3.12.12
WORKDIR /app

# first the list
COPY requirements.txt .
RUN pip install -r requirements.txt   # no cache
COPY . .
EXPOSE 8000

# Told by the pipeline.
ARG VERSION=dev
ARG REVISION=unknown
ARG SOURCE
LABEL org.opencontainers.image.title="books" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Numeric, because an orchestrator that demands a user other than root can check only a number.
USER 10001:10001

HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=3)"]

# start it
CMD ["uvicorn", "books.main:app", "--host", "0.0.0.0", "--port", "8000"]
