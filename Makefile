# Everything that people and CI do here is a target of this file; `make help` is the map.
# Each target first sets up what it needs (scripts/setup.sh), which takes no time where all is there.

node := .cache/node/bin/node
setup := @scripts/setup.sh

.DEFAULT_GOAL := help
include image/image.mk
include scripts/tui.mk
include scripts/demo.mk
.PHONY: help test test-unit test-integration test-machine test-two-at-once torture test-race test-suites build bench check format clean

help: ## explain every target
	@echo 'Sparekey, the spare key for machines that people own and cannot get into.'
	@echo 'Nothing needs to be prepared: a target installs what it is missing, and says what and why.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: run-tests ## run all tests; the part that mounts disk images asks for root with sudo
test-unit: run-tests ## run the tests that need no disk, in seconds
test-integration: run-tests ## run the tests on real disk images and on the binaries
test-machine: run-tests ## boot an image for PCs on emulated ones and reset a password there: the quick part of test-image

test-two-at-once: ## let two runs loose on one disk a thousand times and ask what stands there (ROUNDS=1000; asks for root)
	$(setup) disks test
	@$(if $(filter-out 0,$(shell id -u)),sudo) env SPAREKEY_ROUNDS=$(or $(ROUNDS),1000) $(node) node_modules/vitest/vitest.mjs run \
	  --config .config/vitest.config.ts --project integration test/integration/journey/two-at-once.test.ts

test-race: ## copy 200 times into a folder whose owner replaces what is finished by links (ROUNDS=200; asks for root)
	$(setup) disks test
	@$(if $(filter-out 0,$(shell id -u)),sudo) env SPAREKEY_RACES=$(or $(ROUNDS),200) $(node) node_modules/vitest/vitest.mjs run \
	  --config .config/vitest.config.ts --project integration test/integration/recovery/replacing-owner.test.ts

test-suites: ## run what others test their tools with on our binary: tried, right, wrong (ONLY=pattern; asks for root)
	$(setup) build disks
	@$(node) scripts/build.ts
	@$(if $(filter-out 0,$(shell id -u)),sudo) $(node) scripts/suites.ts $(ONLY)

torture: ## read ext beside the kernel and e2fsck: a thousand random trees, 100,000 damaged volumes, journals cut everywhere (SEED=, TREES=, FUZZ=; asks for root)
	$(setup) disks test
	@$(if $(filter-out 0,$(shell id -u)),sudo) env SEED=$(SEED) TREES=$(TREES) FUZZ=$(FUZZ) scripts/torture.sh

build: ## make the single binaries dist/sparekey-x64 and dist/sparekey-arm64
	$(setup) build
	@$(node) scripts/build.ts

bench: ## measure Sparekey beside what people do by hand, as a table (ROUNDS=7)
	$(setup) build disks bench
	@$(node) scripts/build.ts
	@$(node) scripts/bench.ts $(ROUNDS)
	@$(node) scripts/bench-recovery.ts
	@$(MAKE) --no-print-directory bench-image

check: ## types, lint and formatting, and the dependency law
	$(setup)
	@$(node) node_modules/typescript/bin/tsc -p .config/tsconfig.json
	@$(node) node_modules/@biomejs/biome/bin/biome check src test scripts
	@$(node) node_modules/vitest/vitest.mjs run --config .config/vitest.config.ts test/unit/law.test.ts test/unit/writing-law.test.ts

format: ## rewrite the sources as biome wants them
	$(setup)
	@$(node) node_modules/@biomejs/biome/bin/biome check --write src test scripts

clean: ## remove what was built and fetched (.cache, dist, node_modules)
	rm -rf .cache dist node_modules

# The count of the tests is the last line. Under a failed recipe make would print a line of its own, so a test run never
# fails here: it leaves `false` as the only thing to run in the next recipe, and --question turns that into a silent
# exit 1 (it runs nothing but lines that start with +). Beside other goals a test target fails in the ordinary way.
tests := test test-unit test-integration test-machine
ifneq ($(MAKECMDGOALS),)
ifeq ($(filter-out $(tests),$(MAKECMDGOALS)),)
MAKEFLAGS += --question
endif
endif

test: projects := unit integration machine
test-unit: projects := unit
test-integration: projects := integration
test-machine: projects := machine

$(tests):
	@$(file <.cache/verdict)

needs = $(if $(filter integration machine,$(projects)),build disks) $(if $(filter integration,$(projects)),test) \
  $(if $(filter machine,$(projects)),image pc)

.PHONY: run-tests
run-tests:
	+@mkdir -p .cache && echo false >.cache/verdict
	+@scripts/setup.sh $(needs) || exit 0; \
	$(node) scripts/test.ts $(projects) && : >.cache/verdict || :
