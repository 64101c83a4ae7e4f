"""Reads the terms out of the document that `agreement.published` carries; runs keep the same document in a snapshot.

Unknown fields are ignored: the document says more than contributions need. ValueError, KeyError or TypeError mean that
it does not say what they need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import Guarantee, PayElement, Regime
from services.contributions.domain.terms import (
    BaseRule,
    DatedRate,
    FormerTerms,
    GuaranteeTerms,
    Membership,
    Terms,
    TermsException,
)

ORDER: Final = tuple(Guarantee)
Document = Mapping[str, Any]
KEPT: Final = ("agreement", "version", "effective", "employers", "insurers", "guarantees", "contribution_base")


def read_terms(document: Document) -> Terms:
    """The terms of one version of an accord."""
    return Terms(
        agreement=str(document["agreement"]),
        version=int(document["version"]),
        effective=_period(document["effective"]),
        employers=tuple(Membership(str(e["siret"]), _period(e)) for e in document["employers"]),
        insurers=tuple(Membership(str(i["code"]), _period(i)) for i in document["insurers"]),
        guarantees=_guarantees(document["guarantees"]),
        bases=tuple(_base(b) for b in document["contribution_base"]),
        exceptions=_exceptions(document),
        former=tuple(_former(f) for f in document.get("formerly", ())),
    )


def kept(document: Document) -> dict[str, Any]:
    """The part of the document that contributions rest on."""
    return {key: document[key] for key in KEPT} | {key: document.get(key, []) for key in ("exceptions", "formerly")}


def _former(document: Document) -> FormerTerms:
    return FormerTerms(
        until=date.fromisoformat(document["to"]),
        guarantees=_guarantees(document["guarantees"]),
        bases=tuple(_base(b) for b in document["contribution_base"]),
        exceptions=_exceptions(document),
    )


def _exceptions(document: Document) -> tuple[TermsException, ...]:
    return tuple(_exception(e) for e in document.get("exceptions", ()))


def _exception(document: Document) -> TermsException:
    return TermsException(
        employer=str(document["employer"]),
        period=_period(document),
        guarantees=_guarantees(document.get("guarantees", ())),
        bases=tuple(_base(b) for b in document.get("contribution_base", ())),
    )


def _guarantees(documents: Iterable[Document]) -> tuple[GuaranteeTerms, ...]:
    return tuple(sorted(map(_guarantee, documents), key=lambda guarantee: ORDER.index(guarantee.code)))


def _guarantee(document: Document) -> GuaranteeTerms:
    rates = sorted((_rate(r) for r in document["rates"]), key=lambda rate: rate.period.start)
    return GuaranteeTerms(
        code=Guarantee(document["code"]),
        mandatory=bool(document["mandatory"]),
        populations=_regimes(document["populations"]),
        unresolved=bool(document.get("unresolved")),
        rates=tuple(rates),
        source=str(document.get("source", "")),
    )


def _rate(document: Document) -> DatedRate:
    guaranteed = document.get("guaranteed_to")
    return DatedRate(
        period=_period(document),
        guaranteed_to=date.fromisoformat(guaranteed) if guaranteed else None,
        rate=Rate.parse(document["rate"]),
        employer_share=Rate.parse(document["employer_share"]),
        source=str(document.get("source", "")),
    )


def _base(document: Document) -> BaseRule:
    elements = frozenset(PayElement(element) for element in document["elements"])
    return BaseRule(
        populations=_regimes(document["populations"]),
        elements=None if PayElement.ALL in elements else elements,
        after_tpp=document.get("tpp") == "AFTER",
        source=str(document.get("source", "")),
    )


def _regimes(codes: Sequence[str]) -> frozenset[Regime]:
    return frozenset(Regime(code) for code in codes)


def _period(document: Document) -> Period:
    end = document.get("to")
    return Period(date.fromisoformat(document["from"]), date.fromisoformat(end) if end else None)
