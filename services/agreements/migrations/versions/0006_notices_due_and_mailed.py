"""A change makes a notice due before it is there (art. 6); notices go out by e-mail from a queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "notice_due",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "version"),
    )
    op.execute(
        "INSERT INTO notice_due (agreement, version, since, cause) SELECT agreement, version, issued_on, 'ISSUE'"
        " FROM notice"
    )
    rls.enable_through(op, "notice_due", parent="agreement", column="agreement")
    op.create_table(
        "notice_mail",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(address IS NULL) = (state <> 'QUEUED')", name="address"),
    )
    op.create_index(
        "uq_notice_mail_running",
        "notice_mail",
        ["agreement", "version", "agent", "employer"],
        unique=True,
        postgresql_where=sa.text("state IN ('QUEUED', 'SENT', 'CONFIRMED')"),
    )
    op.create_index("ix_notice_mail_queue", "notice_mail", ["not_before"], postgresql_where=sa.text("state = 'QUEUED'"))
    rls.enable(op, "notice_mail")


def downgrade() -> None:
    op.drop_table("notice_mail")
    op.drop_table("notice_due")
