# Unisson. `make demo` to try it, `make test` to check it.
# Everything lives in .venv, installed from the hash-pinned locks, with uv when
# there is one and pip otherwise.
SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
PORT  ?= 8000

.PHONY: setup demo test check bench lock
setup: $(VENV)/.ready

$(VENV)/.ready: requirements-dev.lock pyproject.toml scripts/setup.sh
	@bash scripts/setup.sh $(VENV)
	@touch $@

demo: setup
	@$(BIN)/unisson demo --port $(PORT)

test: setup
	@bash scripts/test.sh

check: setup
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/lint-imports
	@$(BIN)/mypy src

bench: setup
	@$(BIN)/python -m benchmarks.run

lock: setup
	@bash scripts/lock.sh
