from kit.db.migrate import run
from services.claims.adapters.tables import metadata

run(metadata)
