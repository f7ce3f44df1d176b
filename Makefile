# The commands. Each makes its own environment first, so a new machine needs Python 3.11+ and nothing else.
PYTHON ?= python3
BIN := .venv/bin
ZONE := $(BIN)/python -m zone.cli

.PHONY: run test lint project fast servers browser container programs lock calibrate check build ground refresh endpoints messages words readability review bench hostile attack mutants hamburg docs clean

.venv/app: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

# What maps are drawn with, from the npm registry by its lock file; without it they are drawn more plainly.
.venv/scripts: .venv/app web/map_scripts/package-lock.json deploy/fetch_scripts.py
	@$(BIN)/python deploy/fetch_scripts.py && touch $@ || true

.venv/dev: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ .venv/app

run: .venv/app .venv/scripts
	@$(BIN)/python deploy/warm.py || true
	@$(BIN)/python serve.py

# Lanes, quickest answer first. One that fails does not stop the next; the last line and the exit code tell which failed.
LANES = lint project fast servers browser container
PYTEST = $(BIN)/python -m pytest -n 2
BUILT = tests/test_container.py
ABOUT = tests/test_mutants.py tests/test_house.py tests/test_packages.py tests/test_project_files.py tests/test_docs.py
# They start servers, engines, other processes and environments, and measure time: side by side with others they would wait
# for these, and who changes a line would wait for them.
SERVERS = tests/test_command.py tests/test_other_pythons.py tests/test_bundle.py tests/data/test_engine.py \
  tests/data/test_faults.py tests/data/test_hostile_packs.py tests/services/test_background.py \
  tests/services/test_results_on_disk.py tests/web/test_budgets.py tests/web/test_features.py tests/web/test_guard.py \
  tests/web/test_processes.py tests/web/test_serve.py tests/web/test_watching.py tests/zone/test_client.py \
  tests/zone/test_mcp.py

test: .venv/dev .venv/scripts programs
	@failed=; for lane in $(LANES); do echo "== $$lane"; $(MAKE) --no-print-directory $$lane || failed="$$failed $$lane"; done; \
	  test -z "$$failed" || { echo "Failed:$$failed"; exit 1; }

# Lint and types.
lint: .venv/dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@PYTHONPATH=. $(BIN)/python docs/make_catalogues.py --check

# The order of imports, packages, texts, the documentation's site, a sample of mutants.
project: .venv/dev
	$(PYTEST) --dist loadfile $(ABOUT)

fast: .venv/dev
	$(PYTEST) --durations 20 --dist loadfile --ignore tests/browser $(ABOUT:%=--ignore %) $(SERVERS:%=--ignore %) $(BUILT:%=--ignore %)

servers: .venv/dev
	$(PYTEST) --dist loadfile $(SERVERS)

# They wait for pages most of their time, so a third beside two keeps two cores busy.
browser: .venv/dev .venv/scripts
	$(BIN)/python -m pytest -n 3 tests/browser

# The container, where a builder is or may be installed.
container: .venv/dev
	$(BIN)/python -m pytest $(BUILT)

# $(call debian,program,packages,what is skipped without them): installed where it is missing and this machine lets us.
define debian
@command -v $(1) >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 && \
  apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq $(2) >/dev/null 2>&1; } || \
  echo "$(3) skipped: no $(1) on this machine and it could not be installed (needs root and apt)."
endef

programs:
	$(call debian,chromium,chromium,Browser tests)
	$(call debian,soffice,--no-install-recommends libreoffice-impress,Tests of slides)
	$(call debian,pdftotext,--no-install-recommends poppler-utils,Tests of reports as PDF)
	$(call debian,buildah,--no-install-recommends buildah,Tests of the container)
	$(call debian,debootstrap,--no-install-recommends debootstrap,Tests of the container)

# Exact versions and hashes of all packages, after a change of the ranges in pyproject.toml; UPGRADE=--upgrade takes the newest.
RESOLVE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --custom-compile-command "make lock" $(UPGRADE) pyproject.toml
lock: .venv/dev
	$(RESOLVE) --output-file requirements.txt
	$(RESOLVE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

# Lint, types, and what the advisories say of the pinned packages.
check: lint
	@$(BIN)/pip-audit --requirement requirements.txt --disable-pip --progress-spinner off || \
	  echo "Advisories found, or not reachable from here; every dependency is pinned in requirements.txt."

build: .venv/dev
	$(ZONE) build --sources ../shared/sources

# The base maps, from vector tiles; `build` leaves them as they are.
ground: .venv/dev
	$(BIN)/python -m data.ground_making --sources ../shared/sources

# A second city from a folder of its publishers' files; the pack stays in PACK, to hand on.
SHEETS ?= /tmp/zone-sheets
HAMBURG ?= ../shared/sources/hamburg
PACK ?= /tmp/hamburg
hamburg: .venv/app
	$(BIN)/python docs/hamburg/make_pack.py $(HAMBURG) $(PACK)
	$(ZONE) city check $(PACK)
	$(ZONE) city build $(PACK)

refresh: .venv/app
	$(ZONE) refresh

endpoints: .venv/app
	$(ZONE) endpoints

messages: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/make_catalogues.py

# New sentences into one file, all languages beside each other; `messages` moves them on into the catalogues.
words: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/make_catalogues.py --new

# How hard the sentences are to read (docs/readability.md).
readability: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/readability.py

# A sheet for native readers of a language: what is said, its translation, where (not kept in the repository).
review: .venv/dev
	PYTHONPATH=. $(BIN)/python docs/review_sheets.py $(SHEETS)

calibrate: .venv/dev
	$(BIN)/python -m pytest tests/calibration --long

bench: .venv/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	$(BIN)/python -m bench.coverage
	$(BIN)/python -m bench.firms
	$(BIN)/python -m bench.aggregate
	$(BIN)/python -m bench.siting
	$(BIN)/python -m bench.first_visit --row
	$(BIN)/python -m bench.interaction
	$(BIN)/python -m bench.viewers
	$(BIN)/python -m bench.workshop --kill
	$(BIN)/python -m bench.maps
	$(BIN)/python -m bench.peers_side_by_side

hostile: .venv/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	$(BIN)/python -m bench.fuzz --inputs 10000
	$(BIN)/python -m bench.faults --kills 200

mutants: .venv/dev
	$(BIN)/mutmut run
	$(BIN)/mutmut results

attack: .venv/dev
	$(BIN)/python -m tests.data.attack

docs: .venv/dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

clean:
	rm -rf mutants site dist .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis
