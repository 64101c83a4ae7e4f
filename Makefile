# Relais: `make` lists what can be done. Everything happens in .venv, made by the first target that needs it.
.DEFAULT_GOAL := help
.PHONY: help run demo token test lint quality format lock bench deep kafka reset clean
.SUFFIXES:

PYTHON    ?= python3
VENV      ?= .venv
TRANSPORT ?= $(or $(shell printenv RELAIS_TRANSPORT),feed)
ARGS      ?=
# Tests wait more than they compute: more workers than cores.
WORKERS   ?= 4

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What stands in the environment is named by a stamp, newer than the locks it was made from.
RUN_ENV := $(VENV)/.made-to-run
DEV_ENV := $(VENV)/.made-to-develop
# Universal: one lock for every system and Python from 3.11 on.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
# `make -s token` prints the token alone, even when it has to make the environment first.
SAY := @printf '%s\n' >&2

export RELAIS_TRANSPORT := $(TRANSPORT)

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  TRANSPORT=kafka   events over Apache Kafka (run, demo, test); default: feed'
	@echo '  RELAIS_PORT=8080  port of the gateway     RELAIS_HOME=.relais  where data is kept'
	@echo '  PYTHON=python3    interpreter, 3.11 or later     ARGS=…  passed to run, demo, test, bench'

run: $(RUN_ENV) ## bring the whole platform up, in the foreground (Ctrl-C stops it, data stay)
	@$(BIN)/relais run $(ARGS)

demo: $(RUN_ENV) ## play the main job against the running platform and check its amounts
	@$(BIN)/relais demo $(ARGS)

token: $(RUN_ENV) ## print a bearer token of the demo HRIS client (make -s token)
	@$(BIN)/relais token $(ARGS)

test: $(DEV_ENV) ## run every test, doctests included
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup $(ARGS)

lint: $(DEV_ENV) ## check style, types, imports, schema, contracts and the rules of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.linters
	@$(BIN)/python -m relais.contracts --check
	@$(BIN)/python -m relais.migrations check

quality: $(DEV_ENV) ## print every figure of the quality bar: id, figure, bar, met or not
	@$(BIN)/python -m tests.quality $(ARGS)

bench: $(DEV_ENV) ## print the ratios of tests/bench (several minutes)
	@$(BIN)/python -m tests.bench $(ARGS)

deep: $(DEV_ENV) ## run every test at its full size (hours)
	@RELAIS_DEPTH=deep $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup --timeout=3600 $(ARGS)

format: $(DEV_ENV) ## rewrite the code the way `make lint` wants it
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

kafka: $(RUN_ENV) ## fetch Apache Kafka into .kafka/ (Maven and Java 17)
	@$(BIN)/relais kafka fetch

lock: $(DEV_ENV) ## renew requirements/*.txt from *.in: versions and hashes, no index address
	@$(COMPILE) requirements/run.in --output-file requirements/run.txt $(ARGS)
	@$(COMPILE) requirements/dev.in --output-file requirements/dev.txt --constraint requirements/run.txt $(ARGS)

reset: ## drop the data of this machine's platform (RELAIS_HOME)
	@if [ -x $(BIN)/relais ]; then $(BIN)/relais reset; else rm -rf "$${RELAIS_HOME:-.relais}"; fi

clean: ## remove the environment and every cache; data stay
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Il faut Python 3.11 ou plus récent : « $(PYTHON) » est introuvable (make PYTHON=…)." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Il faut Python 3.11 ou plus récent : « $(PYTHON) » est $$($(PYTHON) -V 2>&1) (make PYTHON=…)." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Il manque le module venv de Python (Debian : apt-get install python3-venv)." >&2; exit 2; }
	$(SAY) "Environnement Python dans $(VENV)…"
	@$(PYTHON) -m venv $(VENV)

$(RUN_ENV): requirements/run.txt pyproject.toml | $(BIN)/python
	$(SAY) "Dépendances, une fois pour toutes…"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python requirements/install.py requirements/run.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_ENV): requirements/dev.txt $(RUN_ENV)
	$(SAY) "Outils de développement…"
	@$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@
