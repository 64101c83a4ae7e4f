"""Leaves, and who the agent was, as the JSON of a snapshot and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import LeaveKind, Regime
from services.claims.domain.leave import Entry, Person

Json = dict[str, Any]


def entry_document(entry: Entry, person: Person) -> Json:
    """An entry of a case about `person`; who the agent was on its first day only where it is another status."""
    return {
        "kind": entry.kind,
        "start": entry.start,
        "end": entry.end,
        "waiting_days": entry.waiting_days,
        "seniority_days": entry.seniority_days,
        **({"group": entry.pathology_group} if isinstance(entry.pathology_group, int) else {}),
        **({"quotity": entry.quotity.value} if entry.quotity is not None else {}),
        **({"agent": person_document(entry.of(person))} if entry.of(person) != person else {}),
    }


def person_document(person: Person) -> Json:
    """What of an agent decides statutory rights."""
    return {
        "regime": person.regime,
        "service_start": person.service_start,
        "titular": person.titular,
        **({"interruptions": person.interruptions} if person.interruptions else {}),
    }


def read_entry(item: Mapping[str, Any]) -> Entry:
    """The entry that `entry_document` wrote."""
    period = Period(date.fromisoformat(item["start"]), date.fromisoformat(item["end"]))
    quotity = item.get("quotity")
    return Entry(
        LeaveKind(item["kind"]),
        period,
        item["waiting_days"],
        item.get("group"),
        item["seniority_days"],
        None if quotity is None else Rate.parse(quotity),
        person=read_person(item["agent"]) if "agent" in item else None,
    )


def read_person(item: Mapping[str, Any]) -> Person:
    """The person that `person_document` wrote."""
    start = item["service_start"]
    gaps = (
        Period(date.fromisoformat(one["start"]), date.fromisoformat(one["end"]))
        for one in item.get("interruptions", ())
    )
    return Person(
        Regime(item["regime"]), None if start is None else date.fromisoformat(start), item["titular"], tuple(gaps)
    )
