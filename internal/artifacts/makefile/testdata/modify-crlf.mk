# win
.PHONY: test lint
test: ## Test
	echo t

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint and check types
	uv run ruff check .
	uv run mypy
