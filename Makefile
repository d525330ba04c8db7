# Everything a person does with Patina, by name. `make run` on a fresh machine needs Python 3.11 or newer.
PYTHON ?= python3
# Files of tests that run at once; each process takes up to 3 GB of memory.
WORKERS ?= 2
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: run test check bench soak

run: $(VENV)/running
	$(RUN) app.py

test: $(VENV)/working
	$(RUN) -m pytest -m "not soak" -n $(WORKERS) --dist loadfile

check: $(VENV)/working
	$(VENV)/bin/ruff format --no-cache --check .
	$(VENV)/bin/ruff check --no-cache .
	$(VENV)/bin/pyright
	$(MAKE) test

bench: $(VENV)/working
	$(RUN) -m lab.benchmarks

soak: $(VENV)/working
	$(RUN) -m pytest -m soak

# Stamps: an environment is made once, and again only when its requirements change.
$(VENV)/running: requirements.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/working: requirements.txt requirements-dev.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/running
