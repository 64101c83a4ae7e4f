"""What a dry run of a file goes on from, one chunk to the next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "dry_line",
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["import_job.id"], ondelete="CASCADE", name=op.f("fk_dry_line_job")),
        sa.PrimaryKeyConstraint("job", "mark", "line", name=op.f("pk_dry_line")),
    )
    rls.enable_through(op, "dry_line", parent="import_job", column="job")


def downgrade() -> None:
    op.drop_table("dry_line")
