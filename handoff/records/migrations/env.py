"""Alembic's entry: runs the history on the connection that handoff.records.migrate hands over."""

from alembic import context

from handoff.records.tables import metadata


def run() -> None:
    """Applies the migrations; batch mode because SQLite cannot alter most things in place."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        version_table="handoff_version",
        transaction_per_migration=False,
    )
    context.run_migrations()


run()
