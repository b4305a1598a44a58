# Two commands on a fresh machine: `make demo` and `make test`. Each builds .venv itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEVICE ?= cpu
WORKERS ?= 2

INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e

.PHONY: venv dev demo test viewers lint validate bench clean

venv: $(VENV)/.installed
dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) .
	touch $@

# What tests and linters need too: PyTorch and JAX are many times the size of all the rest.
$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) ".[dev]"
	touch $@

demo: venv
	$(BIN)/sparselbm demo --output results/demo --overwrite --device $(DEVICE)

test: dev
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not validate" --device $(DEVICE)

# What other tools read, by those tools: an environment of its own, for VTK is larger than all the rest.
viewers: $(VENV)-viewers/.installed
	$(VENV)-viewers/bin/python -m pytest -q -rs tests/export tests/io

$(VENV)-viewers/.installed: pyproject.toml constraints.txt
	test -x $(VENV)-viewers/bin/python || $(PYTHON) -m venv $(VENV)-viewers
	$(VENV)-viewers/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[vtkhdf,pictures]" pytest
	touch $@

validate: dev
	$(BIN)/python -m pytest -q -s -m validate tests --device $(DEVICE)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

bench: venv
	$(BIN)/sparselbm bench --device $(DEVICE)

clean:
	rm -rf $(VENV) $(VENV)-viewers results
