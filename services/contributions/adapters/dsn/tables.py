"""The tables of DSN files. What may name a person is sealed: raw lines, and what is mapped of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from kit.db.types import Id, Instant, Json, MonthColumn
from services.contributions.adapters.tables import metadata

# A declaration: one establishment and month of a file. `digest` is the file's, once it is all there. `replaced_by`: a
# later one stands for it. `reconciliation`: the job that writes its report.
dsn_declaration: Final = Table(
    "dsn_declaration",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("month", MonthColumn),
    Column("norm", Text),
    Column("nature", Text),
    Column("type", Text),
    Column("job", Id, nullable=False),
    Column("first_line", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("mapped", Integer, nullable=False),
    Column("individuals", Integer, nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("digest", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reconciled_at", Instant),
    Column("fraction", Text),
    Column("replaced_by", Id),
    Column("reconciliation", Id),
    Index(None, "employer", "id"),
    Index(None, "employer", "month"),
    Index(
        "uq_dsn_declaration_digest",
        "employer",
        "digest",
        "first_line",
        unique=True,
        postgresql_where=text("digest IS NOT NULL"),
    ),
)

# Consecutive lines of a declaration: a head, or an individual. `kept` names the lines that are not mapped.
dsn_part: Final = Table(
    "dsn_part",
    metadata,
    Column("declaration", Id, ForeignKey("dsn_declaration.id", ondelete="CASCADE"), primary_key=True),
    Column("first_line", Integer, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("individual", Boolean, nullable=False),
    Column("agent", Id, index=True),
    Column("other_person", Boolean, nullable=False),
    Column("matricule", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("mapped", LargeBinary, nullable=False),
    Column("kept", Json, nullable=False),
)

dsn_difference: Final = Table(
    "dsn_difference",
    metadata,
    Column("declaration", Id, ForeignKey("dsn_declaration.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id),
    Column("matricule", Text),
    Column("what", Text, nullable=False),
    Column("guarantee", Text),
    Column("month", MonthColumn),
    Column("declared", Text),
    Column("expected", Text),
    Column("line", Integer),
)

# Whose number a DSN stated beside a known matricule: a keyed fingerprint of this service alone (ADR 0011).
dsn_person: Final = Table(
    "dsn_person",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("person_index", Text, primary_key=True),
    Column("agent", Id, nullable=False, index=True),
)

# The insurer's codes of a contract (FPOC), as given; of those with the same start, the last one counts.
dsn_parameters: Final = Table(
    "dsn_parameters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("insurer", Text, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("document", Json, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "employer", "id"),
)

# Where the next chunk of a file takes up.
dsn_carry: Final = Table(
    "dsn_carry",
    metadata,
    Column("job", Id, ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
