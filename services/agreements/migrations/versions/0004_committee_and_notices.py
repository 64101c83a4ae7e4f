"""The committee of an accord and its meetings (art. 7); notices and who was handed them (art. 6)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only

revision = "0004"
down_revision = "0003"


def recorded() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "committee_member",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("agreement", "party", "name"),
    )
    op.create_table(
        "committee_meeting",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attendees", postgresql.JSONB(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), nullable=False),
        sa.Column("sent_on", sa.Date()),
        *recorded(),
        sa.PrimaryKeyConstraint("agreement", "held_on"),
    )
    _notices()
    for table in ("committee_member", "committee_meeting", "notice"):
        append_only(op, table)
        rls.enable_through(op, table, parent="agreement", column="agreement")
    rls.enable(op, "notice_delivery")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("agreement", "version"),
    )
    op.create_table(
        "notice_delivery",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("due_since", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("channel", sa.Text()),
        sa.Column("proof", sa.Text()),
        sa.Column("recorded_by", sa.Text()),
        sa.PrimaryKeyConstraint("agreement", "version", "agent", "employer"),
    )
    op.create_index(
        "ix_notice_delivery_agreement_employer",
        "notice_delivery",
        ["agreement", "employer"],
        postgresql_where=sa.text("delivered_on IS NULL"),
    )


def downgrade() -> None:
    for table in ("notice_delivery", "notice", "committee_meeting", "committee_member"):
        op.drop_table(table)
