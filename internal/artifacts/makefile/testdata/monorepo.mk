# Each target runs the repository's own commands, so that a laptop and a pipeline do the same. `make` lists
# the targets.

# Another engine with the same commands does as well: make image DOCKER=podman
DOCKER ?= docker
# What stands before each image's name, a registry for example: IMAGE_PREFIX=registry.example.com/team/
IMAGE_PREFIX ?=
# Git is asked when an image is built and not before. A tag of an image can hold neither / nor +.
VERSION ?= $(or $(shell git describe --tags --always --dirty 2>/dev/null | tr '/+' '--'),dev)

.DEFAULT_GOAL := help

# No target is a file: without this a file of the same name would stop it from running.
.PHONY: help install api-install worker-install dev worker-dev test api-test worker-test lint api-lint \
        worker-lint typecheck worker-typecheck format api-format format-check api-format-check audit \
        api-audit build api-build worker-build image api-image worker-image api-run worker-run clean \
        api-clean worker-clean deploy check

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: api-install worker-install ## Install the dependencies (every component)

api-install: ## api: install the dependencies
	cd services/api && go mod download

worker-install: ## worker: install the dependencies
	cd services/worker && npm ci

dev: worker-dev ## Run from source (every component)

worker-dev: ## worker: run from source
	cd services/worker && npm run dev

test: api-test worker-test ## Run the tests (every component)

# Races show only while the code runs.
api-test: ## api: run the tests
	cd services/api && go test -race -coverprofile=coverage.out ./...

worker-test: ## worker: run the tests
	cd services/worker && npm test

lint: api-lint worker-lint ## Lint and check types (every component)

# Everything that reads the code without running it, so that one command answers before the slower tests.
api-lint: ## api: lint and check types
	cd services/api && golangci-lint run
	cd services/api && go vet ./...

# Everything that reads the code without running it, so that one command answers before the slower tests.
worker-lint: ## worker: lint and check types
	cd services/worker && npm run typecheck

typecheck: worker-typecheck ## Check types only (every component)

worker-typecheck: ## worker: check types only
	cd services/worker && npm run typecheck

format: api-format ## Format the code (every component)

api-format: ## api: format the code
	cd services/api && gofmt -w .

format-check: api-format-check ## Check that the code is formatted (every component)

# The pipeline's form of format: it changes no file.
# gofmt -l prints what is not formatted and succeeds all the same.
api-format-check: ## api: check that the code is formatted
	cd services/api && test -z "$$(gofmt -l .)"

audit: api-audit ## Look for known vulnerabilities of dependencies (every component)

api-audit: ## api: look for known vulnerabilities of dependencies
	cd services/api && go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

build: api-build worker-build ## Build the program (every component)

api-build: ## api: build the program
	cd services/api && go build -trimpath -o bin/server ./cmd/server

worker-build: ## worker: build the program
	cd services/worker && npm run build

image: api-image worker-image ## Build the container image (every component)

api-image: ## api: build the container image
	$(DOCKER) build --build-arg VERSION=$(VERSION) -t $(IMAGE_PREFIX)api:$(VERSION) services/api

worker-image: ## worker: build the container image
	$(DOCKER) build --build-arg VERSION=$(VERSION) -t $(IMAGE_PREFIX)worker:$(VERSION) services/worker

api-run: api-build ## api: run as in production
	cd services/api && ./bin/server

worker-run: worker-build ## worker: run as in production
	cd services/worker && node dist/src/main.js

clean: api-clean worker-clean ## Remove what was built (every component)

api-clean: ## api: remove what was built
	cd services/api && rm -rf bin coverage.out

worker-clean: ## worker: remove what was built
	cd services/worker && rm -rf dist

# --wait makes a deployment fail that does not become healthy, instead of leaving it to be found out later.
deploy: ## Deploy to production
	$(DOCKER) compose -f docker-compose.prod.yml up --detach --wait

# The quick checks come first, so that a slip is told at once.
check: format-check lint test ## Run every check that a change must pass
# autogit:seal sha256:db314dc20a13373d
