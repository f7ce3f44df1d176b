# The four commands. Each makes its own environment first, so a new machine needs Python 3.11+ and nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check build refresh bench clean

.venv/app: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ .venv/app

run: .venv/app
	@echo "Zone of Social Creativity: http://localhost:8501"
	@$(BIN)/python serve.py

test: .venv/dev
	@command -v chromium >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 && \
	  apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq chromium >/dev/null 2>&1; } || \
	  echo "Browser tests skipped: no Chromium on this machine and it could not be installed (needs root and apt)."
	$(BIN)/python -m pytest

check: .venv/dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

build: .venv/dev
	$(BIN)/python -m data.build --sources ../shared/sources
	PYTHONPATH=. $(BIN)/python docs/make_indicators.py

refresh: .venv/app
	$(BIN)/python -m data.refresh

bench: .venv/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	PYTHONPATH=. $(BIN)/python bench/coverage.py
	PYTHONPATH=. $(BIN)/python bench/firms.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
