from kit.db.migrate import run
from services.claims.adapters import handling_tables, overpayment_tables
from services.claims.adapters.tables import metadata

kept = {overpayment_tables.overpayment.metadata, handling_tables.claim_file.metadata}
assert kept == {metadata}, "every table of claims is in one metadata"
run(metadata)
