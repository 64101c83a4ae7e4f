"""Who a person is at the issuer where staff sign in, and the token that signing out there wants back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("account", sa.Column("oidc_subject", sa.Text()))
    op.create_unique_constraint("uq_account_oidc_subject", "account", ["oidc_subject"])
    op.add_column("staff_session", sa.Column("id_token", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("staff_session", "id_token")
    op.drop_column("account", "oidc_subject")
