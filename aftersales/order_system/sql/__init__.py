"""The order system on a SQL database of its own: SQLite by default, PostgreSQL by `ORDERS_DATABASE_URL`."""
