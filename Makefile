.DEFAULT_GOAL := help
SHELL := /bin/sh

# npm itself runs on the user's Node; everything of ours on the one pinned in package.json.
USER_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Older npm runs every install script: onnxruntime-node's would download CUDA libraries.
export ONNXRUNTIME_NODE_INSTALL := skip

INSTALLED := node_modules/.package-lock.json
BUILT := dist/.built
SOURCES := build.ts package.json $(shell find capture function extension model -type f -not -name '*.test.ts' -not -path '*/train/*' 2>/dev/null)

.PHONY: help start test check fix build clean install

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

start: $(BUILT) ## Install, build and run it all here; Ctrl-C delivers every record and ends
	@exec node emulator/index.ts $(ARGS)

test: check $(BUILT) ## Install, check, and run every test that a bare machine can run
	vitest run

check: $(INSTALLED) ## Types, lint, import boundaries and cycles
	tsc
	biome check --error-on-warnings .

fix: $(INSTALLED) ## Let the linter format and mend what it can
	biome check --write .

build: $(BUILT) ## Bundle function and extension into dist/

clean: ## Remove what is not in git: installed packages, bundles, and the records in local/
	rm -rf dist local node_modules .aws-sam .venv bench/peers/*/node_modules

install: $(INSTALLED)

$(INSTALLED): package.json package-lock.json .npmrc
	PATH="$(USER_PATH)" npm ci
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES)
	node build.ts
	@touch $@
