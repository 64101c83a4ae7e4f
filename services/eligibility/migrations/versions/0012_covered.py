"""The days covered of each affiliation, as they were told: counting them read every word of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("affiliation", sa.Column("covered", postgresql.DATEMULTIRANGE()))
    op.execute(
        """
        UPDATE affiliation SET covered = coalesce(
            (SELECT range_agg(daterange(CAST(one ->> 'start' AS date), CAST(one ->> 'end' AS date), '[]'))
               FROM jsonb_array_elements(told) AS one
              WHERE one ->> 'move' IN ('started', 'resumed')), '{}')
        """
    )
    op.alter_column("affiliation", "covered", nullable=False)


def downgrade() -> None:
    op.drop_column("affiliation", "covered")
