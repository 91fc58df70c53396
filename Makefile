# The commands of docs/operators.md. Everything is set up on first use; nothing needs root.
PYTHON ?= python3
PY := .venv/bin/python
BOTPY := RASA_TELEMETRY_ENABLED=false PYTHONPATH=. .venv-bot/bin/python -W ignore
export RASA_TELEMETRY_ENABLED := false

.PHONY: run test check train parse eval eval-handoff export-sessions bench backup restore setup lint fmt

run: ## set up what is missing, start everything, print addresses and demo accounts
	@$(PYTHON) launcher/setup.py run && exec $(PY) -m launcher

setup:
	@$(PYTHON) launcher/setup.py test

test: ## set up what is missing and run every test
	@$(PYTHON) launcher/setup.py test && $(PY) -m pytest $(ARGS)

check: ## the fast gate: format, lint, types, import rules, data, web
	@$(PYTHON) launcher/setup.py check
	$(PY) -m ruff format --check -q .
	$(PY) -m ruff check -q .
	$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command as run; run()"
	$(PY) -m designer.check
	cd web && npm run -s lint && npm run -s typecheck

fmt:
	$(PY) -m ruff format -q . ; $(PY) -m ruff check -q --fix .

train: ## all models from data/ into models/
	@$(PYTHON) launcher/setup.py env && $(BOTPY) -m designer.train

parse: ## FILE=in.txt OUT=out.jsonl
	@$(PYTHON) launcher/setup.py env && $(BOTPY) -m designer.parse "$(FILE)" "$(OUT)"

eval: ## FILE=x.tsv
	@$(PYTHON) launcher/setup.py env && $(BOTPY) -m designer.evaluate $(FILE)

eval-handoff: ## TRAIN=a.jsonl TEST=b.jsonl
	@$(PYTHON) launcher/setup.py env && $(BOTPY) -m designer.evaluate_handoff "$(TRAIN)" "$(TEST)"

export-sessions: ## FILE=sessions.jsonl DAYS=90
	@$(PYTHON) launcher/setup.py env && $(PY) -m launcher.installation handoff.training_sessions "$(abspath $(FILE))" "$(DAYS)"

bench: ## ONLY=load for the load figures alone
	@$(PYTHON) launcher/setup.py test && $(PY) -m bench $(ONLY)

backup: ## DATA_DIR as one file, consistent while running
	@$(PY) -m launcher.backup save $(FILE)

restore: ## FILE=anke-backup-….tar.gz
	@$(PY) -m launcher.backup restore "$(FILE)"

