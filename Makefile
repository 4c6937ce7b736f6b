# The two commands: `make run` and `make test`. See README.md for Windows. `make run EMPTY=1` begins without the invented city.
PYTHON ?= python3
BIN := .venv/bin
EXPRESSIONS := $(CURDIR)/build/expressions

# Compiled code lies beside the sources, so the stamp that says so lies in the tree, not in the environment.
WARM := build/warm.stamp
# Modules that are read again by each of a dozen processes are compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run serve warm test checks test-long test-spark lint mutants theme frontend lock clean

run: $(WARM)
	$(BIN)/achilles run $(if $(EMPTY),--empty)

# A server for several people; the settings are explained in docs/server.md.
SETTINGS ?= achilles-server.toml
serve: $(WARM)
	$(BIN)/achilles serve --settings $(SETTINGS)

test: .venv/test.stamp
	$(BIN)/python tests/browser/find_browser.py --install
	$(MAKE) -j2 checks $(WARM)
	rm -rf $(EXPRESSIONS)
	ACHILLES_EXPRESSIONS=$(EXPRESSIONS) $(BIN)/python -m pytest

# What the last `make test` asked of the store, asked of a Spark of this machine (Java 17); without one, first the
# tests of the rooms that ask. docs/scale.md.
test-spark: .venv/spark.stamp
	ls $(EXPRESSIONS)/*.pickle >/dev/null 2>&1 || ACHILLES_EXPRESSIONS=$(EXPRESSIONS) $(BIN)/python -m pytest tests/hotspots \
	    tests/finance tests/series tests/warnings tests/overview tests/strategic
	ACHILLES_EXPRESSIONS=$(EXPRESSIONS) ACHILLES_SPARK=spark:local[2] $(BIN)/python -m pytest -n 0 tests/spark

checks: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# The suite with every example of the properties that are tried on invented data, of which `test` takes a third.
test-long: .venv/test.stamp $(WARM)
	ACHILLES_TEST_LONG=1 $(BIN)/python -m pytest

lint: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Change the code in many small ways and see that tests fail; one room with ROOM=oversight. docs/mutants.md.
mutants: .venv/mutants.stamp
	$(BIN)/python -m bench.mutants $(ROOM)

# Write the colours of analytics/figures/theme.py to Streamlit's settings and the print templates.
theme: .venv/app.stamp
	$(BIN)/python -m analytics.figures.theme

# Build the browser side of our own components into ui/components/built; run after changing frontend/ (needs Node 20).
frontend:
	cd frontend && npm ci --ignore-scripts && npm run check && npm run build

# Exact versions and hashes for every platform; run after changing pyproject.toml (needs uv).
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements.lock
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-test.lock
	uv pip compile pyproject.toml --extra test --extra spark --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-spark.lock
	uv pip compile pyproject.toml --extra test --extra mutants --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-mutants.lock

clean:
	rm -rf .venv build *.egg-info

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Achilles needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv

.venv/app.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# Compiled ahead, so that the first search is not slow and no two tests compile the same.
warm: $(WARM)
$(WARM): .venv/app.stamp $(shell grep -rl --include=*.py cache=True analytics)
	$(BIN)/python -m analytics.cli warm
	mkdir -p $(@D)
	touch $@

.venv/test.stamp: requirements-test.lock .venv/app.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

.venv/mutants.stamp: requirements-mutants.lock .venv/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.lock
	touch $@

.venv/spark.stamp: requirements-spark.lock .venv/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	touch $@
