# Two commands on a fresh machine: `make demo` and `make test`. Each builds .venv itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEVICE ?= cpu
WORKERS ?= 2

.PHONY: venv demo test lint validate bench clean

venv: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

demo: venv
	$(BIN)/sparselbm demo --output results/demo --overwrite --device $(DEVICE)

test: venv
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not validate" --device $(DEVICE)

validate: venv
	$(BIN)/python -m pytest -q -s -m validate tests --device $(DEVICE)

lint: venv
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

bench: venv
	$(BIN)/sparselbm bench --device $(DEVICE)

clean:
	rm -rf $(VENV) results
