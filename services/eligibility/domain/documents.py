"""A file and timelines as JSON, and a file back: a decision kept so can be taken again to the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kit.period import Period
from kit.trace import plain
from rules.vocabulary import ContractKind, EmploymentKind, PositionKind
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.file import AgentFile, ArtTeaching, Dispense, Employment, Position
from services.eligibility.domain.reasons import Reason

Document = Mapping[str, Any]


def file_document(file: AgentFile) -> dict[str, Any]:
    """A file as JSON."""
    employments = [
        {
            "kind": e.kind,
            "contract": e.contract,
            **dates(e.period),
            "weekly_hours": e.weekly_hours,
            "art_teaching": e.art_teaching,
            **({} if e.agreed is None else {"agreed": dates(e.agreed)}),
        }
        for e in file.employments
    ]
    positions = [{"kind": p.kind, **dates(p.period), "paid": p.paid} for p in file.positions]
    dispenses = [
        {"requested_on": d.requested_on, "individual_cover": d.individual_cover, "proofs": d.proofs, "until": d.until}
        for d in file.dispenses
    ]
    document = {
        "employments": employments,
        "positions": positions,
        "prior_collective_cover": file.prior_collective_cover,
        "dispense": dispenses or None,
    }
    return dict(plain(document))


def read_file(document: Document) -> AgentFile:
    """The file again."""
    return AgentFile(
        employments=tuple(_employment(e) for e in document["employments"]),
        positions=tuple(Position(PositionKind(p["kind"]), period(p), p["paid"]) for p in document["positions"]),
        prior_collective_cover=document["prior_collective_cover"],
        dispenses=tuple(_asked(one) for one in document["dispense"] or ()),
    )


def timeline_document(stretches: Iterable[Stretch]) -> list[dict[str, Any]]:
    """Stretches as answers and events show them: start, end, outcome, reasons."""
    return [
        {
            **plain(dates(stretch.period)),
            "outcome": stretch.outcome.value,
            "reasons": [reason_document(reason) for reason in stretch.reasons],
        }
        for stretch in stretches
    ]


def reason_document(reason: Reason) -> dict[str, str]:
    """A reason as answers and events show it."""
    return {"rule": reason.rule, "reference": reason.reference, "detail": reason.detail}


def dates(of: Period) -> dict[str, date | None]:
    """A period as two fields."""
    return {"start": of.start, "end": of.end}


def period(document: Document) -> Period:
    """A period from its two fields."""
    last = document["end"]
    return Period(date.fromisoformat(document["start"]), date.fromisoformat(last) if last else None)


def _employment(document: Document) -> Employment:
    contract, teaching = document["contract"], document["art_teaching"]
    return Employment(
        EmploymentKind(document["kind"]),
        ContractKind(contract) if contract else None,
        period(document),
        Decimal(document["weekly_hours"]),
        ArtTeaching(teaching) if teaching else None,
        period(document["agreed"]) if "agreed" in document else None,
    )


def _asked(document: Document) -> Dispense:
    until = document["until"]
    return Dispense(
        date.fromisoformat(document["requested_on"]),
        document["individual_cover"],
        tuple(date.fromisoformat(proof) for proof in document["proofs"]),
        date.fromisoformat(until) if until else None,
    )
