"""PostgreSQL as every component uses it: transactions, tenancy, kit tables, migrations, jobs, backups."""
