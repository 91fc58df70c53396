"""The Alembic history of the handoff service's database."""
