# Thin: each target is one command. Everything else is `kiemso --help`.
PYTHON ?= python3
BIN := .venv/bin
# The lock is complete, so pip need not resolve anything; Python compiles what is used when it is used.
QUIET := --quiet --disable-pip-version-check --no-deps

.PHONY: report check update lab strip test clean

report: .venv/ready    ## run what changed, render HTML, PDF and Word into _output/
	$(BIN)/kiemso render

check: .venv/ready     ## list what in the report is no longer true
	$(BIN)/kiemso check

update: .venv/ready    ## rewrite stale figures in report.qmd
	$(BIN)/kiemso update

lab: .venv/ready       ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

strip: .venv/ready     ## take outputs out of the notebooks before they are committed
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

test: .venv/ready      ## lint, types, and all tests
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m pytest

clean:                 ## forget everything that can be made again
	rm -rf build _output .venv

# Made again whenever the lock changes; a failed installation leaves no mark.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install $(QUIET) --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install $(QUIET) --no-build-isolation --editable .
	@touch $@
