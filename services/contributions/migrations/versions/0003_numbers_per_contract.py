"""Statements are numbered per contract: accord and insurer. Those issued keep the numbers they have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_constraint("uq_statement_employer_number", "statement", type_="unique")
    op.create_unique_constraint(
        "uq_statement_employer_agreement_insurer_number", "statement", ["employer", "agreement", "insurer", "number"]
    )
    op.drop_constraint("pk_statement_number", "statement_number", type_="primary")
    for column in ("agreement", "insurer"):
        op.add_column("statement_number", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.execute("DELETE FROM statement_number")
    op.execute(
        "INSERT INTO statement_number (employer, agreement, insurer, last)"
        " SELECT employer, agreement, insurer, max(number) FROM statement GROUP BY employer, agreement, insurer"
    )
    for column in ("agreement", "insurer"):
        op.alter_column("statement_number", column, server_default=None)
    op.create_primary_key("pk_statement_number", "statement_number", ["employer", "agreement", "insurer"])


def downgrade() -> None:
    op.drop_constraint("pk_statement_number", "statement_number", type_="primary")
    op.execute("DELETE FROM statement_number")
    for column in ("insurer", "agreement"):
        op.drop_column("statement_number", column)
    op.execute("INSERT INTO statement_number (employer, last) SELECT employer, max(number) FROM statement GROUP BY 1")
    op.create_primary_key("pk_statement_number", "statement_number", ["employer"])
    op.drop_constraint("uq_statement_employer_agreement_insurer_number", "statement", type_="unique")
    op.create_unique_constraint("uq_statement_employer_number", "statement", ["employer", "number"])
