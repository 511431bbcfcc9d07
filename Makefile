# Homegrown: `make run` serves the demo, `make test` tests it, `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install install-run run test faults check bench backup restore clean lock thorough

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: ## Install everything for development into .venv
	@$(PYTHON) -m core.local.install base embedded dev browser

install-run:
	@$(PYTHON) -m core.local.install base embedded

run: install-run ## Serve the application (PORT=8000, DEMO=0 for your own data)
	@exec $(BIN)/python -m core.local run

test: install ## Run the tests (ARGS="tests/kpis -k form")
	@$(BIN)/python -m pytest $(or $(ARGS),-n logical --maxprocesses 4 --dist worksteal)

thorough: install ## Run the tests with every value on every page and new random examples (hours)
	@THOROUGH=1 $(BIN)/python -m pytest $(or $(ARGS),-n logical --maxprocesses 4 --dist worksteal)

faults: install ## Run the slow tests that kill processes
	@$(BIN)/python -m pytest -m faults $(ARGS)

check: install ## Lint, types, architecture, templates, migrations, deployment settings
	@$(BIN)/python -m core.local check

bench: install ## Measure against the goals of the design
	@$(BIN)/python -m benchmarks $(ARGS)

backup: install-run ## Write a copy of database and files to var/backups, or OUT=folder
	@$(BIN)/python -m core.local backup "$(OUT)"

restore: install-run ## Put a copy back: FROM=folder
	@$(BIN)/python -m core.local restore "$(FROM)"

clean: ## Remove the local data, files and programs (asks first)
	@$(PYTHON) -m core.local clean

lock: ## Compile requirements/*.in with hashes (needs uv)
	@for name in base embedded dev browser; do \
	  uv pip compile requirements/$$name.in --generate-hashes --universal \
	    --python-version 3.11 --no-header --no-annotate --quiet -o requirements/$$name.txt; done
