"""The routes, over a store in memory."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from shortlinks.app import code_for, create_app, is_web_url
from shortlinks.store import Unavailable

URL = "https://example.com/a/long/path?q=1"


class MemoryStore:
    """A store without Redis."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.down = False

    def ping(self) -> None:
        if self.down:
            raise Unavailable("connection refused by 10.0.0.7")

    def save(self, code: str, url: str) -> bool:
        self.ping()
        return self.urls.setdefault(code, url) == url

    def follow(self, code: str) -> str | None:
        self.ping()
        if code in self.urls:
            self.counts[code] = self.counts.get(code, 0) + 1
        return self.urls.get(code)

    def hits(self, code: str) -> int | None:
        self.ping()
        return self.counts.get(code, 0) if code in self.urls else None


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def client(store: MemoryStore) -> TestClient:
    return TestClient(create_app(store))


def test_health(client: TestClient, store: MemoryStore) -> None:
    assert client.get("/health").status_code == 200
    store.down = True
    response = client.get("/health")
    assert response.status_code == 503
    assert "10.0.0.7" not in response.text


def test_a_link_is_made_followed_and_counted(client: TestClient) -> None:
    made = client.post("/links", json={"url": URL})
    assert made.status_code == 201
    code = made.json()["code"]
    assert made.json() == {"code": code, "url": URL}
    for _ in range(2):
        answer = client.get(f"/{code}", follow_redirects=False)
        assert answer.status_code == 307
        assert answer.headers["location"] == URL
    assert client.get(f"/links/{code}").json() == {"code": code, "hits": 2}


def test_the_same_url_has_the_same_code(client: TestClient) -> None:
    codes = {client.post("/links", json={"url": URL}).json()["code"] for _ in range(3)}
    assert len(codes) == 1


def test_a_taken_code_is_not_given_twice(client: TestClient, store: MemoryStore) -> None:
    store.urls[code_for(URL)] = "https://example.org/other"
    made = client.post("/links", json={"url": URL}).json()
    assert made["code"] == code_for(URL, 1)
    assert store.urls[code_for(URL)] == "https://example.org/other"


@pytest.mark.parametrize("path", ["/nothing", "/links/nothing"])
def test_unknown(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/abc", "/links/abc"])
def test_no_store(client: TestClient, store: MemoryStore, path: str) -> None:
    store.down = True
    assert client.get(path).status_code == 503


@pytest.mark.parametrize(
    ("url", "good"),
    [
        (URL, True),
        ("http://localhost:8000/", True),
        ("javascript:alert(1)", False),
        ("//example.com", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://example.com/a b", False),
        ("https://example.com/" + "x" * 2048, False),
    ],
)
def test_only_web_urls(client: TestClient, url: str, good: bool) -> None:
    assert is_web_url(url) is good
    assert client.post("/links", json={"url": url}).status_code == (201 if good else 422)
