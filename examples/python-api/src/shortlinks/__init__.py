"""Short links over HTTP, kept in Redis."""
