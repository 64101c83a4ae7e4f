"""What option 3 pays for a month may be decided by people as its income maintenance is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEY = op.f("pk_benefit_override")


def upgrade() -> None:
    op.add_column("benefit_override", sa.Column("guarantee", sa.Text(), nullable=False, server_default="BASE"))
    op.drop_constraint(KEY, "benefit_override")
    op.create_primary_key(KEY, "benefit_override", ["claim", "month", "guarantee", "version"])


def downgrade() -> None:
    op.drop_constraint(KEY, "benefit_override")
    op.drop_column("benefit_override", "guarantee")
    op.create_primary_key(KEY, "benefit_override", ["claim", "month", "version"])
