from kit.db.migrate import run
from services.agreements.adapters.tables import metadata

run(metadata)
