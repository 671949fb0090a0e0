"""Settings, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

DEFAULT_REDIS_URL = "redis://localhost:6379/0"
DEFAULT_PORT = 8000


def redis_url(env: Mapping[str, str] = os.environ) -> str:
    """Where Redis is, with the password that REDIS_PASSWORD_FILE holds, if it is set."""
    url = env.get("REDIS_URL") or DEFAULT_REDIS_URL
    password_file = env.get("REDIS_PASSWORD_FILE")
    if not password_file:
        return url
    password = Path(password_file).read_text(encoding="utf-8").rstrip("\r\n")
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f":{quote(password, safe='')}@{host}"))


def port(env: Mapping[str, str] = os.environ) -> int:
    """The port to listen on."""
    value = env.get("PORT") or str(DEFAULT_PORT)
    if not value.isdigit() or int(value) > 65535:
        raise ValueError(f"PORT is {value!r}: use a number from 0 to 65535")
    return int(value)
