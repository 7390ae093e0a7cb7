# Two commands matter: `make run` and `make test`.
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2

.PHONY: run test test-slow check bench lock clean

## Show the main job on a demo town; `make run CONFIG=amends.yaml` runs the real thing.
run:
	@scripts/environment runtime
	@if [ -n "$(CONFIG)" ]; then exec $(BIN)/amends run -c "$(CONFIG)"; else exec $(BIN)/amends demo; fi

## Run the tests, except the long ones.
test:
	@scripts/environment dev
	$(PYTEST) -n $(JOBS) -m "not slow" $(ARGS)

## Run the long ones: side by side, then those that need the machine for themselves. (5: none was chosen.)
test-slow:
	@scripts/environment dev
	$(PYTEST) -n $(JOBS) -m "slow and not alone" --timeout 900 $(ARGS) || [ $$? = 5 ]
	$(PYTEST) -m "slow and alone" --timeout 900 $(ARGS) || [ $$? = 5 ]

## What must hold before a commit: form, types, layers.
check:
	@scripts/environment dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --no-cache . # a stale cache once hid what a new file changed for its neighbours
	$(BIN)/mypy
	$(BIN)/lint-imports

## Print the figures that README and docs quote.
bench:
	@scripts/environment dev
	$(BIN)/python benchmarks/run.py

## Resolve the locked requirements anew (needs uv).
lock:
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  pyproject.toml --group pyproject.toml:build -o requirements/runtime.lock
	uv pip compile -q --no-strip-extras --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  pyproject.toml --extra postgresql --extra accurate --extra mqtt --group pyproject.toml:build --group pyproject.toml:dev -o requirements/dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* build dist
