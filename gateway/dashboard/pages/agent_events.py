"""What happened to an agent, fact by fact: the latest first, each with the day it was recorded where that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
# A career has fewer; a file that has more says that it goes on.
MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Event:
    """`what` is a key of the words, `code` of the family `family`, what it is about; `href` where it is read."""

    on: str
    what: str
    family: str = ""
    code: str = ""
    employer: str = ""
    recorded_at: str | None = None
    href: str = ""


def events(file: Json, cover: Json | None, claims: list[Json]) -> list[Event]:
    """The facts of a file as it is known, the outcomes of its cover, and its claims; at most `MOST` of them.

    >>> file = dict.fromkeys(("leaves", "positions", "invalidities", "deaths", "options", "dispenses"), [])
    >>> spell = {"start": "2025-01-01", "end": None, "kind": "TITULAIRE"}
    >>> file |= {"employments": [{"employer": "1", "spells": [spell]}]}
    >>> file |= {"departures": [{"date": "2026-03-31", "reason": "RETIREMENT", "employer": "1"}]}
    >>> [(one.on, one.what) for one in events(file, None, [])]
    [('2026-03-31', 'event.departure'), ('2025-01-01', 'event.hired')]
    """
    found = [*_career(file), *_sickness(file), *_choices(file), *_cover(cover), *_claims(claims)]
    return sorted(found, key=lambda one: one.on, reverse=True)[:MOST]


def _career(file: Json) -> Iterator[Event]:
    for one in file["employments"]:
        for place, spell in enumerate(one["spells"]):
            what = "event.conditions" if place else "event.hired"
            yield Event(spell["start"], what, "employment", spell["kind"], one["employer"])
    for one in file["positions"]:
        yield from _stretch(one, "event.position", "position")
    for one in file["departures"]:
        yield Event(one["date"], "event.departure", "departure", one["reason"], one["employer"])


def _sickness(file: Json) -> Iterator[Event]:
    for leave in file["leaves"]:
        page = f"agents/{file['id']}/leaves/{leave['id']}"
        for place, one in enumerate(leave["entries"]):
            what = "event.renewal" if place else "event.leave"
            about = ("leave", one["kind"], leave["employer"])
            yield Event(one["start"], what, *about, one.get("recorded_at"), page)
        if leave["end"]:
            yield Event(leave["end"], "event.leave_end", "leave", leave["kind"], leave["employer"], href=page)
    for one in file["invalidities"]:
        yield Event(one["from"], "event.invalidity", "", "", one["employer"], one.get("recorded_at"))
    for one in file["deaths"]:
        yield Event(one["date"], "event.death", "death", one["kind"], one["employer"], one["recorded_at"], "#deaths")


def _choices(file: Json) -> Iterator[Event]:
    for one in file["options"]:
        about = ("guarantee", one["guarantee"], one["employer"])
        yield Event(one["from"], "event.option", *about, one.get("recorded_at"), "#options")
        if one["to"]:
            yield Event(one["to"], "event.option_end", *about, href="#options")
    for one in file["dispenses"]:
        yield Event(one["requested_on"], "event.dispense", employer=one["employer"], href="#dispenses")
        for proof in one["proofs"]:
            yield Event(proof, "event.proof", employer=one["employer"], href="#dispenses")
        if one["to"]:
            yield Event(one["to"], "event.dispense_end", employer=one["employer"], href="#dispenses")


def _cover(cover: Json | None) -> Iterator[Event]:
    if cover is None:
        return
    for one in cover["periods"]:
        yield Event(one["start"], "event.cover", "outcome", one["outcome"], cover["employer"] or "", None, "#cover")


def _claims(claims: list[Json]) -> Iterator[Event]:
    for one in claims:
        yield Event(one["opened_from"], "event.claim", "", "", one["employer"], None, f"claims/{one['id']}")


def _stretch(one: Json, what: str, family: str) -> Iterator[Event]:
    yield Event(one["start"], what, family, one["kind"], one["employer"])
    if one["end"]:
        yield Event(one["end"], f"{what}_end", family, one["kind"], one["employer"])
