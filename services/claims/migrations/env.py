from kit.db.migrate import run
from services.claims.adapters import overpayment_tables
from services.claims.adapters.tables import metadata

assert overpayment_tables.overpayment.metadata is metadata, "every table of claims is in one metadata"
run(metadata)
