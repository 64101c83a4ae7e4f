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
from services.eligibility.domain.documents import dates, file_document, period, read_file, timeline_document
from services.eligibility.domain.file import AgentFile
from services.eligibility.domain.grounds import explained
from services.eligibility.domain.proofs_due import ProofDue, proofs_due
from services.eligibility.domain.terms_document import read_terms, terms_for

KIND: Final = "affiliation"


@dataclass(frozen=True, slots=True)
class Decision:
    """A timeline with its reasons, the snapshot to store, and until when dispenses are to be proven again."""

    stretches: tuple[Stretch, ...]
    snapshot: Snapshot
    proofs_due: tuple[ProofDue, ...] = ()


def inputs_of(
    file: AgentFile,
    content: Mapping[str, Any],
    bound: Period,
    died_on: date | None = None,
    employer: str | None = None,
) -> dict[str, Any]:
    """The inputs of a decision: the file, the accord as published, the employer's own dates in it, a death.

    Without `employer`, what the accord says otherwise for one employer is left out.
    """
    death = {} if died_on is None else {"died_on": died_on.isoformat()}
    terms = terms_for(content, employer)
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
    snapshot = Snapshot(KIND, dict(inputs), [], result, trace.json())
    return Decision(stretches, snapshot, proofs_due(timeline.dispenses, stretches))
