.DEFAULT_GOAL = help  # why not
build: ; @echo b
help:
	@echo '  build'
