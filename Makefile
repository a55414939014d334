.DEFAULT_GOAL := help
SHELL := /bin/sh

# npm itself runs on the user's Node, also where npm has started us; everything of ours on the one pinned in package.json.
USER_PATH := $(subst $(CURDIR)/node_modules/.bin:,,$(PATH))
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Older npm runs every install script: onnxruntime-node's would download CUDA libraries.
export ONNXRUNTIME_NODE_INSTALL := skip
# Packages name the Node that they need, and npm warns where its own is another: but they run on the pinned one.
NPM_CI := PATH="$(USER_PATH)" npm ci --loglevel=error

# In a terminal the emulator gets Ctrl-C alone: make would end with an error of its own. Elsewhere it takes the shell's place.
FOREGROUND := foreground() { if [ -t 0 ]; then set -m; "$$@" & fg >/dev/null; else exec "$$@"; fi; }; foreground

TINY := test/oracles/huggingface/models
ORACLES := $(patsubst $(TINY)/%,local/oracles/%,$(wildcard $(TINY)/*))
TINY_CLASSIFIERS := test/oracles/huggingface/classifiers
CLASSIFIER_ORACLES := $(patsubst $(TINY_CLASSIFIERS)/%,local/oracles/classifiers/%,$(wildcard $(TINY_CLASSIFIERS)/*))
GOLDEN := HF_HUB_OFFLINE=1 PYTHONDONTWRITEBYTECODE=1 .venv-oracles/bin/python test/oracles/huggingface/golden.py
GOLDEN_CLASSIFIERS := $(GOLDEN:golden.py=golden_classifiers.py)

# The model in the bundle: the embedded one, or the folder MODEL_DIR, or the hub's MODEL=owner/name, which is fetched if it is not here.
ifdef MODEL
MODEL_DIR ?= local/models/$(MODEL)
endif
MODEL_DIR ?= model

INSTALLED := node_modules/.package-lock.json
# The name tells the model, so that another one is built anew.
BUILT := dist/.built-$(subst /,-,$(MODEL_DIR))
VERSITYGW := v1.8.0
CHECKS := packaging/checks/node_modules/.package-lock.json
PEERS := bench/peers/xenova/node_modules/.package-lock.json bench/peers/huggingface/node_modules/.package-lock.json
SOURCES := build.ts package.json $(shell find capture policy function extension -type f -not -name '*.test.ts' -not -path '*/fixtures/*' 2>/dev/null) \
  $(wildcard $(MODEL_DIR)/*.json) $(MODEL_DIR)/onnx/model_quantized.onnx

.PHONY: help start example-node example-python test check fix docs policy-check build replay chaos fuzz bench model evaluate erase model-train oracles local/oracles/model $(ORACLES) $(CLASSIFIER_ORACLES) local/oracles/squad oracle-versitygw oracle-commands oracle-clients oracle-schemathesis oracle-detectors image deploy package layer clean install

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

start: $(BUILT) ## Install, build and run it all here; Ctrl-C delivers every record and ends
	@$(FOREGROUND) node emulator/index.ts $(ARGS)

example-node: $(BUILT) ## A function in JavaScript beside the extension, on the emulator, as `make start`
	@$(FOREGROUND) node emulator/index.ts --template examples/node/template.yaml --local local/example-node $(ARGS)

example-python: $(BUILT) .venv-clients/.installed ## A function in Python beside the extension, as `make example-node` (needs Python 3.9)
	@cp clients/python/inference_capture.py examples/python/function
	@$(FOREGROUND) node emulator/index.ts --template examples/python/template.yaml --local local/example-python $(ARGS)

replay: $(BUILT) ## Replay events/ against a fresh emulator: expected and actual, side by side
	@node test/replay/index.ts

chaos: $(BUILT) ## Faults against real processes, by seed, and what became of every record: RUNS=1000 SEED=n
	@RUNS="$(RUNS)" SEED="$(SEED)" node test/chaos/index.ts

fuzz: $(BUILT) ## Requests that are wrong by chance, by seed, against the real extension: REQUESTS=1000000 SEED=n
	@REQUESTS="$(REQUESTS)" SEED="$(SEED)" node test/fuzz/index.ts

test: check $(BUILT) ## Install, check, and run every test that a bare machine can run
	vitest run

check: $(INSTALLED) ## Types, lint, import boundaries and cycles
	tsc
	biome check --error-on-warnings .

fix: $(INSTALLED) ## Let the linter format and mend what it can
	biome check --write .

docs: $(INSTALLED) ## Write into the documents what the code knows: errors, variables, parameters, limits
	@node test/documents/index.ts

policy-check: $(INSTALLED) ## Say whether a policy is right, and what it would do to records: FILE=policy.yaml RECORDS=file.jsonl
	@node policy/check/index.ts "$(FILE)" "$(RECORDS)" $(ARGS)

build: $(BUILT) ## Bundle function and extension into dist/

clean: ## Remove what is not in git: installed packages, bundles, and the records and fetched models in local/
	rm -rf dist local node_modules .aws-sam .venv .venv-oracles .venv-commands .venv-clients .venv-schemathesis .venv-detectors .bin-oracles bench/peers/*/node_modules packaging/checks/node_modules

bench: $(BUILT) $(PEERS) ## Measure: the performance table, the same as bench/results/latest.json
	@node bench/index.ts $(ARGS)

package: $(INSTALLED) $(CHECKS) ## The npm package, for functions in JavaScript and TypeScript: dist/package, checked and packed
	@node packaging/npm/index.ts

$(CHECKS): $(addprefix packaging/checks/,package.json package-lock.json .npmrc)
	@echo 'npm ci in packaging/checks'; cd packaging/checks && $(NPM_CI)
	@touch $@

layer: $(BUILT) ## The layers, with and without a Node of their own: dist/layers, each run on the emulator (ARCH=x64 or arm64)
	@node packaging/layer/index.ts "$(ARCH)"
	@ARCH="$(ARCH)" node --test test/layers/layers.ts

bench/peers/%/node_modules/.package-lock.json: bench/peers/%/package.json bench/peers/%/package-lock.json bench/peers/%/.npmrc
	@echo 'npm ci in bench/peers/$*'; cd bench/peers/$* && $(NPM_CI)
	@touch $@

oracles: local/oracles/model $(ORACLES) $(CLASSIFIER_ORACLES) local/oracles/squad oracle-versitygw oracle-commands oracle-clients oracle-schemathesis oracle-detectors ## Ask software that others wrote, and compare (needs Python 3.11, Go, curl and jq; installs 7 GB)

local/oracles/squad: .venv-oracles/.installed
	.venv-oracles/bin/python -B test/oracles/squad/golden.py $@.jsonl test/oracles/squad/golden.jsonl

local/oracles/model: .venv-oracles/.installed
	$(GOLDEN) model $@.jsonl test/oracles/huggingface/golden.jsonl

$(ORACLES): local/oracles/%: .venv-oracles/.installed
	$(GOLDEN) --tiny $(TINY)/$* $@.jsonl $(TINY)/$*/golden.jsonl

$(CLASSIFIER_ORACLES): local/oracles/classifiers/%: .venv-oracles/.installed
	$(GOLDEN_CLASSIFIERS) $(TINY_CLASSIFIERS)/$* $@.jsonl $(TINY_CLASSIFIERS)/$*/golden.jsonl

.venv-oracles/.installed: test/oracles/huggingface/requirements.txt test/oracles/squad/requirements.txt
	python3 -m venv .venv-oracles
	.venv-oracles/bin/python -m pip install -r $<
	.venv-oracles/bin/python -m pip install --no-deps -r test/oracles/squad/requirements.txt
	@touch $@

oracle-versitygw: $(BUILT) .bin-oracles/versitygw
	node --test test/oracles/versitygw/delivery.ts test/oracles/versitygw/erasure.ts

oracle-clients: $(BUILT) .venv-clients/.installed
	cd clients/go && go vet ./...
	cd test/oracles/clients/go && go vet . && go build -o "$(CURDIR)/.bin-oracles/go-function/bootstrap" .
	node --test test/oracles/clients/clients.ts test/oracles/clients/examples.ts test/oracles/clients/recipes.ts

oracle-detectors: $(INSTALLED) .venv-detectors/.installed
	.venv-detectors/bin/python -B test/oracles/detectors/plant.py local/oracles/detectors.jsonl --sentences 10000 --seed $(or $(SEED),12)
	@node test/oracles/detectors/table.ts local/oracles/detectors.jsonl $(DATA)

oracle-schemathesis: $(BUILT) .venv-schemathesis/.installed
	node --test test/oracles/schemathesis/schemathesis.ts

oracle-commands: $(BUILT) .venv-commands/.installed
	node --test test/oracles/commands/commands.ts

# The Python of an oracle: each has packages of its own.
.venv-%/.installed: test/oracles/%/requirements.txt
	python3 -m venv .venv-$*
	.venv-$*/bin/python -m pip install -r $<
	@touch $@

.bin-oracles/versitygw:
	GOBIN="$(CURDIR)/.bin-oracles" go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW)

model: $(INSTALLED) ## Fetch a model from the Hugging Face hub: MODEL=owner/name
	@NODE_USE_ENV_PROXY=1 node model/fetch/index.ts "$(MODEL)" $(if $(REVISION),--revision "$(REVISION)") $(if $(OUT),--out "$(OUT)") $(if $(ONNX),--onnx "$(ONNX)") $(ARGS)

local/models/%/onnx/model_quantized.onnx: | $(INSTALLED)
	@NODE_USE_ENV_PROXY=1 node model/fetch/index.ts "$*"

%/onnx/model_quantized.onnx:
	@echo 'Expected MODEL_DIR to name a model in the Hugging Face layout, got "$*", which has no onnx/model_quantized.onnx' >&2; exit 2

evaluate: $(BUILT) ## Exact match and F1 of the function, as the SQuAD scripts compute them: DATA=file.json
	@node model/evaluate/index.ts "$(DATA)" $(ARGS)

erase: $(INSTALLED) ## Erase a person's records: SUBJECT=value KEY_VARIABLE=NAME SOURCE="s3://bucket/prefix"
	@node erase/index.ts $(addprefix --source ,$(SOURCE)) $(addprefix --key-variable ,$(KEY_VARIABLE)) $(ARGS)

# What it is given is looked at before 6 GB are installed.
model-train: ## Train the model anew: BASE=folder DATA="a.json b.json" OUT=folder
	@test -n "$(BASE)" && test -n "$(DATA)" && test -n "$(OUT)" || { echo 'Expected BASE=folder DATA="a.json b.json" OUT=folder; see model/train/README.md' >&2; exit 2; }
	@test -f "$(BASE)/config.json" || { echo 'Expected BASE to name the folder of an encoder in the Hugging Face layout, got "$(BASE)", which has no config.json' >&2; exit 2; }
	@for file in $(DATA); do test -f "$$file" || { echo "Expected DATA to name files in SQuAD's format, got \"$$file\", which is none" >&2; exit 2; }; done
	@$(MAKE) --no-print-directory .venv/.installed
	PYTHONDONTWRITEBYTECODE=1 .venv/bin/python model/train/train.py --base "$(BASE)" --data $(DATA) --out "$(OUT)/checkpoint" $(ARGS)
	PYTHONDONTWRITEBYTECODE=1 .venv/bin/python model/train/export.py "$(OUT)/checkpoint" --out "$(OUT)"

.venv/.installed: model/train/requirements.txt
	python3 -m venv .venv
	.venv/bin/python -m pip install -r $<
	@touch $@

image: $(BUILT) ## Build the container image (needs Docker and the AWS SAM CLI)
	sam build

deploy: image ## Deploy image and stack to AWS (needs the AWS SAM CLI and credentials)
	sam deploy

install: $(INSTALLED)

$(INSTALLED): package.json package-lock.json .npmrc
	@echo 'npm ci'; $(NPM_CI)
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES)
	MODEL_DIR="$(MODEL_DIR)" node build.ts
	@touch $@
