# Thin: each target is one command. Everything else is `kiemso --help`.
PYTHON ?= python3
BIN := .venv/bin
# The lock is complete, so pip need not resolve anything; Python compiles what is used when it is used.
QUIET := --quiet --disable-pip-version-check --no-deps
# Without them every process compiles pandas again, which takes longer than the notebooks.
unexport PYTHONDONTWRITEBYTECODE
PO := --no-wrap --omit-header

.PHONY: report check update lab strip messages bench test fuzz clean

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

messages: .venv/ready  ## bring the Vietnamese translations in line with what the program says in English
	$(BIN)/pybabel -q extract -k say -k plural:1,2 $(PO) --sort-by-file --add-location=file -o .venv/messages.pot scripts
	$(BIN)/pybabel -q update $(PO) -N -l vi --ignore-obsolete -i .venv/messages.pot -o scripts/kiemso/messages/vi.po

bench: .venv/ready     ## measure beside other engines, print tables, save build/bench.json
	$(BIN)/python -m tests.bench

test: .venv/ready      ## lint, types, and all tests
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m pytest

fuzz: .venv/ready      ## read thousands of damaged workbooks, of which none may be read wrong
	$(BIN)/python -m tests.fuzz --cases 5000

clean:                 ## forget everything that can be made again
	rm -rf build _output .venv

# Made again whenever the lock changes; a failed installation leaves no mark.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install $(QUIET) --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install $(QUIET) --no-build-isolation --editable .
	@touch $@
