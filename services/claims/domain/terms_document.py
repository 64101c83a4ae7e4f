"""Reads what an accord grants out of the document that `agreement.published` carries, as it reads on each day.

Decisions keep what it says on one day, in the same form, in their snapshot. Unknown fields are ignored: it says more
than claims need. ValueError, KeyError or TypeError mean that it does not say what they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kit.money import Money
from kit.period import ONE_DAY, Period
from kit.rate import Rate
from rules.vocabulary import Guarantee, LeaveKind, PayElement, Regime
from services.claims.domain.terms import (
    UNPAID_LEAVES,
    AgentContribution,
    AnnuityEnd,
    AnnuityFormula,
    AnnuityTerms,
    BaseTerms,
    BenefitStart,
    BenefitTerms,
    CapitalDue,
    Compared,
    DeathTerms,
    IncomeTerms,
    Net,
    Prorated,
    RetirementTerms,
    RiTerms,
)

Document = Mapping[str, Any]
KEPT: Final = ("agreement", "version", "effective", "employers", "insurers", "guarantees", "contribution_base")
_OTHERWISE: Final = ("exceptions", "formerly")


def read_terms(document: Document) -> BenefitTerms:
    """The benefits of one version of an accord."""
    guarantees = {Guarantee(guarantee["code"]): guarantee for guarantee in document["guarantees"]}
    death = guarantees.get(Guarantee.DEATH)
    retirement = guarantees.get(Guarantee.RETIREMENT_LOSS)
    option = guarantees.get(Guarantee.RI_FULL_PAY)
    return BenefitTerms(
        agreement=str(document["agreement"]),
        version=int(document["version"]),
        income=_income(guarantees[Guarantee.BASE]),
        death=_death(death) if death else None,
        retirement=_retirement(retirement) if retirement else None,
        ri_full_pay=_ri(option) if option else None,
        bases=tuple(_base(base) for base in document["contribution_base"]),
    )


def kept(document: Document) -> dict[str, Any]:
    """The part of the document that decisions on benefits rest on."""
    return {key: document[key] for key in (*KEPT, *_OTHERWISE) if key in document}


def readings(document: Document, employer: str | None) -> Iterator[tuple[date, dict[str, Any]]]:
    """What an accord says to an employer, in the form of a document, from each day on which it begins to say it.

    Former versions hold until their last day, exceptions on their days; None: to no employer in particular.
    """
    said = {key: document[key] for key in KEPT if key in document}
    first = date.fromisoformat(said["effective"]["from"])
    for former in document.get("formerly", ()):
        last = date.fromisoformat(former["to"])
        if first <= last:
            yield from _readings(said, former, employer, Period(first, last))
            first = last + ONE_DAY
    yield from _readings(said, document, employer, Period(first))


def contract_ends(document: Document, employer: str) -> tuple[date, ...]:
    """The last day of each contract of an employer under an accord, one with each insurer, where it has one.

    Where nobody knows an insurer, that of the adhesion.
    """
    contracts = [_dated(document["effective"])]
    for name, of_employer in (("employers", True), ("insurers", False)):
        parties = [_dated(one) for one in document[name] if not of_employer or str(one["siret"]) == employer]
        if parties or of_employer:
            pairs = (days.intersection(party) for days in contracts for party in parties)
            contracts = [days for days in pairs if days is not None]
    return tuple(sorted({days.end for days in contracts if days.end is not None}))


def _readings(
    said: Document, version: Document, employer: str | None, days: Period
) -> Iterator[tuple[date, dict[str, Any]]]:
    """What one version says on its days: an employer's exceptions on theirs, what it says to all on the others."""
    own = [one for one in version.get("exceptions", ()) if one["employer"] == employer]
    start = days.start
    for one in sorted(own, key=lambda one: str(one["from"])):
        held = _dated(one).intersection(Period(start, days.end))
        if held is None:
            continue
        if start < held.start:
            yield start, _read_as(said, version)
        yield held.start, _read_as(said, version, one)
        if held.last == days.last:
            return
        start = held.last + ONE_DAY
    yield start, _read_as(said, version)


