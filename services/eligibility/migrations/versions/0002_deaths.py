"""Deaths."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "death",
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("agent"), "="),
            (sa.column("employer"), "="),
            (sa.column("kind"), "="),
            (sa.column("recorded"), "&&"),
            using="gist",
            name="ex_death_kind",
        ),
        sa.PrimaryKeyConstraint("fact", name=op.f("pk_death")),
    )
    op.create_index(op.f("ix_death_agent"), "death", ["agent"], unique=False)
    rls.enable(op, "death")


def downgrade() -> None:
    op.drop_index(op.f("ix_death_agent"), table_name="death")
    op.drop_table("death")
