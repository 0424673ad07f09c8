# The interface of the project. `make demo` and `make test` work on a bare Debian 12 with Python 3.11, pip, make, gcc and git.
SHELL := /bin/bash
PYTHON3 ?= python3
export UV_PYTHON_DOWNLOADS = never
UV := .boot/bin/uv
PY := .venv/bin/python
ARGS ?=

.PHONY: demo test test-postgres check bench docs lock screenshots clean

demo: .venv/.run             ## set everything up, build the demo estate, serve it
	$(PY) -m levelfield_cli demo $(ARGS)

test: .venv/.test            ## set everything up and pass the tests
	tools/install-chromium
	$(PY) -m pytest -n 2 --dist loadscope $(ARGS)

check: .venv/.test           ## style, types, import contracts, documents in step with the code
	$(PY) -m ruff format --check src tests bench tools
	$(PY) -m ruff check src tests bench tools
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m tools.write_docs --check
	$(PY) -m tools.profile_pages --check

docs: .venv/.test            ## write the generated pages: measures, shapes, command line, profiles
	$(PY) -m tools.write_docs
	$(PY) -m tools.profile_pages

test-postgres: .venv/.test   ## the web tests once more, on a real PostgreSQL
	$(PY) -m tools.with_postgres $(PY) -m pytest -n 2 --dist loadscope tests/web tests/walls/test_the_wall.py $(ARGS)

bench: .venv/.test           ## measure speed and robustness beside named peers; about 40 minutes
	$(PY) -m bench.run $(ARGS)

screenshots: .venv/.test     ## the pictures in the README, taken from the running product
	tools/install-chromium
	$(PY) -m tools.screenshots

lock: $(UV)                  ## renew the hashed requirements
	$(UV) pip compile -q pyproject.toml --extra web --extra test --extra bench -o requirements/test.txt \
	    --generate-hashes --no-annotate --no-header --python-version 3.11
	$(UV) pip compile -q pyproject.toml --extra web -c requirements/test.txt -o requirements/run.txt \
	    --generate-hashes --no-annotate --no-header --python-version 3.11

$(UV):
	$(PYTHON3) -m pip install --quiet --disable-pip-version-check --target .boot uv==0.13.9

.venv/.made: $(UV)
	@test -x $(PY) || $(UV) venv --quiet --python $(PYTHON3) .venv
	@touch $@

.venv/.run: .venv/.made requirements/run.txt pyproject.toml
	@test -f .venv/.test || $(UV) pip install --quiet --require-hashes -r requirements/run.txt
	@echo "$(CURDIR)/src" > "$$($(PY) -c 'import site; print(site.getsitepackages()[0])')/levelfield.pth"
	@printf '#!%s/.venv/bin/python\nfrom levelfield_cli.main import main\n\nmain()\n' "$(CURDIR)" > .venv/bin/levelfield
	@chmod +x .venv/bin/levelfield
	@touch $@

.venv/.test: .venv/.made requirements/test.txt pyproject.toml
	$(UV) pip install --quiet --require-hashes -r requirements/test.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:                       ## remove everything that was built
	rm -rf .venv .boot var
