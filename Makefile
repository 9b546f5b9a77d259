# The door to everything: `make run` to use it, `make test` to trust it.
.DEFAULT_GOAL := help
.PHONY: help run demo-reset check test prove format words lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

run: ## Serve the demo on 127.0.0.1:8000, or PORT
	@scripts/bootstrap run
	@exec .venv/bin/lainaamo demo

demo-reset: ## Forget the demo's database, so that the next run starts over
	@rm -rf instance
	@echo "The demo is gone; 'make run' makes a new one."

check: ## Format, lint, types, walls, templates, words, docs: a minute or so
	@scripts/bootstrap dev
	@exec .venv/bin/python -m scripts.steps check

test: ## Everything, on SQLite and PostgreSQL, in a browser and from the wheel
	@scripts/bootstrap dev
	@scripts/system-packages
	@exec .venv/bin/python -m scripts.steps test

prove: ## The long proofs; their dated result goes to docs/proof
	@scripts/bootstrap dev
	@scripts/system-packages
	@exec .venv/bin/python -m scripts.prove

format: ## Lay the code out and mend what can be mended
	@scripts/bootstrap dev
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format --quiet .

words: ## Bring new sentences into the catalogues
	@scripts/bootstrap dev
	@.venv/bin/python -m scripts.words update

lock: ## Pin the newest requirements and list their licences
	@scripts/bootstrap dev
	@scripts/lock --upgrade
	@scripts/bootstrap dev
	@.venv/bin/python -m scripts.notices update

clean: ## Remove what can be made again; the instance stays
	@rm -rf .venv dist build .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
