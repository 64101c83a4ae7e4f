"""What an insurer is told: these types, and of them these fields. Whatever is not here stays inside.

An insurer learns who is covered, what is owed and what it must pay. It gets no leave, no kind of leave, no reason, no
matricule, no birth date: what it needs to settle a claim comes with the claim's documents, asked for one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kit.events.envelope import Envelope

_LOT: Final = frozenset({"agent", "employer", "agreement"})
_DATED: Final = _LOT | {"from", "to"}
_CLAIM: Final = _DATED | {"claim", "on"}
_FIGURES: Final = frozenset(
    {"month", "target_net", "statutory_net", "social_security", "benefit", "benefit_delta", "ri_full_pay"}
    | {"ri_full_pay_delta"}
)
_ANNUITY: Final = frozenset({"annuity", "recognition", "full", "monthly", "monthly_delta", "formula"})
_STATEMENT: Final = frozenset(
    {"statement", "number", "employer", "agreement", "insurer", "month", "lines", "guarantees", "total"}
)


def _types(service: str, noun: str, participles: str, fields: frozenset[str]) -> dict[str, frozenset[str]]:
    return {f"fr.psc.{service}.{noun}.{participle}.v1": fields for participle in participles.split()}


_DECISION: Final = _LOT | {"decision", "claim", "version", "decree_floor", "alerts"}

# What a person has asked of their data goes to whoever was told of that person (GDPR art. 19), whatever the lot.
RIGHTS: Final = _types("eligibility", "agent", "restricted unrestricted erased", frozenset({"agent", "employer"}))
DISCLOSED: Final[Mapping[str, frozenset[str]]] = {
    **_types("eligibility", "affiliation", "started suspended resumed ended", _DATED),
    **RIGHTS,
    **_types("eligibility", "option", "elected cancelled", _DATED | {"election", "guarantee"}),
    **_types("contributions", "statement", "issued adjusted", _STATEMENT),
    **_types("contributions", "payment", "recorded cancelled", _STATEMENT | {"payment", "on", "amount"}),
    **_types("claims", "claim", "opened documented approved refused closed reopened", _CLAIM),
    **_types("claims", "benefit", "decided adjusted", _DECISION | _FIGURES),
    **_types("claims", "annuity", "started adjusted ended", _DECISION | _DATED | _ANNUITY),
    **_types(
        "claims", "capital", "due", _DECISION | {"capital", "guarantee", "amount", "amount_delta", "due", "covered_on"}
    ),
    **_types("claims", "overpayment", "opened settled", _LOT | {"overpayment", "claim", "month", "amount", "on"}),
}
# The chain of causes runs through events that an insurer does not see.
_KEPT_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "time", "datacontenttype", "partitionkey", "sequence")
_ALSO_KEPT: Final = ("subject", "correlationid", "traceparent", "employer")


def disclosed(envelope: Envelope, insurer: str) -> dict[str, Any]:
    """The event as that insurer sees it. Asserts that it may be told at all."""
    fields = DISCLOSED[envelope.type]
    whole = envelope.model_dump(mode="json")
    shown = {name: whole[name] for name in _KEPT_ATTRIBUTES}
    shown |= {name: whole[name] for name in _ALSO_KEPT if whole[name] is not None}
    data = {name: value for name, value in envelope.data.items() if name in fields}
    return {**shown, "topic": f"psc.partner.{insurer}.v1", "insurer": insurer, "data": data}
