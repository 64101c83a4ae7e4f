"""Clients, signing keys, memberships and the feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables(op)
    _identity()
    _memberships()
    _feeds()
    for table in ("membership", "employer_event"):
        rls.enable(op, table)
    # The codes of insurers are scopes too: an insurer is none of the SIRETs, so the two never meet.
    rls.enable(op, "partner_event", column="insurer")
    api = rls.role(op, "api")
    op.execute(
        f"REVOKE INSERT, UPDATE, DELETE ON membership, agreement_version, employer_event, partner_event FROM {api}"
    )


def _identity() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text()),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("employers", postgresql.ARRAY(sa.Text())),
        sa.Column("insurer", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assumption", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "platform_state",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )


def _memberships() -> None:
    op.create_table(
        "membership",
        sa.Column("agreement", sa.Text(), primary_key=True),
        sa.Column("employer", sa.Text(), primary_key=True),
        sa.Column("insurer", sa.Text(), primary_key=True),
        sa.Column("valid", postgresql.DATERANGE(), primary_key=True),
    )
    op.create_index("ix_membership_employer", "membership", ["employer"])
    op.create_table(
        "agreement_version",
        sa.Column("agreement", sa.Text(), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )


def _feeds() -> None:
    op.create_table(
        "employer_event",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("event", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text()),
        sa.Column("insurer", sa.Text()),
        sa.Column("claim", sa.Text()),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("envelope", sa.JSON(), nullable=False),
        sa.UniqueConstraint("event", name=op.f("uq_employer_event_event")),
    )
    op.create_index("ix_employer_event_employer", "employer_event", ["employer", "position"])
    op.create_index(
        "ix_employer_event_claim",
        "employer_event",
        ["claim", "position"],
        postgresql_where=sa.text("claim IS NOT NULL"),
    )
    op.create_table(
        "partner_event",
        sa.Column("insurer", sa.Text(), primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("event", sa.Uuid()),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("envelope", sa.JSON()),
    )
    op.create_index("uq_partner_event_insurer_event", "partner_event", ["insurer", "event"], unique=True)


def downgrade() -> None:
    for table in ("partner_event", "employer_event", "agreement_version", "membership"):
        op.drop_table(table)
    for table in ("platform_state", "signing_key", "client"):
        op.drop_table(table)
    drop_kit_tables(op)
