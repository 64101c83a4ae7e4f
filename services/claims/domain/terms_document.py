"""Reads what an accord grants out of the document that `agreement.published` carries.

Decisions keep the same document in their snapshot. Unknown fields are ignored: it says more than claims need.
ValueError, KeyError or TypeError mean that it does not say what they need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import Guarantee, LeaveKind, PayElement, Regime
from services.claims.domain.terms import (
    AnnuityEnd,
    AnnuityFormula,
    AnnuityTerms,
    BaseTerms,
    BenefitStart,
    BenefitTerms,
    DeathTerms,
    IncomeTerms,
    RetirementTerms,
    RiTerms,
)

Document = Mapping[str, Any]
KEPT: Final = ("agreement", "version", "effective", "employers", "insurers", "guarantees", "contribution_base")


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
    return {key: document[key] for key in KEPT if key in document}


def _income(guarantee: Document) -> IncomeTerms:
    benefit = guarantee["benefit"]
    annuity = benefit["annuity"]
    return IncomeTerms(
        target=Rate.parse(benefit["target"]),
        starts=BenefitStart(benefit["starts"]),
        annuity=AnnuityTerms(
            formula=AnnuityFormula(annuity["formula"]),
            full_rate_from=Rate.parse(annuity["full_rate_from"]),
            atmp_from=Rate.parse(annuity["atmp_from"]),
            categories=frozenset(annuity["categories"]),
            until=AnnuityEnd(annuity.get("until") or AnnuityEnd.LEGAL_AGE),
        ),
        populations=_regimes(guarantee),
        source=_source(guarantee),
    )


def _death(guarantee: Document) -> DeathTerms:
    share = Rate.parse(guarantee["benefit"]["share_of_annual_base"])
    return DeathTerms(share, _regimes(guarantee), _source(guarantee))


def _retirement(guarantee: Document) -> RetirementTerms:
    return RetirementTerms(Money.parse(guarantee["benefit"]["flat"]), _regimes(guarantee), _source(guarantee))


def _ri(guarantee: Document) -> RiTerms:
    benefit = guarantee["benefit"]
    leaves = frozenset(LeaveKind(kind) for kind in benefit["leaves"])
    return RiTerms(Rate.parse(benefit["target"]), leaves, _regimes(guarantee), _source(guarantee))


def _base(base: Document) -> BaseTerms:
    elements = tuple(PayElement(element) for element in base["elements"])
    return BaseTerms(_regimes(base), elements, base.get("tpp") == "AFTER")


def _regimes(document: Document) -> frozenset[Regime]:
    return frozenset(Regime(code) for code in document["populations"])


def _source(guarantee: Document) -> str:
    return str(guarantee["benefit"].get("source") or guarantee.get("source", ""))
