from kit.db.migrate import run
from services.contributions.adapters import benefit_tables as benefits
from services.contributions.adapters import settlement_tables as settlements
from services.contributions.adapters.dsn import tables as dsn  # its tables belong to the same metadata
from services.contributions.adapters.tables import metadata

assert all(one.metadata is metadata for one in (benefits.claim_month, dsn.dsn_declaration, settlements.settlement))
run(metadata)
