from kit.db.migrate import run
from services.eligibility.adapters.decision_tables import affiliation
from services.eligibility.adapters.import_tables import import_warning
from services.eligibility.adapters.tables import metadata

assert affiliation.metadata is import_warning.metadata is metadata, "every table of eligibility is in one metadata"
run(metadata)
