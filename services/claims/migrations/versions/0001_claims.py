"""Claims: copies of facts, what employers state, what is decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only, create_kit_tables, drop_kit_tables

revision = "0001"
down_revision = None

TENANT = (
    "employment",
    "affiliation",
    "option_election",
    "leave",
    "invalidity",
    "pay_month",
    "ri_maintenance",
    "half_pay_forecast",
    "claim",
    "claim_reference",
    "benefit",
    "annuity",
    "held_case",
)


def upgrade() -> None:
    create_kit_tables(op)
    op.create_table(
        "affiliation",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("timeline", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "agreement", name=op.f("pk_affiliation")),
    )
    op.create_index(op.f("ix_affiliation_agent"), "affiliation", ["agent"], unique=False)
    op.create_index(op.f("ix_affiliation_agreement"), "affiliation", ["agreement"], unique=False)
    op.create_table(
        "agreement_terms",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "version", name=op.f("pk_agreement_terms")),
    )
    op.create_table(
        "annuity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("annuity", sa.Uuid(), nullable=False),
        sa.Column("recognition", sa.Uuid(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("full_amount", sa.BigInteger(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.Column("monthly_delta", sa.BigInteger(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("decree_floor", sa.BigInteger(), nullable=False),
        sa.Column("alerts", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("monthly >= 0", name=op.f("ck_annuity_amounts")),
        sa.CheckConstraint("version > 0", name=op.f("ck_annuity_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annuity")),
        sa.UniqueConstraint("annuity", "version", name=op.f("uq_annuity_annuity_version")),
    )
    op.create_index(op.f("ix_annuity_agent"), "annuity", ["agent"], unique=False)
    op.create_table(
        "benefit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("target_net", sa.BigInteger(), nullable=False),
        sa.Column("statutory_net", sa.BigInteger(), nullable=False),
        sa.Column("social_security", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.BigInteger(), nullable=False),
        sa.Column("benefit_delta", sa.BigInteger(), nullable=False),
        sa.Column("ri_full_pay", sa.BigInteger(), nullable=False),
        sa.Column("ri_full_pay_delta", sa.BigInteger(), nullable=False),
        sa.Column("decree_floor", sa.BigInteger(), nullable=False),
        sa.Column("alerts", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("benefit >= 0 AND ri_full_pay >= 0", name=op.f("ck_benefit_amounts")),
        sa.CheckConstraint("version > 0", name=op.f("ck_benefit_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit")),
        sa.UniqueConstraint("claim", "month", "version", name=op.f("uq_benefit_claim_month_version")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("opened_from", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('awaiting_pay', 'decided', 'closed')", name=op.f("ck_claim_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("employer", "agent", "leave", name=op.f("uq_claim_employer_agent_leave")),
    )
    op.create_index(op.f("ix_claim_agent"), "claim", ["agent"], unique=False)
    op.create_table(
        "claim_reference",
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("pay", postgresql.JSONB(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("trace", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_claim_reference_version")),
        sa.PrimaryKeyConstraint("claim", "version", name=op.f("pk_claim_reference")),
    )
    op.create_table(
        "decided",
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agent", "producer", "key", name=op.f("pk_decided")),
    )
    op.create_table(
        "employment",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("titular", sa.Boolean(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "employment", "starts", name=op.f("pk_employment")),
    )
    op.create_index(op.f("ix_employment_agent"), "employment", ["agent"], unique=False)
    op.create_table(
        "half_pay_forecast",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("passes_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "leave", name=op.f("pk_half_pay_forecast")),
    )
    op.create_table(
        "held_case",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", name=op.f("pk_held_case")),
    )
    op.create_table(
        "invalidity",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("recognition", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("cnracl_rate", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("ss_category", sa.Text(), nullable=True),
        sa.Column("atmp_rate", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("pension_net", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "recognition", name=op.f("pk_invalidity")),
    )
    op.create_index(op.f("ix_invalidity_agent"), "invalidity", ["agent"], unique=False)
    op.create_table(
        "leave",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("leave", sa.Uuid(), nullable=False),
        sa.Column("entries", postgresql.JSONB(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("employer", "agent", "leave", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_agent"), "leave", ["agent"], unique=False)
    op.create_table(
        "option_election",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("guarantee", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "guarantee", "starts", name=op.f("pk_option_election")),
    )
    op.create_index(op.f("ix_option_election_agent"), "option_election", ["agent"], unique=False)
    op.create_table(
        "pay_month",
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("tib", sa.BigInteger(), nullable=False),
        sa.Column("nbi", sa.BigInteger(), nullable=False),
        sa.Column("ri", sa.BigInteger(), nullable=False),
        sa.Column("tpp", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("employer", "agent", "month", "employment", name=op.f("pk_pay_month")),
    )
    op.create_index(op.f("ix_pay_month_agent"), "pay_month", ["agent"], unique=False)
    op.create_table(
        "progress_agreements",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_progress_agreements")),
    )
    op.create_table(
        "progress_contributions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_progress_contributions")),
    )
    op.create_table(
        "progress_eligibility",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_progress_eligibility")),
    )
    op.create_table(
        "ri_maintenance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("full_rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("half_rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("deliberation", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ri_maintenance")),
    )
    op.create_index(
        op.f("ix_ri_maintenance_employer_kind_starts"), "ri_maintenance", ["employer", "kind", "starts"], unique=False
    )
    for table in TENANT:
        rls.enable(op, table)
    for table in ("ri_maintenance", "claim_reference", "benefit", "annuity"):
        append_only(op, table)


def downgrade() -> None:
    op.drop_index(op.f("ix_ri_maintenance_employer_kind_starts"), table_name="ri_maintenance")
    op.drop_table("ri_maintenance")
    op.drop_table("progress_eligibility")
    op.drop_table("progress_contributions")
    op.drop_table("progress_agreements")
    op.drop_index(op.f("ix_pay_month_agent"), table_name="pay_month")
    op.drop_table("pay_month")
    op.drop_index(op.f("ix_option_election_agent"), table_name="option_election")
    op.drop_table("option_election")
    op.drop_index(op.f("ix_leave_agent"), table_name="leave")
    op.drop_table("leave")
    op.drop_index(op.f("ix_invalidity_agent"), table_name="invalidity")
    op.drop_table("invalidity")
    op.drop_table("held_case")
    op.drop_table("half_pay_forecast")
    op.drop_index(op.f("ix_employment_agent"), table_name="employment")
    op.drop_table("employment")
    op.drop_table("decided")
    op.drop_table("claim_reference")
    op.drop_index(op.f("ix_claim_agent"), table_name="claim")
    op.drop_table("claim")
    op.drop_table("benefit")
    op.drop_index(op.f("ix_annuity_agent"), table_name="annuity")
    op.drop_table("annuity")
    op.drop_table("agreement_terms")
    op.drop_index(op.f("ix_affiliation_agreement"), table_name="affiliation")
    op.drop_index(op.f("ix_affiliation_agent"), table_name="affiliation")
    op.drop_table("affiliation")
    drop_kit_tables(op)
