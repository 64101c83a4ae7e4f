"""Persons who sign in, their sessions, and what they have to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _accounts()
    op.create_table(
        "work_item",
        sa.Column("employer", sa.Text(), primary_key=True),
        sa.Column("reference", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("group", sa.Text()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
    )
    op.create_index("ix_work_item_due", "work_item", ["due", "employer", "reference"])
    op.create_index("ix_work_item_group", "work_item", ["employer", "group"])
    op.create_index("ix_work_item_agent", "work_item", ["agent"])
    rls.enable(op, "work_item")
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON work_item FROM {rls.role(op, 'api')}")


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("login", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("employers", postgresql.ARRAY(sa.Text())),
        sa.Column("insurer", sa.Text()),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assumption", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("login", sa.Text(), sa.ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_staff_session_login", "staff_session", ["login"])


def downgrade() -> None:
    for table in ("work_item", "staff_session", "account"):
        op.drop_table(table)
