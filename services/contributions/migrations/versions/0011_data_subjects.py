"""What is sealed of a person is sealed with a key of that person, which erasing destroys."""

from __future__ import annotations

from alembic import op

from kit.db import data_subjects

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    data_subjects.create(op)


def downgrade() -> None:
    op.drop_table("data_subject")
