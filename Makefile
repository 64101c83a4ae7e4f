# Relais: `make` lists what can be done. Everything happens in .venv, made by the first target that needs it.
.DEFAULT_GOAL := help
.PHONY: help run demo token test lint quality audit format lock bench deep kafka reset clean
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
# Universal: one lock for every system and Python from 3.11 on. Extras stay: what asks for an extra of a locked package
# would otherwise be free to take its newest version, which has no hash here.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
# `make -s token` prints the token alone, even when it has to make the environment first.
SAY := @printf '%s\n' >&2

export RELAIS_TRANSPORT := $(TRANSPORT)

help: ## ce que make sait faire
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  TRANSPORT=kafka   les faits passent par Apache Kafka (run) ; par défaut : feed'
	@echo '  RELAIS_PORT=8080  passerelle (services : 8081 à 8084)   RELAIS_HOME=.relais  où sont les données'
	@echo '  PYTHON=python3    interpréteur, 3.11 ou plus     ARGS=…  transmis à run, demo, test, reset, bench'

run: $(RUN_ENV) ## toute la plateforme, au premier plan (Ctrl-C arrête, les données restent)
	@$(BIN)/relais run $(ARGS)

demo: $(RUN_ENV) ## jouer le parcours entier sur la plateforme en marche et vérifier les montants
	@$(BIN)/relais demo $(ARGS)

token: $(RUN_ENV) ## imprimer un jeton du SIRH de démonstration (make -s token)
	@$(BIN)/relais token $(ARGS)

test: $(DEV_ENV) ## tous les tests, doctests compris
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup --no-loadscope-reorder $(ARGS)

lint: $(DEV_ENV) ## style, types, imports, schémas, contrats et règles de la maison
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.linters
	@$(BIN)/python -m relais.contracts --check
	@$(BIN)/python -m relais.migrations check

quality: $(DEV_ENV) ## chaque chiffre de la barre de qualité, atteint ou non
	@$(BIN)/python -m tests.quality $(ARGS)

audit: $(DEV_ENV) ## build/sbom.json (CycloneDX) et les vulnérabilités connues de ce qui est verrouillé
	@$(BIN)/python requirements/audit.py requirements/run.txt build/sbom.json

bench: $(DEV_ENV) ## les rapports de tests/bench (plusieurs minutes)
	@$(BIN)/python -m tests.bench $(ARGS)

deep: $(DEV_ENV) ## tous les tests en grandeur réelle (des heures)
	@RELAIS_DEPTH=deep $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadgroup --no-loadscope-reorder --timeout=3600 $(ARGS)

format: $(DEV_ENV) ## récrire le code comme `make lint` le veut
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

kafka: $(RUN_ENV) ## télécharger Apache Kafka dans .kafka/ (Maven et Java 17)
	@$(BIN)/relais kafka fetch

lock: $(DEV_ENV) ## refaire requirements/*.txt : versions et empreintes, sans adresse d'index
	@$(COMPILE) requirements/run.in --output-file requirements/run.txt $(ARGS)
	@$(COMPILE) requirements/dev.in --output-file requirements/dev.txt --constraint requirements/run.txt $(ARGS)

reset: $(RUN_ENV) ## effacer les données et les clés de cette machine (RELAIS_HOME) ; ARGS=--yes sans question
	@$(BIN)/relais reset $(ARGS)

clean: ## effacer l'environnement et les caches ; les données restent
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Il faut Python 3.11 ou plus récent : « $(PYTHON) » est introuvable (make PYTHON=…)." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Il faut Python 3.11 ou plus récent : « $(PYTHON) » est $$($(PYTHON) -V 2>&1) (make PYTHON=…)." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Il manque le module venv de Python (Debian : apt-get install python3-venv)." >&2; exit 2; }
	$(SAY) "Environnement Python dans $(VENV)…"
	@$(PYTHON) -m venv $(VENV)

$(RUN_ENV): requirements/run.txt pyproject.toml | $(BIN)/python
	$(SAY) "Dépendances, une fois pour toutes : une à trois minutes…"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python requirements/install.py requirements/run.txt
	$(SAY) "  la commande relais…"
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_ENV): requirements/dev.txt $(RUN_ENV)
	$(SAY) "Outils de développement…"
	@$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@
