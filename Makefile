# Two commands on a fresh machine: `make demo` and `make test`. Each builds .venv itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEVICE ?= cpu
BLENDER_PYTHON ?= python3.11
WORKERS ?= 2

INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e

.PHONY: venv dev demo test test-rehearsal test-nvrtc docs viewers view-bundle lint validate fuzz bench clean

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

TEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not validate and not viewers and not nvrtc"

# A chosen fifth of the tests (tests/conftest.py) with the CUDA kernels, cell by cell on the CPU; then all tests.
test: dev
	$(TEST) --device rehearsal
	$(TEST) --device $(DEVICE)

# The documentation site: build/docs/index.html. Warnings are errors, and nothing is fetched from a network.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

$(VENV)/.installed-docs: $(VENV)/.installed
	$(INSTALL) ".[docs]"
	touch $@

# Every test with the CUDA kernels, cell by cell on the CPU, for machines without a GPU.
test-rehearsal: dev
	$(TEST) --device rehearsal --whole

# Every kernel compiled for sm_80, sm_90 and sm_100 by Warp's own NVRTC, which needs no GPU.
test-nvrtc: dev
	$(BIN)/python -m pytest -q -n $(WORKERS) -m nvrtc

# What other tools read, by those tools: an environment of its own, for VTK is larger than all the rest.
viewers: $(VENV)-viewers/.installed $(VENV)-blender/.installed $(VENV)-omniverse/.installed
	BLENDER_PYTHON=$(VENV)-blender/bin/python OMNIVERSE_PYTHON=$(VENV)-omniverse/bin/python $(VENV)-viewers/bin/python -m pytest -q -rs -m "not validate" \
		tests/export tests/io tests/viewers

$(VENV)-viewers/.installed: pyproject.toml constraints.txt
	test -x $(VENV)-viewers/bin/python || $(PYTHON) -m venv $(VENV)-viewers
	$(VENV)-viewers/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[vtkhdf,pictures]" pytest
	touch $@

# The page's three.js, which is part of the package: only to be made anew for another version, in bundle/package.json.
view-bundle:
	cd sparselbm/results/page/bundle && npm install --no-package-lock --silent && npm run --silent build

validate: dev
	$(BIN)/python -m pytest -q -s -m validate tests --device $(DEVICE)

# Blender comes as a wheel, for one version of Python (3.11), into an environment of its own; Chromium by the system's packages.
$(VENV)-blender/.installed:
	$(BLENDER_PYTHON) -m venv $(VENV)-blender
	$(VENV)-blender/bin/python -m pip install -q --disable-pip-version-check "bpy==4.5.*"
	touch $@

# Omniverse's validator asks for an older usd-core than ours.
$(VENV)-omniverse/.installed:
	$(PYTHON) -m venv $(VENV)-omniverse
	$(VENV)-omniverse/bin/python -m pip install -q --disable-pip-version-check "usd-validation-nvidia[usd,numpy]==1.*"
	touch $@

lint: dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(BIN)/python tests/docs/plain_english.py

# Mutated files of every format that is read, and values of all options: 20 minutes, from the seed FIRST on.
FIRST ?= 0
fuzz: dev
	$(BIN)/python tests/fuzz/fuzz.py --minutes 20 --first $(FIRST)

bench: venv
	$(BIN)/sparselbm bench --device $(DEVICE)

clean:
	rm -rf build/docs $(VENV) $(VENV)-viewers $(VENV)-blender $(VENV)-omniverse results
