help:
	@echo "make build   builds"
	@echo '  help          List the targets'
	@echo '  seed          Run ./seed.sh'
	@echo '  lint          Lint and check types'
build:
	@echo b
seed:
	./seed.sh
.PHONY: help build seed lint

# Everything that reads the code without running it, so that one command answers before the slower tests.
lint:
	uv run ruff check .
	uv run mypy
