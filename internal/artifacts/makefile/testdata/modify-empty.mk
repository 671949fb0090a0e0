.PHONY: test help

test: ## Run the tests
	uv run pytest --cov --cov-report=xml

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
