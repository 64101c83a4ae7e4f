"""Pay tells flat pay of cabinet staff and the gross of private law apart, and what it adds to earlier months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("pay_version", sa.Column("cabinet", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("pay_version", sa.Column("gross", sa.BigInteger()))
    op.add_column("pay_version", sa.Column("rappels", postgresql.JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for column in ("rappels", "gross", "cabinet"):
        op.drop_column("pay_version", column)
