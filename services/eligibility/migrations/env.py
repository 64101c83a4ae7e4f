from kit.db.migrate import run
from services.eligibility.adapters.tables import metadata

run(metadata)
