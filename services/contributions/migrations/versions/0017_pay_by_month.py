"""Which month has pay last, without reading all of it."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_index("ix_pay_version_month_employer", "pay_version", ["month", "employer"])


def downgrade() -> None:
    op.drop_index("ix_pay_version_month_employer", "pay_version")
