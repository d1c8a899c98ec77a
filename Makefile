# Thin names for the commands of the house; everything real stands in run.py, pyproject.toml and tests/.
PY := .venv/bin/python

.PHONY: demo test check static format docs bench openapi

demo:
	python3 run.py demo

test:
	python3 run.py test

static: ## format, lint, types, contracts
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-cache

docs: ## every command in the documentation runs
	$(PY) -m pytest tests/docs -q

check: static test docs

format:
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench:
	$(PY) -m bench

openapi: ## write the committed interface anew
	$(PY) -c "import json; from governance.app import create_app; from governance.settings import Settings; print(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1, sort_keys=True))" > docs/reference/openapi.json
