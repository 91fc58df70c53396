"""Alembic's entry: runs inside the connection that migrate.py opened."""

from alembic import context

from aftersales.order_system.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="orders_schema",
    transactional_ddl=False,  # migrate.py already holds the one transaction around everything
)
context.run_migrations()
