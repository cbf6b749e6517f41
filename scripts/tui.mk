# The text UI. Included by the Makefile at the top.

.PHONY: screenshots
screenshots: ## play a reset and a recovery in a real terminal and draw their screens anew for the README (asks for root)
	$(setup) disks test
	@if [ $$(id -u) -eq 0 ]; then $(node) scripts/screenshots.ts; else sudo $(node) scripts/screenshots.ts; fi
