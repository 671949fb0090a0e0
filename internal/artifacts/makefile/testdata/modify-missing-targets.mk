# Ours since 2019.
CC=gcc   # odd spacing stays

DOCKER ?= docker

.PHONY: build  test install lint format deploy clean # the usual
build:
	$(CC) -o app main.c

test: build
	./app --selftest

docs/index.html: docs/index.md
	md $< > $@

install: ## Install the dependencies
	uv sync --locked

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint and check types
	uv run ruff check .
	uv run mypy

format: ## Format the code
	uv run ruff format .

# --wait makes a deployment fail that does not become healthy, instead of leaving it to be found out later.
deploy: ## Deploy to production
	@test -f docker-compose.prod.yml || { echo "docker-compose.prod.yml is missing: write it with: autogit write compose" >&2; exit 1; }
	$(DOCKER) compose -f docker-compose.prod.yml up --detach --wait

clean: ## Remove what was built
	rm -rf .pytest_cache .ruff_cache coverage.xml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
