# The demos. Included by the Makefile at the top.

.PHONY: demo demo-binary demo-terminal

demo: demo-terminal image ## rescue two locked-out disks of an emulated PC from the rescue image, by hand (AUTO=1: watch it)
	$(setup) image disks pc
	@$(node) scripts/demo.ts $(if $(filter 1,$(AUTO)),--auto)

# Before the image is built, which takes minutes.
demo-terminal:
	@$(if $(filter 1,$(AUTO)),:,{ [ -t 0 ] && [ -t 1 ]; } || { \
	echo 'make demo is played by hand and needs a terminal; make demo AUTO=1 plays it by itself.' >&2; exit 1; })

demo-binary: ## unlock two locked-out disk images, step by step, with the single binary
	$(setup) build disks
	@$(node) scripts/build.ts
	@$(node) scripts/demo/binary.ts
