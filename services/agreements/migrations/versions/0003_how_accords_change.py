"""How accords change and why; who is covered and who draws an annuity, as other services tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("scheme", sa.Column("reason", sa.Text()))
    op.add_column("agreement_version", sa.Column("effective_from", sa.Date()))
    op.add_column("agreement_version", sa.Column("reason", sa.Text()))
    op.add_column("agreement_step", sa.Column("reason", sa.Text()))
    op.create_table(
        "cover",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("days", postgresql.DATEMULTIRANGE(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "agent", "employer"),
    )
    op.create_table(
        "annuity",
        sa.Column("annuity", sa.Text(), primary_key=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_annuity_agreement", "annuity", ["agreement"])
    for table in ("cover", "annuity"):
        rls.enable(op, table)


def downgrade() -> None:
    op.drop_table("annuity")
    op.drop_table("cover")
    op.drop_column("agreement_step", "reason")
    op.drop_column("agreement_version", "reason")
    op.drop_column("agreement_version", "effective_from")
    op.drop_column("scheme", "reason")
