"""The registry: organisations, schemes, accords and who sees them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only, create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None


def recorded() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    create_kit_tables(op)
    op.create_table(
        "organisation",
        sa.Column("fact", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("assumption", sa.Boolean(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            ("key", "="), ("valid", "&&"), ("recorded", "&&"), using="gist", name="ex_organisation_key"
        ),
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    _agreements()
    for table in ("scheme", "agreement_version", "agreement_step", "agreement_employer"):
        append_only(op, table)
    _visibility()


def _agreements() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "agreement_version",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("agreement", "version"),
    )
    op.create_table(
        "agreement_step",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("on", sa.Date()),
        *recorded(),
        sa.PrimaryKeyConstraint("agreement", "number"),
    )
    op.create_table(
        "agreement_employer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.UniqueConstraint("agreement", "version", "employer", "valid"),
    )
    op.create_index("ix_agreement_employer_employer", "agreement_employer", ["employer"])


def _visibility() -> None:
    """An accord is seen by whoever stands for one of its employers, and written by whoever stands for all of them."""
    rls.enable(op, "agreement_employer")
    api = rls.role(op, "api")
    for table, column in (("agreement", "id"), ("agreement_version", "agreement"), ("agreement_step", "agreement")):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for kind in ("worker", "migrator"):
            op.execute(
                f"CREATE POLICY {table}_{kind} ON {table} TO {rls.role(op, kind)} USING (true) WITH CHECK (true)"
            )
        party = f"(EXISTS (SELECT FROM agreement_employer party WHERE party.agreement = {table}.{column}))"
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO {api} USING {party}")
        op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO {api} USING {party}")
        op.execute(f"CREATE POLICY {table}_write ON {table} FOR INSERT TO {api} WITH CHECK (true)")


def downgrade() -> None:
    for table in ("agreement_step", "agreement_version", "agreement", "agreement_employer", "scheme", "organisation"):
        op.drop_table(table)
    drop_kit_tables(op)
