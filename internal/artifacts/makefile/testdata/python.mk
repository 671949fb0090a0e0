# Each target runs the repository's own commands, so that a laptop and a pipeline do the same. `make` lists
# the targets.

# Another engine with the same commands does as well: make build DOCKER=podman
DOCKER ?= docker
# The image's name; a registry goes before it.
IMAGE ?= shortlinks
# Git is asked when an image is built and not before. A tag of an image can hold neither / nor +.
VERSION ?= $(or $(shell git describe --tags --always --dirty 2>/dev/null | tr '/+' '--'),dev)

.DEFAULT_GOAL := help

# No target is a file: without this a file of the same name would stop it from running.
.PHONY: help install dev test lint typecheck format format-check build run clean up down logs deploy check

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Install the dependencies
	uv sync --locked

dev: ## Run with reload on changes
	uv run uvicorn shortlinks.main:app --reload

test: ## Run the tests
	uv run pytest --cov --cov-report=xml

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint and check types
	uv run ruff check .
	uv run mypy

typecheck: ## Check types only
	uv run mypy

format: ## Format the code
	uv run ruff format .

# The pipeline's form of format: it changes no file.
format-check: ## Check that the code is formatted
	uv run ruff format --check .

build: ## Build the container image
	$(DOCKER) build --build-arg VERSION=$(VERSION) -t $(IMAGE):$(VERSION) .

run: ## Run as in production
	uv run uvicorn shortlinks.main:app --port $${PORT:-8000}

clean: ## Remove what was built
	rm -rf .pytest_cache .ruff_cache coverage.xml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --wait returns when every service is healthy, or fails.
up: ## Start the development stack
	$(DOCKER) compose -f docker-compose.yml up --build --detach --wait

# The volumes stay: they hold the data of the last session.
down: ## Stop the development stack
	$(DOCKER) compose -f docker-compose.yml down

logs: ## Follow the logs of the development stack
	$(DOCKER) compose -f docker-compose.yml logs --follow

# --wait makes a deployment fail that does not become healthy, instead of leaving it to be found out later.
deploy: ## Deploy to production
	$(DOCKER) compose -f docker-compose.prod.yml up --detach --wait

# The quick checks come first, so that a slip is told at once.
check: format-check lint test ## Run every check that a change must pass
# autogit:seal sha256:7baf8a6c3c943fe0
