"""What employers were told to do, and what was known of a former collective cover before it was corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("affiliation", sa.Column("items_open", postgresql.JSONB(), server_default="[]", nullable=False))
    op.create_table(
        "prior_cover_past",
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("prior_collective_cover", sa.Boolean(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("employer"), "="),
            (sa.column("matricule"), "="),
            (sa.column("recorded"), "&&"),
            using="gist",
            name="ex_prior_cover_past_matricule",
        ),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_prior_cover_past")),
    )
    op.create_index(op.f("ix_prior_cover_past_agent"), "prior_cover_past", ["agent"], unique=False)
    rls.enable(op, "prior_cover_past")


def downgrade() -> None:
    op.drop_table("prior_cover_past")
    op.drop_column("affiliation", "items_open")
