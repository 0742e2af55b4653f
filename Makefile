# The door to everything. Needs python3 (3.11 or newer) and make, nothing else.
#
#   make demo [ARGS=--exit]        everything installed, real orders replayed, served on localhost:8000
#   make sandbox [ARGS=--fresh]    the platform with buyers and an app's token, to develop against
#   make serve [ARGS=…]            the platform on an empty or existing ./var
#   make test [T=tests/kernel]     all checks, then the tests
#   make check                     the checks, and the quick tests
#   make bench [BENCH=checkout]    measured against the limit of the same run
#   make docs                      the generated reference pages
#   make test-pg15                 the tests against Debian's PostgreSQL 15
#   make conformance               every operation of the Partner API through a public client
#   make soak [LIVES=500]          many more random lives of orders than `make test` has
#   make faults [KILLS=50]         processes killed under load, so many times of each kind
#   make requirements              pin the newest dependencies that are older than a week

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
T ?= tests
# Of two cores: a third of the time goes by waiting for processes.
JOBS ?= 3
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CODE := $(wildcard src tests bench docs)
# Where an image forbids it, every process that starts would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo sandbox serve test check bench docs conformance test-pg15 soak faults requirements lint clean
.DEFAULT_GOAL := demo

demo: $(RUNTIME)
	$(BIN)/entrepot demo $(ARGS)

sandbox: $(RUNTIME)
	$(BIN)/entrepot sandbox $(ARGS)

serve: $(RUNTIME)
	$(BIN)/entrepot serve $(ARGS)

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(T) $(ARGS)

check: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow" $(T) $(ARGS)

lint: $(DEV)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/mypy
	PYTHONPATH=src:. $(BIN)/lint-imports --no-logo
	$(BIN)/squawk --config .squawk.toml src/entrepot/migrations/sql/2*.sql

bench: $(DEV)
	PYTHONPATH=src:. $(BIN)/python -m bench $(BENCH) $(ARGS)

docs: $(RUNTIME)
	$(BIN)/python docs/generate.py

conformance: $(DEV)
	PYTHONPATH=src:. $(BIN)/python -m tests.conformance $(ARGS)

test-pg15: $(DEV)
	scripts/with-postgres-15 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(T) $(ARGS)

soak: $(DEV)
	LIVES=$(or $(LIVES),500) $(BIN)/python -m pytest tests/properties $(ARGS)

faults: $(DEV)
	KILLS=$(or $(KILLS),50) $(BIN)/python -m pytest tests/faults $(ARGS)

# A stamp is newer than what it was made from, or the step runs again.
$(VENV)/.made:
	@scripts/make-venv "$(PYTHON)" $(VENV)
	@touch $@

$(RUNTIME): $(VENV)/.made requirements/runtime.txt pyproject.toml
	@echo "Installing what Entrepot runs on …"
	@$(PIP) install --require-hashes --requirement requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	@echo "Installing what tests need …"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

# Without an index address: whoever installs takes the packages from where they always do.
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" \
	--exclude-newer "1 week" --upgrade

requirements: $(RUNTIME)
	@$(PIP) install uv
	$(PIN) pyproject.toml requirements/build.in --output-file requirements/runtime.txt
	$(PIN) requirements/dev.in --constraint requirements/runtime.txt \
		--output-file requirements/dev.txt

clean:
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
