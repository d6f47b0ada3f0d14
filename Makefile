# `make demo` and `make test` do all set-up themselves; see scripts/setup.sh for what that is.
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
SEED ?= 1
export PYTHONPATH := src
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-dev demo test test-more lint types unit ui e2e e2e-long fault fuzz bench verifier law docs bundle clean

help:            ## what there is to make
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup:           ## private environment, locked packages, built UI and empty database
	@scripts/setup.sh run

setup-dev:       ## the same with what the tests need
	@scripts/setup.sh test

demo: setup      ## the demo city in a browser; stop with Ctrl+C, remove with: make demo-destroy
	@$(PY) -m mingjian.app.cli demo --data demo-data

demo-destroy: setup
	@$(PY) -m mingjian.app.cli demo --data demo-data --destroy

test: setup-dev  ## lint, types, and every test that fits into a quarter of an hour
	@scripts/test.sh

test-more: setup-dev ## the long tests: all of the web on PostgreSQL, upgrade, migrations back and forth, long journeys
	@scripts/test_more.sh

lint: setup-dev  ## ruff, import-linter; vue-tsc and ESLint
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/lint-imports
	@[ -d ui/node_modules ] || scripts/npm.sh ci --no-audit --no-fund --loglevel=error
	@scripts/npm.sh run --silent lint

types: setup-dev ## mypy, strict
	@$(VENV)/bin/mypy

ui:              ## build the UI
	@scripts/build_ui.sh

fault: setup-dev ## 200 kills, 200 torn tails, full and broken disks, clock steps: SEED=n
	@$(PY) -m tests.fault --seed $(SEED) --out bench/results/fault.json

fuzz: setup-dev  ## a million broken inputs for each parser: SEED=n
	@$(PY) -m fuzz.run --target all --seed $(SEED) --count 1000000 --out bench/results/fuzz.json

e2e-long: setup-dev ## the browser journeys, several times over: SEED=n
	@scripts/e2e_long.sh $(SEED)

verifier:        ## dist/mingjian-verify.pyz: the evidence checker in one file, for Python 3.11 alone
	@python3 scripts/build_verifier.py

bench: setup-dev ## all figures as JSON in bench/results
	@scripts/bench.sh $(SEED)

law: setup-dev   ## generate docs/law
	@$(PY) scripts/law_docs.py

bundle: setup    ## wheels and UI with SHA256SUMS, installs without network
	@scripts/bundle.sh

clean:           ## remove what make made (never a data folder)
	rm -rf .venv build dist ui/node_modules src/mingjian/web/ui_dist src/mingjian/web/empty_database
