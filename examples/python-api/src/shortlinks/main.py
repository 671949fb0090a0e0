"""The service as a server runs it."""

from shortlinks.app import create_app
from shortlinks.settings import redis_url
from shortlinks.store import RedisStore

app = create_app(RedisStore(redis_url()))
