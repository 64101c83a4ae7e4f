from kit.db.migrate import run
from services.claims.adapters import handling_tables, overpayment_tables, redecisions
from services.claims.adapters.tables import metadata

others = (overpayment_tables.overpayment, handling_tables.claim_file, redecisions.redecision)
kept = {table.metadata for table in others}
assert kept == {metadata}, "every table of claims is in one metadata"
run(metadata)
