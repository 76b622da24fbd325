# `make` alone lists what there is. Each target sets up what it needs, once, in .venv.

# Any of these can be given: make test JOBS=8 · make advice CASE=me.yaml · make test PYTHON=python3.12 VENV=.venv-3.12
VENV ?= .venv
JOBS ?= 2
EXAMPLE := examples/backend.yaml

# The first Python that trackfit has been tried on. Where there is none, tools/doctor.py says so.
TRIED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(or $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(TRIED)' >/dev/null 2>&1 && echo "$$python" && break; done),python3)

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
ALL := $(VENV)/.installed-all
DOCS := $(VENV)/.installed-docs
MUTANTS := $(VENV)/.installed-mutants
LOG := $(VENV)/install.log
# What the slow tests use of npm; tests/support/outside.py finds it.
NODE := $(VENV)/node/.installed
NODE_TOOLS := axe-core@4.14.1 markdownlint-cli2@0.22.1 mermaid@11.17.2 yaml-language-server@1.25.0
# Python for browsers, and the one library that has a build of its own for it; commands/site.py finds them.
WASM := $(VENV)/wasm/.installed
PYODIDE := pyodide@314.0.7
SITE ?= build/pages
PYTEST := $(BIN)/pytest -n $(JOBS)
# One file a room that tries much of it in little time.
QUICK := $(addprefix tests/,language/test_conditions.py knowledge/test_strata.py cases/test_typed_skills.py \
	inference/test_planner.py explanation/test_why_not.py report/test_ties.py report/test_email.py interview/test_doubts.py \
	cases/test_titles.py resumes/test_dates.py proofs/test_prove.py cohort/test_summary.py \
	workshop/handbook/test_handbook.py commands/test_bad_places.py agreement/test_semantics.py whole/test_mistakes.py)

# Without this durable-rules does not compile on Python 3.13; elsewhere it changes nothing.
export CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
# The pins hold for the tools that build packages too (older pip reads the first, newer pip the second).
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help advice quick test test-all check mutants bench docs site picture wheels build clean

help: ## this list
	@echo "trackfit: which AI career track is nearest to where you stand, and why."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

advice: $(RUNTIME) ## the interview and its report; with CASE=FILE, or with no terminal, advice for that file
	@if [ -z "$(CASE)" ] && [ -t 0 ] && [ -t 1 ]; then $(BIN)/trackfit interview; \
	else $(BIN)/trackfit advise "$(or $(CASE),$(EXAMPLE))"; fi

test: $(DEV) ## the fast tests (JOBS=N for N at once)
	@$(PYTEST)

quick: $(DEV) ## what failed last, then one file of tests a room: for the loop of edit and run, under 40 s
	@$(BIN)/pytest -q --failed-first --maxfail=5 $(QUICK)

test-all: $(ALL) $(NODE) ## every test, the slow ones too (Spark with Java, browser with Chromium)
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(WASM); fi
	@$(PYTEST) -m ""

check: $(DEV) ## style, types and layers; changes nothing
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@if command -v node >/dev/null 2>&1; then \
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright -p .dev/trackfit/pyproject.toml --pythonpath $(BIN)/python; \
	else echo "pyright left out: it needs Node.js, and there is no command 'node'." >&2; fi
	@$(BIN)/lint-imports --no-logo

mutants: $(MUTANTS) ## do the tests notice small faults in the engine? Slow; one module with MODULE=knowledge.strata
	@nice -n 10 $(BIN)/python tools/mutants.py --jobs $(JOBS) $(MODULE)

bench: $(DEV) ## measure; one section with SECTION=NAME (a file of benchmarks/)
	@set -e; for file in benchmarks/$(or $(SECTION),[a-z]*).py; do $(BIN)/python "$$file"; done

docs: $(DOCS) ## try everything that README.md and docs/ show, and build the site in build/site
	@$(PYTEST) -m docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --clean
	@echo "The site is in build/site. With search: $(BIN)/python -m http.server --directory build/site"

site: $(RUNTIME) $(WASM) ## the interview as pages that run in the reader's browser, in build/pages (SITE=DIR for elsewhere)
	@$(BIN)/trackfit site --out $(SITE)

picture: $(DEV) ## the pictures of reports in README.md and docs/ (with Chromium)
	@$(BIN)/python tools/report_picture.py

wheels: $(RUNTIME) ## dist/engine/: durable-rules, built for every Python found here, for pip's --find-links
	@for python in python3.11 python3.12 python3.13 python3.14; do \
	if "$$python" -c '' >/dev/null 2>&1; then "$$python" tools/engine.py --build-only --wheels dist/engine \
	|| echo "durable-rules did not build on $$python" >&2; else echo "no $$python here" >&2; fi; done
	@ls dist/engine

build: $(DEV) ## dist/: the source archive, and the wheel made from it
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist >$(VENV)/build.log 2>&1 || { cat $(VENV)/build.log >&2; exit 1; }
	@ls dist/*

clean: ## remove all that these commands made
	rm -rf .venv .venv-* .dev build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no command '$(PYTHON)': trackfit needs Python 3.11, 3.12" \
	"or 3.13 (Debian, Ubuntu: apt install python3 python3-venv python3-dev · Fedora: dnf install python3 python3-devel" \
	"· macOS: brew install python@3.13)." >&2; exit 1; }
	@"$(PYTHON)" tools/doctor.py
	@echo "Setting up $(VENV) (once; about a minute) ..." >&2
	@[ -x $(BIN)/pip ] || "$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python tools/engine.py
	@$(call install)
	@echo "Ready. From this folder the command is $(BIN)/trackfit (or first: . $(BIN)/activate, then: trackfit)." >&2
	@touch $@

$(DEV): $(RUNTIME)
	@echo "Adding the tools for tests and checks ..." >&2
	@$(call install,dev)
	@touch $@

$(ALL): $(DEV)
	@echo "Adding Spark for the slow tests ..." >&2
	@$(call install,dev spark)
	@touch $@

$(MUTANTS): $(DEV)
	@echo "Adding cosmic-ray, which makes the faults ..." >&2
	@$(call install,dev mutants)
	@touch $@

$(DOCS): $(DEV)
	@echo "Adding the tools for the site ..." >&2
	@$(call install,dev docs)
	@touch $@

$(NODE): Makefile | $(RUNTIME)
	@if command -v npm >/dev/null 2>&1; then echo "Adding the npm tools for the slow tests ..." >&2; \
	npm install --silent --no-audit --no-fund --prefix $(VENV)/node $(NODE_TOOLS) && touch $@ || \
	echo "Could not install $(NODE_TOOLS): the tests with them are left out." >&2; \
	else echo "The tests of editors, Markdown style, charts and pages are left out: they need Node.js, and there is" \
	"no command 'npm'." >&2; fi

$(WASM): Makefile constraints.txt | $(RUNTIME)
	@command -v npm >/dev/null 2>&1 || { echo "There is no command 'npm', which fetches Python for browsers (Debian," \
	"Ubuntu: apt install npm · macOS: brew install node)." >&2; exit 1; }
	@echo "Fetching Python for browsers (once; 7 MB) ..." >&2
	@npm install --silent --no-audit --no-fund --prefix $(VENV)/wasm $(PYODIDE)
	@$(BIN)/pip download --quiet --no-deps --only-binary=:all: --python-version 3.14 --implementation cp \
	--platform pyemscripten_2026_0_wasm32 -d $(VENV)/wasm -c constraints.txt msgspec
	@touch $@

# Quiet, unless it fails: then what the log calls an error, and what to do.
define install
{ $(BIN)/python tools/requirements.py $(1) >$(VENV)/requirements.txt && \
$(BIN)/python -m pip install -c constraints.txt -r $(VENV)/requirements.txt && \
$(BIN)/python -m pip install --no-deps -e .; } >$(LOG) 2>&1 || { \
{ grep -iE '(^| )error' $(LOG) || cat $(LOG); } | tail -n 6 >&2; \
echo "Could not install; all of it is in $(LOG). Most often it is the network: see whether" >&2; \
echo "  $(BIN)/pip download --no-deps -d $(VENV) click" >&2; \
echo "works (is there a proxy?), then run the same command again." >&2; exit 1; }
endef
