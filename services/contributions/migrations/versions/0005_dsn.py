"""DSN files: what they declare, how it differs from what was computed, and the insurer's codes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only

revision = "0005"
down_revision = "0004"

TENANTS = ("dsn_declaration", "dsn_part", "dsn_difference", "dsn_person", "dsn_parameters")


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    _declarations()
    _reports()
    op.create_table(
        "dsn_carry",
        sa.Column("job", sa.Uuid(), sa.ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True),
        _required("content", sa.LargeBinary()),
    )
    for table in TENANTS:
        rls.enable(op, table)
    rls.enable_through(op, "dsn_carry", parent="import_job", column="job")
    append_only(op, "dsn_parameters")


def _declarations() -> None:
    op.create_table(
        "dsn_declaration",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _required("employer", sa.Text()),
        sa.Column("month", sa.Date()),
        *(sa.Column(name, sa.Text()) for name in ("norm", "nature", "type")),
        _required("job", sa.Uuid()),
        *(_required(name, sa.Integer()) for name in ("first_line", "lines", "mapped", "individuals")),
        _required("truncated", sa.Boolean()),
        sa.Column("digest", sa.Text()),
        _required("recorded_at", sa.DateTime(timezone=True)),
        _required("recorded_by", sa.Text()),
        sa.Column("reconciled_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_dsn_declaration_employer_id", "dsn_declaration", ["employer", "id"])
    op.create_index(
        "uq_dsn_declaration_digest",
        "dsn_declaration",
        ["employer", "digest", "first_line"],
        unique=True,
        postgresql_where=sa.text("digest IS NOT NULL"),
    )
    op.create_table(
        "dsn_part",
        _declaration(),
        _required("first_line", sa.Integer()),
        _required("employer", sa.Text()),
        _required("lines", sa.Integer()),
        _required("individual", sa.Boolean()),
        sa.Column("agent", sa.Uuid()),
        _required("other_person", sa.Boolean()),
        sa.Column("matricule", sa.Text()),
        _required("raw", sa.LargeBinary()),
        _required("mapped", sa.LargeBinary()),
        _required("kept", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("declaration", "first_line"),
    )
    op.create_index("ix_dsn_part_agent", "dsn_part", ["agent"])


def _reports() -> None:
    op.create_table(
        "dsn_difference",
        _declaration(),
        _required("number", sa.Integer()),
        _required("employer", sa.Text()),
        sa.Column("agent", sa.Uuid()),
        sa.Column("matricule", sa.Text()),
        _required("what", sa.Text()),
        sa.Column("guarantee", sa.Text()),
        sa.Column("month", sa.Date()),
        sa.Column("declared", sa.Text()),
        sa.Column("expected", sa.Text()),
        sa.Column("line", sa.Integer()),
        sa.PrimaryKeyConstraint("declaration", "number"),
    )
    op.create_table(
        "dsn_person",
        _required("employer", sa.Text()),
        _required("person_index", sa.Text()),
        _required("agent", sa.Uuid()),
        sa.PrimaryKeyConstraint("employer", "person_index"),
    )
    op.create_index("ix_dsn_person_agent", "dsn_person", ["agent"])
    op.create_table(
        "dsn_parameters",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(_required(name, sa.Text()) for name in ("employer", "agreement", "insurer")),
        _required("starts", sa.Date()),
        sa.Column("ends", sa.Date()),
        _required("document", postgresql.JSONB()),
        _required("recorded_at", sa.DateTime(timezone=True)),
        _required("recorded_by", sa.Text()),
    )
    op.create_index("ix_dsn_parameters_employer_id", "dsn_parameters", ["employer", "id"])


def _declaration() -> sa.Column[Any]:
    owner = sa.ForeignKey("dsn_declaration.id", ondelete="CASCADE")
    return sa.Column("declaration", sa.Uuid(), owner, nullable=False)


def downgrade() -> None:
    for table in ("dsn_carry", "dsn_parameters", "dsn_person", "dsn_difference", "dsn_part", "dsn_declaration"):
        op.drop_table(table)
