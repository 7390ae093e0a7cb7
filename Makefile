# Two commands matter: `make run` and `make test`.
VENV := .venv
BIN := $(VENV)/bin

check:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
