"""The terms of accords, by their paths and as they are said, in people's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.dashboard.words import NOTHING, Words

_ARROW: Final = " › "
_RATES: Final = frozenset(
    ("rate", "employer_share", "minimum_rate", "max_increase", "target", "cap", "full_rate_from", "atmp_from")
) | {"share_of_annual_base", "advance_on_iad"}
# Sections whose things have names.
_NAMED: Final = frozenset({"guarantees", "exceptions", "insurers"})
_AMOUNTS: Final = frozenset({"flat"})


def term_name(words: Words, path: str) -> str:
    """What a path of terms is about; a part without a word is shown as it is.

    >>> term_name(Words("en"), "guarantees/BASE/contribution/rate")
    'Incapacity and disability › contribution › rate'
    >>> term_name(Words("fr"), "rate_revision/max_increase")
    'Révision des taux › hausse maximale'
    """
    parts = path.split("/")
    named = [(above, part) for above, part in zip(["", *parts], parts, strict=False)]
    kept = [pair for place, pair in enumerate(named) if pair[1] != "guarantees" or place == len(named) - 1]
    return _ARROW.join(_part(words, above, part) for above, part in kept)


def _part(words: Words, above: str, part: str) -> str:
    """A name: of a guarantee, of the populations a base is for, of the employer and day of an exception."""
    if above == "guarantees":
        return words.of("guarantee", part)
    if above == "exceptions":
        employer, _, day = part.partition(" ")
        return f"{employer}, {words.day(day)}" if day else employer
    return ", ".join(words.of("term", one) if one.islower() else words.of("regime", one) for one in part.split("+"))


def grouped(changes: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Changed terms by what they are of, a guarantee, an exception or a section: each with the rest of its path.

    >>> found = grouped([{"term": "guarantees/BASE/contribution/rate"}, {"term": "locks"}])
    >>> {group: [rest for rest, _ in rows] for group, rows in found.items()}
    {'guarantees/BASE': ['contribution/rate'], 'locks': ['locks']}
    """
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for one in changes:
        parts = one["term"].split("/")
        length = 2 if parts[0] in _NAMED else 1
        rest = "/".join(parts[length:]) or one["term"]
        found.setdefault("/".join(parts[:length]), []).append((rest, one))
    return found


def group_name(words: Words, group: str, employers: Mapping[str, str]) -> str:
    """What a group of terms is called; an exception by the employer it is for."""
    first, _, named = group.partition("/")
    employer, _, day = named.partition(" ")
    if first != "exceptions":
        return term_name(words, group)
    return words.t("term.exception_for", employer=employers.get(employer, employer), day=words.day(day))


def term_value(words: Words, path: str, said: str | None) -> str:
    """What a term says, as it is best read.

    >>> words = Words("en")
    >>> term_value(words, "guarantees/BASE/contribution/rate", "0.0205"), term_value(words, "x/mandatory", "true")
    ('2.05%', 'yes')
    """
    leaf = path.rpartition("/")[2]
    if said is None:
        return NOTHING
    if leaf in _RATES:
        return words.rate(said)
    if leaf in _AMOUNTS:
        return words.amount(said)
    if said in {"true", "false"}:
        return words.t("yes" if said == "true" else "no")
    if leaf == "locks":
        return ", ".join(term_name(words, one) for one in said.split(", "))
    return ", ".join(words.value(one) for one in said.split(", "))