def _read_as(said: Document, version: Document, exception: Document | None = None) -> dict[str, Any]:
    """The document with a version's guarantees and bases, and those an exception puts in their place."""
    own = exception or {}
    guarantees = {one["code"]: one for one in (*version["guarantees"], *own.get("guarantees", ()))}
    bases = own.get("contribution_base") or version["contribution_base"]
    return {**said, "guarantees": list(guarantees.values()), "contribution_base": bases}


def _dated(document: Document) -> Period:
    last = document.get("to")
    return Period(date.fromisoformat(document["from"]), date.fromisoformat(last) if last else None)


def _income(guarantee: Document) -> IncomeTerms:
    benefit = guarantee["benefit"]
    annuity, unpaid = benefit["annuity"], benefit.get("unpaid_leaves")
    return IncomeTerms(
        target=Rate.parse(benefit["target"]),
        starts=BenefitStart(benefit["starts"]),
        annuity=AnnuityTerms(
            formula=AnnuityFormula(annuity["formula"]),
            full_rate_from=Rate.parse(annuity["full_rate_from"]),
            atmp_from=Rate.parse(annuity["atmp_from"]),
            categories=frozenset(annuity["categories"]),
            until=AnnuityEnd(annuity.get("until") or AnnuityEnd.LEGAL_AGE),
            prorated=Prorated(annuity.get("prorated") or Prorated.ANNUITY),
            cap=_cap(annuity),
        ),
        populations=_regimes(guarantee),
        source=_source(guarantee),
        unpaid=UNPAID_LEAVES if unpaid is None else frozenset(LeaveKind(kind) for kind in unpaid),
        compared=Compared(
            frozenset(PayElement(element) for element in benefit["elements"]),
            Net(benefit.get("net") or Net.BEFORE_CONTRIBUTION),
        ),
        contributions=tuple(sorted(map(_contribution, guarantee["rates"]), key=lambda rate: rate.start)),
    )


def _contribution(rate: Document) -> AgentContribution:
    start = date.fromisoformat(rate["from"])
    return AgentContribution(start, Rate.parse(rate["rate"]), Rate.parse(rate["employer_share"]))


def _cap(annuity: Document) -> Rate | None:
    if annuity["formula"] != AnnuityFormula.COMPLEMENT_CAPPED_50:
        return None
    return Rate.parse(annuity["cap"])


def _death(guarantee: Document) -> DeathTerms:
    share, advance = (Rate.parse(guarantee["benefit"][name]) for name in ("share_of_annual_base", "advance_on_iad"))
    return DeathTerms(share, _regimes(guarantee), _source(guarantee), advance)


def _retirement(guarantee: Document) -> RetirementTerms:
    benefit = guarantee["benefit"]
    flat, due = Money.parse(benefit["flat"]), CapitalDue(benefit["due"])
    return RetirementTerms(flat, _regimes(guarantee), _source(guarantee), due, bool(benefit.get("prorated")))


def _ri(guarantee: Document) -> RiTerms:
    benefit = guarantee["benefit"]
    leaves = frozenset(LeaveKind(kind) for kind in benefit["leaves"])
    deducts, subordinate = benefit.get("deducts_maintained") is not False, bool(benefit.get("subordinate"))
    return RiTerms(Rate.parse(benefit["target"]), leaves, _regimes(guarantee), _source(guarantee), deducts, subordinate)


def _base(base: Document) -> BaseTerms:
    elements = tuple(PayElement(element) for element in base["elements"])
    return BaseTerms(_regimes(base), elements, base.get("tpp") == "AFTER")


def _regimes(document: Document) -> frozenset[Regime]:
    return frozenset(Regime(code) for code in document["populations"])


def _source(guarantee: Document) -> str:
    return str(guarantee["benefit"].get("source") or guarantee.get("source", ""))
