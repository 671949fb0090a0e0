.RECIPEPREFIX := >
.PHONY: test lint format-check
test:
> echo t

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint and check types
>uv run ruff check .
>uv run mypy

# The pipeline's form of format: it changes no file.
format-check: ## Check that the code is formatted
>uv run ruff format --check .
