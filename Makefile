# Everything is run through the two locked environments; `make run` on a fresh machine needs only
# Python 3.11 or 3.12 with venv. Paths are relative, so the checkout's own path may hold spaces.
.POSIX:
.DEFAULT_GOAL := help
.PHONY: run test train lint bench chaos bench-console bench-growth bench-load bench-nlu fuzz audit clean stock-check help
PYTHON = .venv/bin/python

run: ## Start everything with demo data and print the addresses (ARGS="..." goes to `tanya up`)
	@sh ops/bootstrap.sh run
	@exec $(PYTHON) -m ops.cli up --demo $(ARGS)

test: ## Run every test, through real Rasa and PostgreSQL too (ARGS="tests/bot -x" narrows it)
	@sh ops/bootstrap.sh dev
	@$(if $(ARGS),$(PYTHON) -m pytest $(ARGS),sh tests/all.sh)

train: ## Train the language model from data/ (under a minute)
	@sh ops/bootstrap.sh run
	@exec $(PYTHON) -m ops.cli train $(ARGS)

lint: ## Check style, types and the direction of imports
	@sh ops/bootstrap.sh dev
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

bench: ## Measure speed, memory and cold start on this machine
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m benchmarks $(ARGS)

bench-console: ## Measure the officers' console with a million messages (writes docs/benchmarks/console.md)
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m benchmarks.console $(ARGS)

bench-growth: ## Compare a small house and one with a million of everything; half an hour (writes docs/benchmarks/growth.md)
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m benchmarks.growth $(ARGS)

bench-nlu: ## Compare understanding with stock Rasa; an hour at first (DATASETS=folder of MASSIVE)
	@sh ops/bootstrap.sh dev
	@DATASETS="$(DATASETS)" exec $(PYTHON) -m benchmarks.nlu $(ARGS)

chaos: ## Break everything while 500 citizens write, and judge; 15 minutes (writes docs/benchmarks/chaos.md)
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m benchmarks.chaos $(ARGS)

bench-load: ## Load our house and stock Rasa alike; 15 minutes, longer at first (writes docs/benchmarks/load.md)
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m benchmarks.load $(ARGS)

fuzz: ## Send hostile calls to every route, thirty times those of `make test` (TIMES=30)
	@sh ops/bootstrap.sh dev
	@TANYA_FUZZ=$${TIMES:-30} exec $(PYTHON) -m pytest --timeout 7200 tests/console/test_fuzz.py tests/console/test_hostile.py tests/bot/gateway/test_fuzz.py $(ARGS)

audit: ## Ask for known faults of the locked packages (needs the internet; says so without)
	@sh ops/bootstrap.sh dev
	@exec $(PYTHON) -m ops.audit $(ARGS)

stock-check: ## Prove that data and components also train on unmodified Rasa (needs Python 3.10)
	@sh nlu/stock_check.sh

clean: ## Remove environments, models, logs and caches (the database stays)
	rm -rf .venv nlu/.venv benchmarks/stock/.venv .tools .stock var/models var/log .pytest_cache .ruff_cache .mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16
