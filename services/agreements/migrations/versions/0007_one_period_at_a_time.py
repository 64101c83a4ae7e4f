"""In one version of an accord an employer is bound by one period on a day."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_PARTY = (("agreement", "="), ("version", "="), ("employer", "="), ("valid", "&&"))


def upgrade() -> None:
    op.drop_constraint("uq_agreement_employer_agreement_version_employer_valid", "agreement_employer", type_="unique")
    op.create_exclude_constraint("ex_agreement_employer_party", "agreement_employer", *_PARTY, using="gist")


def downgrade() -> None:
    op.drop_constraint("ex_agreement_employer_party", "agreement_employer")
    op.create_unique_constraint(
        "uq_agreement_employer_agreement_version_employer_valid",
        "agreement_employer",
        ["agreement", "version", "employer", "valid"],
    )
