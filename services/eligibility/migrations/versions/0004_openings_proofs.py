"""Opening balances of employers that join, and proof files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0004"
down_revision = "0003"

TENANT_TABLES = ("opening_balance", "leave_cause", "proof_file")


def upgrade() -> None:
    op.add_column("leave_entry", sa.Column("opening", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "opening_balance",
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "employer", name=op.f("pk_opening_balance")),
    )
    op.create_table(
        "leave_cause",
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("cause_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("leave", name=op.f("pk_leave_cause")),
    )
    op.create_index(op.f("ix_leave_cause_agent"), "leave_cause", ["agent"], unique=False)
    op.create_table(
        "proof_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_file")),
        sa.UniqueConstraint(
            "agent", "employer", "purpose", "mark", name=op.f("uq_proof_file_agent_employer_purpose_mark")
        ),
    )
    op.create_index(op.f("ix_proof_file_purge_on"), "proof_file", ["purge_on"], unique=False)
    op.execute("ALTER TABLE proof_file ALTER COLUMN content SET STORAGE EXTERNAL")  # sealed bytes do not compress
    for table in TENANT_TABLES:
        rls.enable(op, table)
    op.execute(f"REVOKE SELECT, UPDATE, DELETE ON leave_cause FROM {rls.role(op, 'api')}")


def downgrade() -> None:
    op.drop_index(op.f("ix_proof_file_purge_on"), table_name="proof_file")
    op.drop_index(op.f("ix_leave_cause_agent"), table_name="leave_cause")
    for table in TENANT_TABLES:
        op.drop_table(table)
    op.drop_column("leave_entry", "opening")
