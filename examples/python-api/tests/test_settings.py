"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortlinks.settings import port, redis_url


def test_defaults() -> None:
    assert redis_url({}) == "redis://localhost:6379/0"
    assert port({}) == 8000


def test_password_comes_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p@ss/word\n")
    env = {"REDIS_URL": "redis://cache:6379/1", "REDIS_PASSWORD_FILE": str(secret)}
    assert redis_url(env) == "redis://:p%40ss%2Fword@cache:6379/1"


def test_a_missing_password_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        redis_url({"REDIS_PASSWORD_FILE": str(tmp_path / "none")})


def test_port() -> None:
    assert port({"PORT": "9000"}) == 9000
    for value in ("web", "-1", "65536"):
        with pytest.raises(ValueError, match="PORT"):
            port({"PORT": value})
