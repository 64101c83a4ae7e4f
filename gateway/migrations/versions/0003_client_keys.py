"""Keys of clients, secrets that overlap, revocation, and signing keys that are published before they sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("client", sa.Column("keys", postgresql.JSONB()))
    op.add_column("client", sa.Column("previous_hash", sa.Text()))
    op.add_column("client", sa.Column("previous_until", sa.DateTime(timezone=True)))
    op.add_column("client", sa.Column("revoked_at", sa.DateTime(timezone=True)))
    op.add_column("client", sa.Column("department", sa.Text()))
    op.add_column("client", sa.Column("changed_by", sa.Text()))
    op.add_column("client", sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.create_table(
        "client_assertion",
        sa.Column("client", sa.Text(), primary_key=True),
        sa.Column("jti", sa.Text(), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_client_assertion_expires_at", "client_assertion", ["expires_at"])
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.Text(), primary_key=True),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_revoked_token_expires_at", "revoked_token", ["expires_at"])
    op.add_column("signing_key", sa.Column("signs_from", sa.DateTime(timezone=True)))
    op.execute("UPDATE signing_key SET signs_from = created_at")
    op.alter_column("signing_key", "signs_from", nullable=False)


def downgrade() -> None:
    op.drop_column("signing_key", "signs_from")
    op.drop_table("revoked_token")
    op.drop_table("client_assertion")
    for column in ("version", "changed_by", "department", "revoked_at", "previous_until", "previous_hash", "keys"):
        op.drop_column("client", column)
