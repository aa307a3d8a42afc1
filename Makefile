# make demo    three real applications, driven and judged; writes runs/demo/index.html
# make test    all tests
# make check   formatting, lint, types
# make setup   only what the others need: .venv and the system packages
#
# Each works alone on a fresh Debian or Ubuntu. Another Python: make PYTHON=python3.12 test

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: setup demo test check clean
.DEFAULT_GOAL := demo

PYTHON ?=
BIN := .venv/bin
LIBRARY := $(BIN)/.gym-anything-library
SYSTEM := $(BIN)/.gym-anything-system

demo: $(SYSTEM)
	@$(BIN)/gym-anything demo

test: $(SYSTEM)
	@$(BIN)/python -m pytest

check: $(LIBRARY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

setup: $(SYSTEM)

clean:
	rm -rf .venv build dist runs .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# System packages: what every machine needs and what envs/*/app.toml name. Only missing ones.
$(SYSTEM): $(LIBRARY) gym_anything/install.py $(wildcard envs/*/app.toml)
	@$(BIN)/gym-anything install --all
	@touch $@

$(LIBRARY): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "installing the library and its dependencies into .venv"
	@$(BIN)/pip install --disable-pip-version-check --progress-bar off \
	    -e '.[dev]' -c constraints.txt \
	    | sed -un 's/^Collecting \([^ ]*\).*/  \1/p; s/^Successfully .*/  done/p'
	@touch $@

# The first Python 3.11 or newer of $(PYTHON), python3 and those with a version in their name.
define find_python
for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
        break; \
    fi; \
    python=; \
done
endef

# Runs apt-get as root or with sudo, or stops with the command to run.
define apt_install
apt_install() { \
    local as= ; \
    if [ "$$(id -u)" != 0 ]; then \
        if ! command -v sudo >/dev/null; then \
            echo "error: neither root nor sudo; as root run: apt-get install --yes $$*" >&2; exit 1; \
        fi; \
        as=sudo; \
    fi; \
    echo "installing $$*"; \
    $$as apt-get update; \
    $$as env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$$@"; \
}
endef

$(BIN)/pip:
	@$(apt_install); \
	[ -n "$(PYTHON)" ] || command -v python3 >/dev/null || apt_install python3 python3-venv; \
	$(find_python); \
	if [ -z "$$python" ]; then \
	    found="$$($(or $(PYTHON),python3) --version 2>/dev/null || echo not there)"; \
	    echo "error: Python 3.11 or newer is needed; $(or $(PYTHON),python3) is $$found." \
	        "Install the packages python3.11 and python3.11-venv (or newer), then run:" \
	        "make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; \
	    exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    apt_install "$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; \
	fi; \
	echo "making .venv with $$("$$python" --version)"; \
	"$$python" -m venv --clear .venv
