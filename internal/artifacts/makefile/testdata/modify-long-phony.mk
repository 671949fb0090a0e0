.PHONY: a \
        b clean
a:
	@echo a
b: a
	@echo b

clean: ## Remove what was built
	rm -rf .pytest_cache .ruff_cache coverage.xml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
