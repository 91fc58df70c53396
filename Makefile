# The commands of docs/operators.md and docs/designers.zh-CN.md. Everything is set up on first use; nothing needs root.
PYTHON ?= python3
PY := .venv/bin/python
BOTPY := RASA_TELEMETRY_ENABLED=false PYTHONPATH=. .venv-bot/bin/python -W ignore
export RASA_TELEMETRY_ENABLED := false

.DEFAULT_GOAL := help
.PHONY: help run try test check train encoder parse eval eval-handoff export-sessions export-misses figures bench pictures chaos demo-reset backup restore setup fmt

help: ## what can be made
	@sed -n 's/^\([a-z][a-z-]*\):.* ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: ## set up what is missing, start everything, print addresses and demo accounts
	@$(PYTHON) -m launcher.setup run && exec $(PY) -m launcher

setup: ## install and build everything without starting it
	@$(PYTHON) -m launcher.setup test

try: ## TEXT="…": what the bot answers and why; without TEXT a talk in the terminal
	@$(PYTHON) -m launcher.setup env && { [ -e models/current ] || $(BOTPY) -m designer.train; } && $(PY) -m designer.try

test: ## set up what is missing and run every test, two at a time; ARGS=tests/dialogue for some of them
	@$(PYTHON) -m launcher.setup test && $(PY) -m pytest $(or $(ARGS),-n 2 --dist loadscope)

check: ## the fast gate: format, lint, types, import rules, data, web
	@$(PYTHON) -m launcher.setup check
	$(PY) -m ruff format --check -q .
	$(PY) -m ruff check -q .
	$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command as run; run()"
	$(PY) -m designer.check
	cd web && npm run -s lint && npm run -s typecheck

fmt: ## format the Python code, mend what the linter can
	$(PY) -m ruff format -q . ; $(PY) -m ruff check -q --fix .

train: ## all models from data/ into models/
	@$(PYTHON) -m launcher.setup train

encoder: ## the sentence encoder from public weights and data/ into data/encoder (half an hour; ARGS=--questions: known questions alone)
	@$(PYTHON) -m launcher.setup encoder && PYTHONPATH=. .venv-encoder/bin/python -W ignore -m designer.encoder $(ARGS)

parse: ## FILE=in.txt OUT=out.jsonl: how each line is understood, without a server
	@$(PYTHON) -m launcher.setup env && $(BOTPY) -m designer.parse "$(FILE)" "$(OUT)"

eval: ## FILE=x.tsv: score lines of sentence, tab, category
	@$(PYTHON) -m launcher.setup env && $(BOTPY) -m designer.evaluate $(FILE)

eval-handoff: ## TRAIN=a.jsonl TEST=b.jsonl: train and score the handoff model
	@$(PYTHON) -m launcher.setup env && $(BOTPY) -m designer.evaluate_handoff "$(TRAIN)" "$(TEST)"

export-sessions: ## FILE=sessions.jsonl DAYS=90: the store's conversations, masked and labelled
	@$(PYTHON) -m launcher.setup env && $(PY) -m launcher.installation handoff.training_sessions "$(abspath $(FILE))" "$(DAYS)"

export-misses: ## FILE=misses.jsonl DAYS=30: what the bot did not understand, masked, grouped, ready to label
	@$(PYTHON) -m launcher.setup env && $(PY) -m launcher.installation handoff.not_understood "$(abspath $(FILE))" "$(DAYS)"

figures: ## FILE=figures.jsonl DAYS=30: the store's figures day by day, by category, group and agent
	@$(PYTHON) -m launcher.setup env && $(PY) -m launcher.installation handoff.daily_figures "$(abspath $(FILE))" "$(DAYS)"

bench: ## speed beside the stock configuration; ONLY=load for the load figures alone, ONLY=desk for queue and console
	@$(PYTHON) -m launcher.setup test && $(PY) -m bench $(ONLY)

pictures: ## the manuals' pictures taken anew by the browser tests; ARGS=wall for some
	@$(PYTHON) -m launcher.setup test && $(PY) -m tests.web.pictures $(ARGS)

chaos: ## SEED=1 FAULTS=100 SECONDS=720 OVER=sqlite,postgres,hosts KINDS=kill,hold…: faults while customers write, each kind in turn
	@$(PYTHON) -m launcher.setup test && nice -n 10 $(PY) -m tests.faults.chaos --seed $(or $(SEED),1) --faults $(or $(FAULTS),100) --seconds $(or $(SECONDS),720) --over "$(OVER)" --kinds "$(KINDS)"

demo-reset: ## bring the demo orders back as on the first day
	@$(PY) -m launcher.anke demo reset

backup: ## FILE=…: DATA_DIR as one file, consistent while running
	@$(PY) -m launcher.backup save $(FILE)

restore: ## FILE=anke-backup-….tar.gz: put it back; what was there is moved aside
	@$(PY) -m launcher.backup restore "$(FILE)"

