"""What a decision rests on, fact by fact: what it says, on which days it is so, and since when it was known so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gateway.dashboard.api import Answer, together
from gateway.dashboard.visit import Visit

Json = Mapping[str, Any]
# Lists of what was stated of an agent's days: their name in a decision's inputs, and where they are read.
STATED: Final = {
    "social_security": "daily-allowances",
    "part_time": "part-times",
    "ait": "temporary-invalidities",
    "replaced": "replacements",
}
RATES: Final = frozenset({"cnracl_rate", "atmp_rate", "quotity", "at_full_pay", "at_half_pay"})
OVERRIDES: Final = ("override", "ri_override", "annuity_override", "capital_override")


@dataclass(frozen=True, slots=True)
class Fact:
    """`kind` and the names of `said` are words; `recorded_at` None: not for the person to read, or told nowhere."""

    kind: str
    said: dict[str, Any]
    start: str | None = None
    end: str | None = None
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the services say of the same facts, each with when it was recorded."""

    file: Json = field(default_factory=dict)
    pay: Json = field(default_factory=dict)
    policies: list[Json] = field(default_factory=list)
    versions: list[Json] = field(default_factory=list)
    stated: dict[str, list[Json]] = field(default_factory=dict)

    def of_file(self, name: str, **same: Any) -> Json:
        return _like(self.file.get(name, ()), **same)


async def facts(visit: Visit, found: Answer) -> list[Fact]:
    """Those of a decision. The file is read as it was known at the instant of the decision."""
    inputs, agent, employer = found["inputs"], found["agent"], found["employer"]
    if agent is None:
        return [_worded(one, visit) for one in _facts(inputs, _Known())]
    api = visit.api
    asked = [name for name in STATED if inputs.get(name)]
    file, policies, history, *stated = await together(
        api.maybe(f"/v1/agents/{agent}", known_at=found["recorded_at"]),
        api.maybe(f"/v1/ri-maintenance/{employer}"),
        api.maybe(f"/v1/agreements/{inputs['terms']['agreement']}/history"),
        *(api.maybe(f"/v1/claims/{STATED[name]}", agent=agent, employer=employer) for name in asked),
    )
    known = _Known(
        file=file or {},
        pay=await _pay(visit, file, employer, inputs["reference_pay"]["month"]),
        policies=policies["statements"] if policies else [],
        versions=history["items"] if history else [],
        stated={name: _rows(rows) for name, rows in zip(asked, stated, strict=True)},
    )
    return [_worded(one, visit) for one in _facts(inputs, known)]


def _worded(fact: Fact, visit: Visit) -> Fact:
    """Rates as percentages; what is not said is left out."""
    said = {name: value for name, value in fact.said.items() if value is not None}
    return replace(fact, said={n: visit.words.rate(value) if n in RATES else value for n, value in said.items()})


async def _pay(visit: Visit, file: Answer | None, employer: str, month: str) -> Json:
    """The month of pay that the reference is; of several, the last one."""
    with_us = _like(file["matricules"] if file else (), employer=employer)
    path = f"/v1/pay/{employer}/{with_us['matricule']}/{month}" if with_us else ""
    return (await visit.api.maybe(path) if path else None) or {}


def _facts(inputs: Json, known: _Known) -> Iterator[Fact]:
    """In the order in which a person reads a case: who, the accord, the pay, what happened, what others pay."""
    terms, pay = inputs["terms"], inputs["reference_pay"]
    yield Fact("agent", inputs["agent"])
    told = _like(known.versions, version=terms["version"])
    said = {"agreement": terms["agreement"], "version": terms["version"]}
    yield Fact("terms", said, terms["effective"]["from"], None, told.get("recorded_at"))
    amounts = {name: value for name, value in pay.items() if name != "month" and value}
    yield Fact("pay", {"month": pay["month"], **amounts}, None, None, known.pay.get("recorded_at"))
    yield from _of_leaves(inputs, known)
    for option in inputs["options"]:
        held = known.of_file("options", guarantee=option)
        yield Fact("option", {"guarantee": option}, held.get("from"), held.get("to"), held.get("recorded_at"))
    for kind, kept in inputs["maintenance"].items():
        stated = _like(known.policies, kind=kind, full=kept["full"], half=kept["half"])
        said = {"kind": kind, "at_full_pay": kept["full"], "at_half_pay": kept["half"], "stated": kept["stated"]}
        yield Fact("maintenance", said, stated.get("from"), None, stated.get("recorded_at"))
    yield from _of_risks(inputs, known)
    for name in STATED:
        for one in inputs.get(name, ()):
            start = one["period"]["start"]
            told = _like(known.stated.get(name, ()), start=start)
            said = {key: value for key, value in one.items() if key != "period"}
            yield Fact(name, said, start, one["period"]["end"], told.get("recorded_at"))
    for name in OVERRIDES:
        if name in inputs:
            yield Fact("override", dict(inputs[name]))


def _of_leaves(inputs: Json, known: _Known) -> Iterator[Fact]:
    """Stops and renewals, which decisions read up to the last day that they are about."""
    entries = [entry for leave in known.file.get("leaves", ()) for entry in leave["entries"]]
    for one in inputs["leaves"]:
        told = _like(entries, kind=one["kind"], start=one["start"])
        said = {name: value for name, value in one.items() if name not in ("start", "end")}
        yield Fact("leave", said, one["start"], told.get("end", one["end"]), told.get("recorded_at"))
    for days in inputs.get("acquired", ()):
        yield Fact("acquired", {}, days["start"], days["end"])


def _of_risks(inputs: Json, known: _Known) -> Iterator[Fact]:
    invalidity, death = inputs["invalidity"], inputs["death"]
    if invalidity:
        told = known.of_file("invalidities", **{"from": invalidity["from"]})
        said = {name: value for name, value in invalidity.items() if name != "from"}
        yield Fact("invalidity", said, invalidity["from"], told.get("to"), told.get("recorded_at"))
    if death:
        told = known.of_file("deaths", date=death["on"], kind=death["kind"])
        yield Fact("death", {"kind": death["kind"]}, death["on"], death["on"], told.get("recorded_at"))


def _like(rows: Iterable[Json], **same: Any) -> Json:
    """The last of the rows that say this; nothing when none does."""
    alike = [row for row in rows if all(row.get(name) == value for name, value in same.items())]
    return alike[-1] if alike else {}


def _rows(answer: Answer | None) -> list[Json]:
    """The one list that such an answer holds."""
    return next((value for value in (answer or {}).values() if isinstance(value, list)), [])
