"""Find the last e-mail of a delivery, bounced ones included."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_notice_mail_delivery", "notice_mail", ["agreement", "version", "agent", "employer", "id"])


def downgrade() -> None:
    op.drop_index("ix_notice_mail_delivery", "notice_mail")
