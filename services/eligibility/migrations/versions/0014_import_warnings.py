"""What to look at in the lines that an import entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kit.db import rls

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "import_warning",
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["import_job.id"], ondelete="CASCADE", name=op.f("fk_import_warning_job")),
        sa.PrimaryKeyConstraint("job", "line", "code", name=op.f("pk_import_warning")),
    )
    rls.enable_through(op, "import_warning", parent="import_job", column="job")


def downgrade() -> None:
    op.drop_table("import_warning")
