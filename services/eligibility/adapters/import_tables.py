"""The tables of what an import keeps beside its job: what a dry run goes on from, what to look at."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text

from kit.db.types import Id
from services.eligibility.adapters.tables import metadata

# A line that a dry run has checked, sealed; `mark`: a keyed fingerprint of what later lines may be about as well.
dry_line: Final = Table(
    "dry_line",
    metadata,
    Column("job", Id, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# What to look at in a line that an import entered; `line` as in the file, `pointer` its field. No value of the line.
import_warning: Final = Table(
    "import_warning",
    metadata,
    Column("job", Id, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("pointer", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
