"""What several test folders share: a scripted bot, a started service, a PostgreSQL, customers, the ledger checker."""
