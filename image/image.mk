# The rescue image. Included by the Makefile at the top.

NODE ?= node
image_options = $(if $(ARCH),--arch $(ARCH)) $(if $(BOARDS),--boards "$(BOARDS)") $(if $(REFRESH),--refresh)

.PHONY: image
image: ## Build the rescue image dist/sparekey.img (ARCH=amd64 or BOARDS="pc raspberry-pi-4" for a part of it)
	$(NODE) scripts/image.ts $(image_options)
