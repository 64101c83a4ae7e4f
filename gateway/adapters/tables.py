"""Tables of the gateway's database: who may call or sign in, the signing keys, the feeds, the work list."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kit.db.schema import kit_tables, new_metadata
from kit.db.types import Id, Instant, Json, PeriodColumn

metadata: Final = new_metadata()
KIT: Final = kit_tables(metadata)

# `employers` null: stands for all of them. `keys` are its public keys (JWK), for `private_key_jwt`. `previous_hash` is
# the secret before a rotation, good until `previous_until`. Tokens issued up to `revoked_at` are refused.
client: Final = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("employers", ARRAY(Text)),
    Column("insurer", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("recorded_at", Instant, nullable=False),
    Column("assumption", Boolean, nullable=False, server_default=text("false")),
    Column("keys", Json),
    Column("previous_hash", Text),
    Column("previous_until", Instant),
    Column("revoked_at", Instant),
    Column("department", Text),
    Column("changed_by", Text),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
)

# Signed assertions that were used (RFC 7523 §3): each serves once.
client_assertion: Final = Table(
    "client_assertion",
    metadata,
    Column("client", Text, primary_key=True),
    Column("jti", Text, primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("ix_client_assertion_expires_at", "expires_at"),
)

# Tokens given back before they expire (RFC 7009).
revoked_token: Final = Table(
    "revoked_token",
    metadata,
    Column("jti", Text, primary_key=True),
    Column("client", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_revoked_token_expires_at", "expires_at"),
)

# `sealed` is the private key, encrypted with the key ring; `public` is the JWK that everybody may read,
# some time before the key signs (`signs_from`).
signing_key: Final = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("public", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("signs_from", Instant, nullable=False),
)

platform_state: Final = Table(
    "platform_state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

# Which insurer covers which employer under which accord, from the last version of that accord.
membership: Final = Table(
    "membership",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("employer", Text, primary_key=True),
    Column("insurer", Text, primary_key=True),
    Column("valid", PeriodColumn, primary_key=True),
    Index("ix_membership_employer", "employer"),
)
agreement_version: Final = Table(
    "agreement_version",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)

# Every event of an employer: the employer's feed, and what is given to insurers whose accord comes later.
# `first` and `last` are the days the fact is about.
employer_event: Final = Table(
    "employer_event",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event", Id, nullable=False, unique=True),
    Column("employer", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("agreement", Text),
    Column("insurer", Text),
    Column("claim", Text),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("envelope", JSON, nullable=False),
    Index("ix_employer_event_employer", "employer", "position"),
    Index("ix_employer_event_claim", "claim", "position", postgresql_where=text("claim IS NOT NULL")),
)

# What an insurer sees, reduced to the fields it needs. Positions are its own numbers, which say nothing of the others;
# a forgotten event leaves an empty row, so that its position is not given again.
partner_event: Final = Table(
    "partner_event",
    metadata,
    Column("insurer", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event", Id),
    Column("type", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("envelope", JSON),
    Index("uq_partner_event_insurer_event", "insurer", "event", unique=True),
)

# What an insurer answered, and what became of it; `id` is the insurer's own.
partner_message: Final = Table(
    "partner_message",
    metadata,
    Column("insurer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text),
    Column("cursor", Text),
    Column("received_at", Instant, nullable=False, index=True),
)

# Who read or changed whose file (gateway/domain/audit.py). Rows are added, and never changed. `agents`: whom a page
# or a delivery told of; null where it is neither.
audit_entry: Final = Table(
    "audit_entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("client", Text, nullable=False),
    Column("acting", Text),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("agent", Text),
    Column("status", Integer, nullable=False),
    Column("purpose", Text),
    Column("trace", Text),
    Column("digest", Text, nullable=False),
    Column("agents", ARRAY(Uuid(as_uuid=False))),
    Index("ix_audit_entry_agent", "agent", "position"),
    Index(
        "ix_audit_entry_agents",
        "agents",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=text("agents IS NOT NULL"),
    ),
    Index("ix_audit_entry_client", "client", "position"),
)

# Where a client's events are posted. `owner` is the scope that sees the row (`client:<id>`); `position` the last event
# delivered of its feed; `leased_until` who is at it, and until when.
webhook: Final = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("types", ARRAY(Text)),
    Column("sealed", LargeBinary, nullable=False),
    Column("public", Text, nullable=False),
    Column("previous_sealed", LargeBinary),
    Column("previous_until", Instant),
    Column("position", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("next_at", Instant, nullable=False),
    Column("leased_until", Instant, nullable=False),
    Column("last_error", Text),
    Column("attempted_at", Instant),
    Column("delivered_at", Instant),
    Column("disabled_at", Instant),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_webhook_client", "client"),
)

# How many requests a client may still make (gateway/limiter.py).
rate_bucket: Final = Table(
    "rate_bucket",
    metadata,
    Column("client", Text, primary_key=True),
    Column("level", Double, nullable=False),
    Column("at", Instant, nullable=False),
    prefixes=["UNLOGGED"],
)

# What each client asks, hour by hour (gateway/application/activity.py).
client_hour: Final = Table(
    "client_hour",
    metadata,
    Column("client", Text, primary_key=True),
    Column("hour", Instant, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Index("ix_client_hour_hour", "hour"),
)
# Its last call and failure; `read_to` is the last position of its feed that it says it has read.
client_activity: Final = Table(
    "client_activity",
    metadata,
    Column("client", Text, primary_key=True),
    Column("called_at", Instant, nullable=False),
    Column("failed_at", Instant),
    Column("failed_status", Integer),
    Column("failed_operation", Text),
    Column("read_to", BigInteger),
)

# Where employers are, from what the registry of organisations says last.
employer_department: Final = Table(
    "employer_department",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("department", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Index("ix_employer_department_department", "department"),
)

# The insurers that the registry of organisations knows, by their codes.
insurer: Final = Table("insurer", metadata, Column("code", Text, primary_key=True))

# What employers let others do for them (gateway/domain/delegations.py). Rows are added, and revoked once.
delegation: Final = Table(
    "delegation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("employer", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("delegate", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("revoked_by", Text),
    Column("revoked_at", Instant, index=True),
    Index("ix_delegation_delegate", "kind", "delegate"),
)

# Persons who sign in. `employers` null: stands for all of them. `totp_sealed` is the second factor's secret, encrypted
# with the key ring; `totp_step` the last time step whose code was used. `role` stands in for `scopes`.
# `invitation` is the digest of the code that chooses a password, good until `invited_until`.
account: Final = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("employers", ARRAY(Text)),
    Column("insurer", Text),
    Column("totp_sealed", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", Instant),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("recorded_at", Instant, nullable=False),
    Column("assumption", Boolean, nullable=False, server_default=text("false")),
    Column("role", Text),
    Column("department", Text),
    Column("oidc_subject", Text, unique=True),
    Column("invitation", Text),
    Column("invited_until", Instant),
    Column("changed_by", Text),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
)
# `digest` is that of the cookie, which is not kept. `id_token` is the issuer's, sealed, where one signed the person in.
staff_session: Final = Table(
    "staff_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("login", Text, ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("id_token", LargeBinary),
    Index("ix_staff_session_login", "login"),
)

# What people have to do (gateway/domain/work_items.py), built from events whose `topic` and `key` are kept.
work_item: Final = Table(
    "work_item",
    metadata,
    Column("employer", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("agent", Text),
    Column("due", Date, nullable=False),
    Column("group", Text),
    Column("opened_at", Instant, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Index("ix_work_item_due", "due", "employer", "reference"),
    Index("ix_work_item_group", "employer", "group"),
    Index("ix_work_item_agent", "agent"),
)
