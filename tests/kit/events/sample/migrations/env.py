from kit.db.migrate import run
from tests.kit.events.sample.tables import metadata

run(metadata)
