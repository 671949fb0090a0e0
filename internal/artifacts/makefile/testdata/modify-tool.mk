lint:
	uv run ruff check .
	uv run mypy

# after
test:
	uv run pytest --cov --cov-report=xml
