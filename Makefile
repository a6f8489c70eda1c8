# `make` alone tells what can be asked. Everything runs in .venv, from the tree, without being installed.
PYTHON ?= python3
PORT ?= 8000
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore
# Each program is compiled once, outside the tree: the suite starts eight, and compiling them all takes a minute and more.
export PYTHONPYCACHEPREFIX = $(CURDIR)/.cache/pycache
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
MANAGE := $(PY) manage.py
UV := $(PY) -m uv
WORDS := locale/en/LC_MESSAGES/django

# A production-like environment: `check --deploy` looks at the settings that the public will meet.
PRODUCTION := MODE=production SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF \
	ALLOWED_HOSTS=label.example.org PUBLIC_URL=https://label.example.org DATABASE_URL=postgresql:///label

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check bench soak diagrams messages requirements fix

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ok .env $(WORDS).mo ## The virtual environment, the settings of this machine, the compiled words

.venv/.ok: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (make PYTHON=...)"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install -q uv==0.13.9 \
		&& $(UV) pip sync -q -p $(PY) --require-hashes requirements/dev.txt \
		|| $(PY) -m pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

.env:
	@mkdir -p var/static
	@umask 077; $(PYTHON) -c 'import secrets; print("MODE=demonstration\nSECRET_KEY=" + secrets.token_urlsafe(50))' > $@

$(WORDS).mo: $(wildcard $(WORDS).po) config/messages.py letters/typography.py | .venv/.ok
	@$(PY) -m config.messages compile

run: setup ## Only the pages, on PORT (default 8000), reloading when the code changes
	@$(MANAGE) migrate -v 0
	@$(MANAGE) createcachetable
	@$(MANAGE) runserver $(PORT)

demo: setup ## The demonstration on PORT (default 8000): data, pages, worker and clock; safe to run again
	@$(MANAGE) migrate -v 0
	@$(MANAGE) createcachetable
	@$(MANAGE) load_demonstration
	@echo; echo "The demonstration answers on http://localhost:$(PORT)/ (Ctrl-C stops it)"
	@PUBLIC_PORT=$(PORT) exec .venv/bin/honcho start -p $(PORT)  # honcho gives each process another PORT

test: setup ## The whole suite: SQLite, a real PostgreSQL, a real browser
	@$(PY) -m tests.suite

check: setup ## Style, types, imports, templates, migrations, deployment, translations, diagrams
	@$(PY) -m tests.system translations
	.venv/bin/ruff check -q
	.venv/bin/ruff format -q --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint --quiet --lint .
	$(MANAGE) makemigrations --check --dry-run -v 1
	@echo "manage.py check --deploy (as in production)"
	@$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING
	$(PY) -m config.messages check
	$(MANAGE) render_diagrams --settings=config.diagrams --check
	@echo "All checks passed."

bench: setup ## The benchmarks, as a table and JSON
	@$(PY) -m tests.bench

soak: setup ## What takes too long for every day: more examples, more threads, more years
	@$(PY) -m tests.suite --hypothesis-profile=soak

diagrams: setup ## Draws the flows and the states again
	@$(MANAGE) render_diagrams --settings=config.diagrams

messages: setup ## Brings the English catalogue up to the sentences of the code
	@$(PY) -m tests.system translations
	@$(PY) -m config.messages update

requirements: .venv/.ok ## Compiles requirements/*.in to hashed lists
	@for list in base dev; do $(UV) pip compile -q --generate-hashes --universal --python-version 3.11 \
		--no-header requirements/$$list.in -o requirements/$$list.txt; done

fix: setup ## Mends what can be mended by itself
	@.venv/bin/ruff check -q --fix; .venv/bin/ruff format -q
