"""The routes."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel

from shortlinks.store import Store, Unavailable

CODE_LENGTH = 7
MAX_URL = 2048


class NewLink(BaseModel):
    """A link to make short."""

    url: str


class Link(BaseModel):
    """A short link."""

    code: str
    url: str


class Hits(BaseModel):
    """How often a link was followed."""

    code: str
    hits: int


def code_for(url: str, attempt: int = 0) -> str:
    """The code of a url: the same one each time, another one for each attempt."""
    digest = hashlib.sha256(f"{attempt}:{url}".encode()).digest()
    return format(int.from_bytes(digest[:8], "big"), "x").zfill(CODE_LENGTH)[:CODE_LENGTH]


def create_app(store: Store) -> FastAPI:
    """Make the service over a store."""
    app = FastAPI(title="shortlinks")

    @app.exception_handler(Unavailable)
    def unavailable(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse({"detail": "the store does not answer"}, status_code=503)

    @app.get("/health")
    def health() -> dict[str, str]:
        store.ping()
        return {"status": "ok"}

    @app.post("/links", status_code=201, response_model=Link)
    def create(link: NewLink) -> Link:
        if not is_web_url(link.url):
            raise HTTPException(422, "url must be an http or https address")
        for attempt in range(5):
            code = code_for(link.url, attempt)
            if store.save(code, link.url):
                return Link(code=code, url=link.url)
        raise HTTPException(409, "no free code for this url")

    @app.get("/links/{code}", response_model=Hits)
    def hits(code: str) -> Hits:
        count = store.hits(code)
        if count is None:
            raise HTTPException(404, "no such link")
        return Hits(code=code, hits=count)

    @app.get("/{code}")
    def follow(code: str) -> RedirectResponse:
        url = store.follow(code)
        if url is None:
            raise HTTPException(404, "no such link")
        return RedirectResponse(url, status_code=307)

    return app


def is_web_url(url: str) -> bool:
    """Tell whether a browser may be sent there."""
    if len(url) > MAX_URL or any(c.isspace() for c in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
