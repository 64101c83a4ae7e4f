"""The terms of accords by their paths, as people call them."""

from __future__ import annotations

from gateway.dashboard.words import Words

_ARROW = " › "


def term_name(words: Words, path: str) -> str:
    """What a path of terms is about; a part without a word is shown as it is.

    >>> term_name(Words("en"), "guarantees/BASE/rates"), term_name(Words("fr"), "rate_revision/max_increase")
    ('Incapacity and disability › rates', 'Révision des taux › hausse maximale')
    """
    first, *rest = path.split("/")
    if first == "guarantees" and rest:
        first, rest = words.of("guarantee", rest[0]), rest[1:]
    else:
        first = words.of("term", first)
    return _ARROW.join((first, *(_part(words, one) for one in rest)))


def _part(words: Words, part: str) -> str:
    """A name, or the populations that a base is for."""
    names = [words.of("term", one) if one.islower() else words.of("regime", one) for one in part.split("+")]
    return ", ".join(names)
