"""Whom the pay under a matricule was last told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "pay_told",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("matricule", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "matricule", name=op.f("pk_pay_told")),
    )
    op.execute("INSERT INTO pay_told SELECT employer, matricule, agent FROM agent_matricule")
    rls.enable(op, "pay_told")


def downgrade() -> None:
    op.drop_table("pay_told")
