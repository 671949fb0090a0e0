# Ours since 2019.
CC=gcc   # odd spacing stays

.DEFAULT_GOAL := help

.PHONY: build  test help # the usual
build: ## Run $(CC) -o app main.c
	$(CC) -o app main.c

test: build ## Run the tests
	./app --selftest

docs/index.html: docs/index.md
	md $< > $@

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
