"""The rights that employers give to centres de gestion and vendors to act for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from kit.db import rls

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("employer", "kind", "delegate")),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Text()),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_delegation_employer", "delegation", ["employer"])
    op.create_index("ix_delegation_delegate", "delegation", ["kind", "delegate"])
    op.create_index("ix_delegation_revoked_at", "delegation", ["revoked_at"])
    rls.enable(op, "delegation")


def downgrade() -> None:
    op.drop_table("delegation")
