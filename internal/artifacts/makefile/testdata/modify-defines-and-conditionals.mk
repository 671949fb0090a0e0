define note
lint:
	not a rule
endef
ifdef CI
test:
	echo ci
else
test:
	echo here
endif
.PHONY: test lint clean

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint and check types
	uv run ruff check .
	uv run mypy

clean: ## Remove what was built
	rm -rf .pytest_cache .ruff_cache coverage.xml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
