"""The scheme has a committee as well; seats are dated twice, one at a time for a union; records are sent on a day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only
from kit.db.temporal import no_overlap

revision = "0005"
down_revision = "0004"


def recorded() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "committee_seat",
        sa.Column("row", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        no_overlap("committee_seat"),
    )
    op.create_index(
        "ix_committee_seat_current", "committee_seat", ["id"], postgresql_where=sa.text("upper_inf(recorded)")
    )
    op.create_index("ix_committee_seat_level_subject", "committee_seat", ["level", "subject"])
    op.create_table(
        "committee_session",
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attendees", postgresql.JSONB(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("level", "subject", "held_on"),
    )
    op.create_table(
        "committee_record_sent",
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        *recorded(),
        sa.PrimaryKeyConstraint("level", "subject", "held_on"),
    )
    _move()
    for table in ("committee_session", "committee_record_sent"):
        append_only(op, table)
    for table in ("committee_seat", "committee_session", "committee_record_sent"):
        _show(table)


def _move() -> None:
    """What was kept of accords' committees."""
    taken: list[uuid.UUID] = []
    for row in op.get_bind().execute(sa.text("SELECT * FROM committee_member ORDER BY recorded_at, party")).mappings():
        seat = _seat(row, "" if row["side"] == "UNION" else row["name"])
        if seat in taken:  # two for one union, which was possible: the second keeps a seat of his own
            seat = _seat(row, row["name"])
        taken.append(seat)
        op.get_bind().execute(
            sa.text(
                """
                INSERT INTO committee_seat (row, id, valid, recorded, level, subject, side, party, name, recorded_by)
                SELECT gen_random_uuid(), :seat, valid, tstzrange(recorded_at, NULL), 'AGREEMENT', agreement, side,
                       party, name, recorded_by
                  FROM committee_member WHERE agreement = :agreement AND party = :party AND name = :name
                """
            ),
            {"seat": seat, **{key: row[key] for key in ("agreement", "party", "name")}},
        )
    op.execute(
        """
        INSERT INTO committee_session (level, subject, held_on, attendees, decisions, recorded_at, recorded_by)
        SELECT 'AGREEMENT', agreement, held_on, attendees, decisions, recorded_at, recorded_by FROM committee_meeting
        """
    )
    op.execute(
        """
        INSERT INTO committee_record_sent (level, subject, held_on, sent_on, recorded_at, recorded_by)
        SELECT 'AGREEMENT', agreement, held_on, sent_on, recorded_at, recorded_by
          FROM committee_meeting WHERE sent_on IS NOT NULL
        """
    )
    op.drop_table("committee_member")
    op.drop_table("committee_meeting")


def _seat(row: Mapping[Any, Any], holder: str) -> uuid.UUID:
    """As `adapters/committees.py` names seats."""
    named = "\n".join(("AGREEMENT", row["agreement"], row["side"], row["party"], holder))
    return uuid.uuid5(uuid.UUID("6f0f2f0a-5f3b-4f0e-9d5e-3b1c7a1d2e40"), named)


def _show(table: str) -> None:
    """A scheme's committee is everybody's; an accord's is seen by whoever sees the accord."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for kind in ("worker", "migrator"):
        op.execute(f"CREATE POLICY {table}_{kind} ON {table} TO {rls.role(op, kind)} USING (true) WITH CHECK (true)")
    seen = f"(level = 'SCHEME' OR EXISTS (SELECT FROM agreement WHERE agreement.id = {table}.subject))"
    op.execute(f"CREATE POLICY {table}_api ON {table} TO {rls.role(op, 'api')} USING {seen} WITH CHECK {seen}")


def downgrade() -> None:
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
    for table in ("committee_member", "committee_meeting"):
        append_only(op, table)
        rls.enable_through(op, table, parent="agreement", column="agreement")
    for table in ("committee_record_sent", "committee_session", "committee_seat"):
        op.drop_table(table)
