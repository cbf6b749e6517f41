# Everything that people and CI do here is a target of this file; `make help` is the map.
# Each target first sets up what it needs (scripts/setup.sh), which takes no time where all is there.

node := .cache/node/bin/node
setup := @scripts/setup.sh

.DEFAULT_GOAL := help
.PHONY: help test test-unit test-integration check format clean

help: ## explain every target
	@echo 'Sparekey, the spare key for machines that people own and cannot get into.'
	@echo 'Nothing needs to be prepared: a target installs what it is missing, and says what and why.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

test: ## run all tests (root: asks sudo for the part that mounts disk images)
	$(setup) test
	@$(node) scripts/test.ts unit integration

test-unit: ## run the tests that need no disk, in seconds
	$(setup) test-unit
	@$(node) scripts/test.ts unit

test-integration: ## run the tests on real disk images (as root)
	$(setup) test
	@$(node) scripts/test.ts integration

check: ## types, lint and formatting, and the dependency law
	$(setup) check
	@$(node) node_modules/typescript/bin/tsc -p .config/tsconfig.json
	@$(node) node_modules/@biomejs/biome/bin/biome check
	@$(node) node_modules/vitest/vitest.mjs run --config .config/vitest.config.ts test/unit/law.test.ts

format: ## rewrite the sources as biome wants them
	$(setup) check
	@$(node) node_modules/@biomejs/biome/bin/biome check --write

clean: ## remove what was built and fetched (.cache, dist, node_modules)
	rm -rf .cache dist node_modules
