"""Agents are decided again of whom a restored producer no longer says anything."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

NAME = op.f("ck_redecision_run_cause")
BEFORE = "cause IN ('LAW', 'TERMS', 'REVALUATION', 'MAINTENANCE', 'DAY')"


def upgrade() -> None:
    op.drop_constraint(NAME, "redecision_run", type_="check")
    op.create_check_constraint(
        NAME, "redecision_run", "cause IN ('LAW', 'TERMS', 'REVALUATION', 'MAINTENANCE', 'DAY', 'RESTORED')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM redecision_run WHERE cause = 'RESTORED'")
    op.drop_constraint(NAME, "redecision_run", type_="check")
    op.create_check_constraint(NAME, "redecision_run", BEFORE)
