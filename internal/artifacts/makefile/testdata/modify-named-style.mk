## help: print this
help:
	@sed -n 's/^##//p' $(MAKEFILE_LIST)

## build: make it
build:
	@echo b

## seed: Run echo s
seed:
	@echo s
.PHONY: help build seed format

## format: Format the code
format:
	uv run ruff format .
