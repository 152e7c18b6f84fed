# Two commands: `make run` opens the demo, `make test` checks everything. Both set up what they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench sample clean

run: $(VENV)/.ready
	$(BIN)/offplan demo

test: check
	$(BIN)/pytest -n 4

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready
	@$(BIN)/python -m benchmarks $(ONLY)

sample: $(VENV)/.ready
	$(BIN)/python -m tests.sample_world sample.db

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
