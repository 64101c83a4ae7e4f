from kit.db.migrate import run
from services.contributions.adapters.tables import metadata

run(metadata)
