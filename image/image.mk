# The rescue image. The Makefile at the top includes this file, and brings `node` and `setup`.

image := scripts/image.ts $(if $(ARCH),--arch $(ARCH)) $(if $(BOARDS),--boards "$(BOARDS)") $(if $(REFRESH),--refresh)

.PHONY: image test-image test-e2e test-stacks test-image-repeat bench-image flash release

image: build ## make the rescue image dist/sparekey.img (a part of it: ARCH=amd64, BOARDS="pc raspberry-pi-4")
	$(setup) image
	@$(node) $(image)

test-image: image ## boot the image on emulated machines and rescue disks, by hand and by job (an hour or two; ONLY=pc-256M for one)
	$(setup) image pc machines disks test
	@$(node) scripts/emulator.ts
	@$(node) node_modules/vitest/vitest.mjs run --config .config/vitest.image.config.ts $(if $(ONLY),-t '$(ONLY)')

test-e2e: test-image ## the same

test-stacks: image ## rescue systems inside of RAIDs, LVM and encryption, each in a guest of our own image (an hour; ONLY=raid5 for one)
	$(setup) image pc disks test
	@$(node) node_modules/vitest/vitest.mjs run --config .config/vitest.stacks.config.ts $(if $(ONLY),-t '$(ONLY)')

test-image-repeat: build ## build the image twice, in other folders and at other times, and compare every bit
	$(setup) image
	@scripts/image-repeat.sh $(node) $(if $(ARCH),--arch $(ARCH))

bench-image: image ## measure the image beside Debian's installer in rescue mode, and a job (in emulation: minutes; ROUNDS=3)
	$(setup) image pc disks
	@$(node) scripts/bench-image.ts $(ROUNDS)
	@$(node) scripts/bench-job.ts $(ROUNDS)

flash: ## write the image to a stick or card: DEVICE=/dev/sdX (a built-in disk only with FIXED_DISK=yes)
	$(setup)
	@$(node) scripts/flash.ts $(DEVICE) $(if $(filter yes,$(FIXED_DISK)),--fixed-disk)

release: image ## pack the image and the binaries into dist/release, with checksums and the list of packages
	$(setup) image
	@$(node) scripts/release.ts
