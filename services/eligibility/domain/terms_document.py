"""What an accord, as it is published, says of cover: the part of it that decisions keep, and its meaning day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kit.period import ONE_DAY, Period
from kit.stretches import joined
from rules.vocabulary import ContractKind, EmploymentKind, Guarantee, PositionKind, Regime
from services.eligibility.domain.terms import CoverRules, DispenseTerms, EligibilityTerms

Document = Mapping[str, Any]

_ALWAYS: Final = ("agreement", "version", "effective", "eligibility")
# Kept with a decision where the accord says something there.
_WHERE_SAID: Final = ("suspensions", "formerly")


def terms_for(content: Document, employer: str | None) -> dict[str, Any]:
    """What of a published accord a decision on cover with one employer reads; None: with no employer in particular."""
    said = {name: content[name] for name in _ALWAYS} | {
        name: content[name] for name in _WHERE_SAID if content.get(name)
    }
    if "formerly" in said:
        said["formerly"] = [{**_layer(one, employer), "to": one["to"]} for one in said["formerly"]]
    return said | _layer(content, employer)


def read_terms(document: Document, bound: Period) -> EligibilityTerms | None:
    """The terms `terms_for` an employer that is bound on those days; None when the accord binds it on no day."""
    whole = _dated(document["effective"])
    effective = whole.intersection(bound)
    if effective is None:
        return None
    return EligibilityTerms(
        agreement=document["agreement"],
        effective=effective,
        agreement_end=whole.end,
        rules=tuple(joined(_said(document))),
        suspensions=tuple(_dated(one) for one in document.get("suspensions", ())),
    )


def _layer(content: Document, employer: str | None) -> dict[str, Any]:
    """What one version says: to all, and otherwise to one employer."""
    said = {"eligibility": content["eligibility"], "guarantees": _open_to(content)}
    own = [one for one in content.get("exceptions", ()) if one["employer"] == employer]
    if not own:
        return said
    names = ("employer", "from", "to", "eligibility")
    exceptions = [{**{name: one[name] for name in names}, "guarantees": _open_to(one)} for one in own]
    return {**said, "exceptions": exceptions}


def _open_to(content: Document) -> list[dict[str, Any]]:
    return [{"code": one["code"], "populations": one["populations"]} for one in content["guarantees"]]


def _said(document: Document) -> Iterator[tuple[Period, CoverRules]]:
    """Every day of the calendar with what is said of it: former versions until their last day, then this one."""
    since = date.min
    for former in document.get("formerly", ()):
        until = date.fromisoformat(former["to"])
        yield from _read(former, Period(since, until))
        since = until + ONE_DAY
    yield from _read(document, Period(since))


def _read(layer: Document, days: Period) -> Iterator[tuple[Period, CoverRules]]:
    """What one version says on the days it speaks of: its exceptions on theirs, what it says to all on the others."""
    start = days.start
    for one in sorted(layer.get("exceptions", ()), key=lambda one: str(one["from"])):
        held = _dated(one).intersection(Period(start, days.end))
        if held is None:
            continue
        if start < held.start:
            yield Period(start, held.start - ONE_DAY), _rules(layer, None)
        yield held, _rules(layer, one)
        if held.last == days.last:
            return
        start = held.last + ONE_DAY
    yield Period(start, days.end), _rules(layer, None)


def _rules(layer: Document, exception: Document | None) -> CoverRules:
    said = (exception and exception["eligibility"]) or layer["eligibility"]
    offered = [*layer["guarantees"], *(exception["guarantees"] if exception else ())]
    dispense = said["dispense"]
    return CoverRules(
        return_days=said["return_days"],
        deferring_leaves=frozenset(PositionKind(kind) for kind in said["deferring_leaves"]),
        seniority_months=said["seniority_months"],
        contract_months=said["contract_months"],
        seniority_kinds=frozenset(EmploymentKind(kind) for kind in said["seniority_kinds"]),
        excluded_kinds=frozenset(EmploymentKind(kind) for kind in said["excluded_kinds"]),
        dispense=None if dispense is None else _dispense(dispense),
        paid_keeps_cover=said["suspension"]["paid_keeps_cover"],
        open_to={Guarantee(one["code"]): frozenset(Regime(name) for name in one["populations"]) for one in offered},
        seniority_gap_days=said.get("seniority_gap_days", 0),
    )


def _dispense(document: Document) -> DispenseTerms:
    return DispenseTerms(
        contracts=frozenset(ContractKind(kind) for kind in document["contracts"]),
        kinds=frozenset(EmploymentKind(kind) for kind in document["kinds"]),
        present_deadline=date.fromisoformat(document["present_deadline"]),
        hire_days=document["hire_days"],
        proof_months=document["proof_months"],
    )


def _dated(document: Document) -> Period:
    last = document.get("to")
    return Period(date.fromisoformat(document["from"]), date.fromisoformat(last) if last else None)
