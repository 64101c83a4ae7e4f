from kit.db.migrate import run
from services.contributions.adapters.dsn import tables as dsn  # its tables belong to the same metadata
from services.contributions.adapters.tables import metadata

assert dsn.dsn_declaration.metadata is metadata
run(metadata)
