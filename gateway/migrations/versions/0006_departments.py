"""Which département an employer is in: what a centre de gestion stands for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "employer_department",
        sa.Column("employer", sa.Text(), primary_key=True),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_employer_department_department", "employer_department", ["department"])
    rls.enable(op, "employer_department")
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON employer_department FROM {rls.role(op, 'api')}")


def downgrade() -> None:
    op.drop_table("employer_department")
