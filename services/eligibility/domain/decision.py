"""The decision on cover, taken from its own inputs as JSON: taking it again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kit.period import Period
from kit.trace import Snapshot, Trace, plain
from services.eligibility.domain.affiliation import Stretch, Timeline, decide
from services.eligibility.domain.death import GROUND, ended_by
from services.eligibility.domain.documents import dates, file_document, period, read_file, read_terms, timeline_document
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.grounds import explained

KIND: Final = "affiliation"
# What of a published accord a decision on cover reads; the rest is not kept with it.
TERMS_READ: Final = ("agreement", "version", "effective", "eligibility", "guarantees")


@dataclass(frozen=True, slots=True)
class Decision:
    """A timeline with its reasons, and the snapshot to store."""

    stretches: tuple[Stretch, ...]
    snapshot: Snapshot


def inputs_of(
    file: AgentFile, content: Mapping[str, Any], bound: Period, died_on: date | None = None
) -> dict[str, Any]:
    """The inputs of a decision: the file, the accord as published, the employer's own dates in it, a death."""
    terms = {name: content[name] for name in TERMS_READ if name != "guarantees"}
    terms["guarantees"] = [{name: g[name] for name in ("code", "populations")} for g in content["guarantees"]]
    death = {} if died_on is None else {"died_on": died_on.isoformat()}
    return {"file": file_document(file), "terms": terms, "bound": plain(dates(bound)), **death}


def taken(inputs: Mapping[str, Any]) -> Decision | None:
    """The decision on these inputs, or None when the accord binds the employer on no day."""
    terms = read_terms(inputs["terms"], period(inputs["bound"]))
    if terms is None:
        return None
    file = read_file(inputs["file"])
    timeline: Timeline = decide(file, terms)
    stretches, trace = explained(timeline, file, terms), timeline.trace
    if "died_on" in inputs:
        died_on = date.fromisoformat(inputs["died_on"])
        stretches = ended_by(stretches, died_on)
        trace = Trace(GROUND.rule, GROUND.reference, {"died_on": died_on}, timeline_document(stretches), (trace,))
    result = {"timeline": timeline_document(stretches)}
    return Decision(stretches, Snapshot(KIND, dict(inputs), [], result, trace.json()))
