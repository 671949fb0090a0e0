# Each target runs the repository's own commands, so that a laptop and a pipeline do the same. `make` lists
# the targets.

# Another engine with the same commands does as well: make image DOCKER=podman
DOCKER ?= docker
# The image's name; a registry goes before it.
IMAGE ?= notes-api
# Git is asked when an image is built and not before. A tag of an image can hold neither / nor +.
VERSION ?= $(or $(shell git describe --tags --always --dirty 2>/dev/null | tr '/+' '--'),dev)

.DEFAULT_GOAL := help

# No target is a file: without this a file of the same name would stop it from running.
.PHONY: help install test lint format format-check audit build image run clean up down logs deploy check

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Install the dependencies
	go mod download

# Races show only while the code runs.
test: ## Run the tests
	go test -race -coverprofile=coverage.out ./...

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint: ## Lint the code
	golangci-lint run
	go vet ./...

format: ## Format the code
	gofmt -w .

# The pipeline's form of format: it changes no file.
# gofmt -l prints what is not formatted and succeeds all the same.
format-check: ## Check that the code is formatted
	test -z "$$(gofmt -l .)"

audit: ## Look for known vulnerabilities of dependencies
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

build: ## Build the program
	go build -trimpath -o bin/server ./cmd/server

image: ## Build the container image
	$(DOCKER) build --build-arg VERSION=$(VERSION) -t $(IMAGE):$(VERSION) .

run: build ## Run as in production
	./bin/server

clean: ## Remove what was built
	rm -rf bin coverage.out

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
# autogit:seal sha256:563a0e27fc082797
