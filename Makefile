# Every target works from a fresh clone on Debian 12 with Python 3.11 (and its venv), git and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(or $(shell command -v python3.11),python3)
BIN := .venv/bin
ARGS ?=
EXAMPLES ?= 20000
SECONDS_EACH ?= 60
WORKERS ?= 3
WARM := src/comity/demo
FUZZED := arbitrary or garbage or mutated or any_bytes or no_bytes or changed or condition_text
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup develop demo test check lint types bench fuzz mutants soak screenshots docs pictures clean

help:  ## Print these lines
	@grep -hE '^[a-z]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*  ## /\1\t/' | expand -t 9

setup: .venv/compiled .venv/console  ## Make .venv with what a node needs, from hashed locks, and its web console
develop: .venv/compiled .venv/console .venv/develop  ## Add what tests and checks need

.venv/node: requirements/build.txt requirements/node.txt pyproject.toml
	@requirements/install.sh $(PYTHON) build node
	@touch $@

# What is calculated again and again is compiled to machine code when it is first wanted: here, and not while an officer waits.
.venv/compiled: .venv/node $(shell grep -rl --include='*.py' '^@compiled' src)
	@echo "compiling the hot loops …"
	@$(BIN)/python -m comity.picture.prepare
	@$(BIN)/comity picture run --format ais --areas $(WARM)/areas.geojson $(WARM)/recordings/danish-waters-2013.nmea.gz >/dev/null
	@touch $@

.venv/develop: .venv/node requirements/develop.txt
	@requirements/install.sh $(PYTHON) develop
	@requirements/browser.sh
	@requirements/softhsm.sh
	@touch $@

.venv/console: .venv/node requirements/console.txt $(shell find console -path console/node_modules -prune -o -type f -print)
	@requirements/console.sh

demo: setup  ## Run the main job: three nodes on loopback (ARGS=--unattended plays the officers)
	@$(BIN)/comity demo $(ARGS)

test: develop  ## Run every test, in processes side by side (WORKERS=3; ARGS=tests/foundation for some)
	@$(BIN)/pytest --numprocesses=$(WORKERS) $(ARGS)

check: develop  ## Lint, types, import contracts, locks
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint types

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@requirements/check.sh

types:
	@$(BIN)/mypy

.venv/bench: .venv/develop requirements/bench.txt
	@requirements/install.sh $(PYTHON) bench
	@touch $@

bench: develop .venv/bench  ## Run every benchmark, both sides in one run
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file; done

fuzz: develop  ## Feed every decoder arbitrary and mutated bytes (SECONDS_EACH=60 guided by coverage, EXAMPLES=20000 besides)
	@$(BIN)/python tests/fuzz/hunt.py $(SECONDS_EACH)
	@COMITY_EXAMPLES=$(EXAMPLES) $(BIN)/pytest --timeout=0 -k "$(FUZZED)" $(ARGS)

mutants: develop  ## Change the files that decide in one place at a time, and see that a test fails (ARGS=permit for one)
	@$(BIN)/python tests/mutation/mutants.py $(ARGS)

soak: develop  ## Kill and cut for long, with real processes
	@COMITY_SOAK=100 $(BIN)/pytest -m story --timeout=0 $(ARGS)

screenshots: develop  ## Take pictures of the console's screens into artefacts/screenshots
	@$(BIN)/pytest -q -p no:randomly tests/console/test_screenshots.py

docs: setup  ## Write the generated pages anew
	@$(BIN)/python -m comity.cli.pages docs

pictures: setup  ## Draw tracks over truth and an alert of each kind into docs/pictures
	@$(BIN)/python -m comity.cli.drawings docs

clean:  ## Remove everything made here
	rm -rf .venv .demo console/node_modules src/comity/api/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* artefacts dist .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
