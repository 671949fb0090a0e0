# head

A = 1
.DEFAULT_GOAL := help

DOCKER ?= docker

.PHONY: deploy help

# which one
ifdef CI
ifeq ($(A),1)
test:
	echo ci
endif
else
test:
	echo here
endif

# --wait makes a deployment fail that does not become healthy, instead of leaving it to be found out later.
deploy: ## Deploy to production
	@test -f docker-compose.prod.yml || { echo "docker-compose.prod.yml is missing: write it with: autogit write compose" >&2; exit 1; }
	$(DOCKER) compose -f docker-compose.prod.yml up --detach --wait

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[A-Za-z0-9_.\/-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
