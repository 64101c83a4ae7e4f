"""One accord at a time binds an employer, and the database holds it: days and instants of two never meet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0011"
down_revision = "0010"

_ALONE = (("employer", "="), ("valid", "&&"), ("recorded", "&&"))


def upgrade() -> None:
    """Accords published so far bind from the instant that their latest version was known and published.

    Fails on the constraint where two bind an employer on one day: one is ended first, by the release that let them.
    """
    op.create_table(
        "binding",
        sa.Column("row", sa.Uuid(), primary_key=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(*_ALONE, using="gist", name="ex_binding_one_accord"),
    )
    op.create_index("ix_binding_agreement", "binding", ["agreement"])
    op.execute(
        """
        INSERT INTO binding ("row", agreement, employer, valid, recorded, recorded_by)
        SELECT gen_random_uuid(), party.agreement, party.employer, party.valid,
            tstzrange(greatest(latest.recorded_at, published.recorded_at), NULL), latest.recorded_by
        FROM agreement_employer party
        JOIN LATERAL (
            SELECT version, recorded_at, recorded_by FROM agreement_version
            WHERE agreement = party.agreement ORDER BY version DESC LIMIT 1
        ) latest ON latest.version = party.version
        JOIN LATERAL (
            SELECT min(recorded_at) AS recorded_at FROM agreement_step
            WHERE agreement = party.agreement AND status = 'PUBLISHED'
        ) published ON published.recorded_at IS NOT NULL
        """
    )
    rls.enable(op, "binding")


def downgrade() -> None:
    op.drop_table("binding")
