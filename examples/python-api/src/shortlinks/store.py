"""Where links are kept."""

from __future__ import annotations

from typing import Protocol

import redis

# Short, so that a health check answers before the prober gives up.
TIMEOUT_SECONDS = 2.0


class Unavailable(Exception):
    """The store does not answer."""


class Store(Protocol):
    """What the service needs of a store."""

    def ping(self) -> None: ...

    def save(self, code: str, url: str) -> bool: ...

    def follow(self, code: str) -> str | None: ...

    def hits(self, code: str) -> int | None: ...


class RedisStore:
    """Links as one hash a code: its url and how often it was followed."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
        )

    def ping(self) -> None:
        """Raise Unavailable unless Redis answers."""
        try:
            self._redis.ping()
        except redis.RedisError as error:
            raise Unavailable(str(error)) from error

    def save(self, code: str, url: str) -> bool:
        """Keep a link; False when the code is taken by another url."""
        try:
            if self._redis.hsetnx(_key(code), "url", url):
                return True
            return bool(self._redis.hget(_key(code), "url") == url)
        except redis.RedisError as error:
            raise Unavailable(str(error)) from error

    def follow(self, code: str) -> str | None:
        """The url behind a code, counted as one hit."""
        try:
            url = self._redis.hget(_key(code), "url")
            if url is None:
                return None
            self._redis.hincrby(_key(code), "hits", 1)
            return str(url)
        except redis.RedisError as error:
            raise Unavailable(str(error)) from error

    def hits(self, code: str) -> int | None:
        """How often a code was followed."""
        try:
            if not self._redis.hexists(_key(code), "url"):
                return None
            return int(str(self._redis.hget(_key(code), "hits") or 0))
        except redis.RedisError as error:
            raise Unavailable(str(error)) from error


def _key(code: str) -> str:
    return f"link:{code}"
