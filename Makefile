# make chat   opens the web chat on this machine     make test   runs everything that must hold
PYTHON ?= python3.11
PORT ?= 7860
BIN := .venv/bin
LOCK := requirements.lock
# The lock has two parts: what the chat needs, and below this line what only the tests need.
TEST_PART := \# tests only
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement

.PHONY: chat test check lock clean

chat: .venv/chat
	$(BIN)/python -m indexer build --if-stale
	$(BIN)/python -m chat serve --port $(PORT)

test: .venv/test check
	$(BIN)/python -m pytest

check: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/chat: $(LOCK)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	sed '/^$(TEST_PART)/,$$d' $(LOCK) > .venv/chat.lock
	$(INSTALL) .venv/chat.lock
	touch $@

.venv/test: .venv/chat
	sed '1,/^$(TEST_PART)/d' $(LOCK) > .venv/test.lock
	$(INSTALL) .venv/test.lock
	touch $@

# Needs uv. Keeps the lines of torch as they are, since its CPU builds are chosen by their hashes.
lock:
	$(PYTHON) .ci/lock.py

clean:
	rm -rf .venv index build
