from kit.db.migrate import run
from tests.kit.db.sample.tables import metadata

run(metadata)
