# AutoGit's own tasks. "make" lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := bin/autogit
# A tarball without git history still builds; its version then says so.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X github.com/autogit/autogit/internal/cli.Version=$(VERSION)

# The race detector needs a C compiler. Without one the same tests run without it.
RACE := $(if $(shell command -v gcc 2>/dev/null),-race)
TESTFLAGS ?=
# Generous, because the tests that build images do real work; a test that hangs still ends.
TEST_TIMEOUT ?= 30m

# The linter's requirements live in a module file of their own, so that they never enter the program's.
LINTER := go tool -modfile=scripts/tools/golangci-lint.mod golangci-lint
SHELL_SCRIPTS := .ci/run $(wildcard scripts/*.sh scripts/*/*.sh bench/*.sh)
GO_FILES := git ls-files -z --cached --others --exclude-standard '*.go'

.PHONY: help build demo test lint fmt bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

build: ## Build bin/autogit
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

demo: build ## Show the four delivery tasks done on a real service
	@scripts/demo.sh $(BIN)

test: ## Run every test; those that need Docker skip where no engine answers
	go test $(RACE) -timeout $(TEST_TIMEOUT) $(TESTFLAGS) ./...

lint: ## Check format, vet, linters, shell scripts and that generated files are fresh
	@unformatted=$$($(GO_FILES) | xargs -0 -r gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change (run make fmt):"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(LINTER) run ./...
	@if command -v shellcheck >/dev/null; then shellcheck -x $(SHELL_SCRIPTS); else echo "shellcheck is not installed: shell scripts not checked"; fi
	@scripts/fresh.sh

fmt: ## Format the Go code
	$(GO_FILES) | xargs -0 -r gofmt -w

bench: build ## Measure surveys and writing: time, memory and ratios
	@bench/run.sh $(BIN)

clean: ## Remove what the other targets built
	rm -rf bin
