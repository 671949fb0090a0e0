"""The store over a real Redis, where REDIS_URL names one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable

import pytest

from shortlinks.store import RedisStore, Unavailable

needs_redis = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="REDIS_URL is not set: no Redis to test against"
)


@needs_redis
def test_redis_store() -> None:
    store = RedisStore(os.environ["REDIS_URL"])
    code = uuid.uuid4().hex
    store.ping()
    assert store.hits(code) is None
    assert store.follow(code) is None
    assert store.save(code, "https://example.com/")
    assert store.save(code, "https://example.com/"), "the same url may be kept again"
    assert not store.save(code, "https://example.org/")
    assert store.hits(code) == 0
    assert store.follow(code) == "https://example.com/"
    assert store.hits(code) == 1


def test_a_store_that_is_down_is_unavailable() -> None:
    store = RedisStore("redis://127.0.0.1:1/0")
    calls: list[Callable[[], object]] = [
        store.ping,
        lambda: store.save("a", "b"),
        lambda: store.follow("a"),
        lambda: store.hits("a"),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()
