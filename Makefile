# `make` alone says what there is.
PYTHON ?= python3
PORT ?= 8000
V := .venv
BIN := $(V)/bin
UV := $(shell command -v uv 2>/dev/null)
sum = $(shell cat $(1) pyproject.toml 2>/dev/null | cksum | tr -dc 0-9)
RUN_STAMP := $(V)/.run-$(call sum,requirements.lock)
TEST_STAMP := $(V)/.test-$(call sum,requirements.lock tests/requirements.lock)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench trust lock translations

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/' | sort

run: $(RUN_STAMP) ## install what is missing, then serve on http://127.0.0.1:8000
	@$(BIN)/recension serve --port $(PORT)

demo: $(RUN_STAMP) ## the same with the 2020-2021 recension as an example, in a folder of its own
	@$(BIN)/recension demo --port $(PORT)

test: $(TEST_STAMP) ## every test, PostgreSQL and browser included (installs Chromium and PSPP where they lack)
	@$(BIN)/python -m tests.outside
	@$(BIN)/python -m pytest

lint: $(TEST_STAMP) ## style, types, layers of the house, templates
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/djlint templates --lint --quiet

bench: $(TEST_STAMP) ## speed, as ratios taken in one run
	@$(BIN)/python -m tests.bench

trust: $(TEST_STAMP) ## faults made on purpose, for an hour or two: what was lost, what was doubled (ONLY="kills --share 0.1")
	@$(BIN)/python -m tests.outside
	@$(BIN)/python -m tests.trust $(ONLY)

lock: ## write the two lock files anew (needs uv)
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --extra postgresql --group build pyproject.toml -o requirements.lock
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --group test -c requirements.lock -o tests/requirements.lock

translations: $(TEST_STAMP) ## collect the French sentences and compile the English ones; the reverse for those of click
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext -k lazy_ngettext:1,2 -k _l --no-location --sort-output -o build/messages.pot .
	@$(BIN)/pybabel -q update -i build/messages.pot -d survey/translations -l en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120
	@$(BIN)/pybabel -q compile -d survey/translations -l en
	@$(BIN)/pybabel -q extract --no-location --sort-output -o build/click.pot $$($(BIN)/python -c 'import click; print(*click.__path__)')
	@$(BIN)/pybabel -q update -D click -i build/click.pot -d survey/translations -l fr --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120
	@$(BIN)/pybabel -q compile -D click -d survey/translations -l fr

# Debian keeps venv's own copy of pip in a package apart: without it, the pip of the system fills the environment.
BARE := $(PYTHON) -m venv --clear --without-pip $(V) && $(PYTHON) -m pip --python $(V)/bin/python install -q pip

$(V)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@$(if $(UV),$(UV) venv -q --allow-existing -p $(PYTHON) $(V),$(PYTHON) -m venv $(V) 2>/dev/null || $(BARE))

define install
@$(if $(UV),$(UV) pip install -q -p $(V) --require-hashes $(1),$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes $(1))
@$(if $(UV),$(UV) pip install -q -p $(V) --no-deps --no-build-isolation -e .,$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .)
endef

$(RUN_STAMP): | $(V)/bin/python
	@echo "Installing…"
	$(call install,-r requirements.lock)
	@$(BIN)/python -m compileall -q -j 0 $(V)/lib survey migrations
	@rm -f $(V)/.run-*; touch $@

$(TEST_STAMP): $(RUN_STAMP)
	@echo "Installing what tests need…"
	$(call install,-r requirements.lock -r tests/requirements.lock)
	@rm -f $(V)/.test-*; touch $@
