"""What an accord says on one day and on another, term by term, each with the paragraph that says it.

Rates are those of the day: `guarantees/BASE/contribution/rate` is one term, whichever stretch of rates it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.agreements.domain.term_tree import terms_of

Document = Mapping[str, Any]
_GROUPS: Final = ("contribution_base", "rate_revision", "eligibility")
_DATED: Final = frozenset({"from", "to", "assumption"})
_SOURCE: Final = "source"


@dataclass(frozen=True, slots=True)
class ComparedTerm:
    """A term, what it says on either day, and the paragraphs that say so; None where it says nothing."""

    term: str
    before: str | None
    after: str | None
    before_source: str | None
    after_source: str | None


def said_on(document: Document, day: date, employer: str | None = None) -> dict[str, str]:
    """The terms of a document on a day, by their paths: for all, with what exceptions of the day say otherwise; or as
    they read for an employer.
    """
    said = _groups(document, day)
    exceptions = [one for one in document.get("exceptions") or () if _holds(one, day)]
    for one in exceptions:
        if one["employer"] == employer:
            said = _replaced(said, _groups(one, day))
    insurers = [_undated(one) for one in document.get("insurers") or () if _holds(one, day)]
    terms = terms_of({**said, "insurers": insurers, "locks": list(document.get("locks") or ())})
    if employer is None:
        terms |= {path: text for one in exceptions for path, text in _otherwise(one, day, terms).items()}
    return {path: text for path, text in terms.items() if not _is_name(path)}


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> list[ComparedTerm]:
    """Every term that differs, in the order of paths; a paragraph is no term, but beside each.

    >>> compared({"rise/most": "0.15", "rise/source": "art. 5"}, {"rise/most": "0.10", "rise/source": "avenant"})
    [ComparedTerm(term='rise/most', before='0.15', after='0.10', before_source='art. 5', after_source='avenant')]
    """
    return [
        ComparedTerm(path, before.get(path), after.get(path), _source(before, path), _source(after, path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) and _leaf(path) != _SOURCE
    ]


def _otherwise(exception: Document, day: date, terms: Mapping[str, str]) -> dict[str, str]:
    """What an exception says that the accord does not say of all, and the paragraphs for it."""
    under = f"exceptions/{exception['employer']} {exception['from']}"
    own = terms_of(_groups(exception, day))
    kept = {f"{under}/{p}": text for p, text in own.items() if terms.get(p) != text or _leaf(p) == _SOURCE}
    return {f"{under}/{_SOURCE}": exception[_SOURCE], **kept}


def _groups(document: Document, day: date) -> dict[str, Any]:
    """The groups of terms that are stated, guarantees with the rate of the day."""
    found: dict[str, Any] = {name: document[name] for name in _GROUPS if document.get(name)}
    dated = ((one, _rate(one["rates"], day)) for one in document.get("guarantees") or ())
    found["guarantees"] = [
        {**{name: value for name, value in one.items() if name != "rates"}, "contribution": rate}
        for one, rate in dated
        if rate is not None
    ]
    return found


def _replaced(said: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    codes = {one["code"] for one in own["guarantees"]}
    kept = [one for one in said["guarantees"] if one["code"] not in codes]
    return {**said, **own, "guarantees": [*kept, *own["guarantees"]]}


def _rate(rates: Sequence[Document], day: date) -> dict[str, Any] | None:
    return next((_undated(one) for one in rates if _holds(one, day)), None)


def _undated(one: Document) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in _DATED}


def _holds(one: Document, day: date) -> bool:
    return bool(one["from"] <= day.isoformat() <= (one.get("to") or date.max.isoformat()))


def _source(terms: Mapping[str, str], path: str) -> str | None:
    """The paragraph of a term: of itself, or of the nearest of what it is part of."""
    parts = path.split("/")
    above: Iterable[str] = ("/".join([*parts[:length], _SOURCE]) for length in range(len(parts) - 1, 0, -1))
    return next((terms[one] for one in above if one in terms), None)


def _is_name(path: str) -> bool:
    """Whether a path says what the path itself names: the code of a guarantee, the populations of a base."""
    *_, above, _, leaf = ("", "", *path.split("/"))
    return leaf == "code" or (above, leaf) == ("contribution_base", "populations")


def _leaf(path: str) -> str:
    return path.rpartition("/")[2]
