"""Whether accords are in force, of many at once: read from a few places of their documents, not from the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from services.agreements.adapters import schemes
from services.agreements.adapters.document import InsurerDocument
from services.agreements.adapters.document_parts import Dated
from services.agreements.adapters.tables import agreement_step, agreement_version
from services.agreements.domain.lifecycle import Force, Status, Step, force
from services.agreements.domain.scheme import Scheme
from services.agreements.domain.validity import insured_until


@dataclass(frozen=True, slots=True)
class Standing:
    """An accord as it is known now: whom it binds, from when to when, and the steps of its life.

    `insured_until`: the last day of its conventions; None: open or unknown.
    """

    id: str
    employers: frozenset[str]
    effective: Period
    steps: tuple[Step, ...]
    insured_until: date | None

    def force(self, day: date) -> Force:
        return force(self.steps, self.effective, day, self.insured_until)


class _Read(BaseModel):
    """These places of a document, which was valid when it was stored."""

    effective: Dated
    insurers: list[InsurerDocument]
    scheme: str | None
    employers: frozenset[str]


async def standings(tx: AsyncConnection, keys: Sequence[str]) -> list[Standing]:
    """Of those among these accords that the caller sees, by id, in three statements."""
    version = agreement_version.c
    places = func.jsonb_build_object(
        *(part for name in ("effective", "insurers", "scheme") for part in (name, version.document[name])),
        "employers",
        func.jsonb_path_query_array(version.document, cast("$.employers[*].siret", JSONPATH)),
    )
    latest = select(version.agreement, places).ext(distinct_on(version.agreement)).where(version.agreement.in_(keys))
    rows = (await tx.execute(latest.order_by(version.agreement, version.version.desc()))).all()
    taken = await steps_of(tx, keys)
    known = {document.scheme: document.to_domain() for _, document in await schemes.all_latest(tx)}
    return [_standing(key, _Read.model_validate(read), taken[key], known) for key, read in rows]


async def steps_of(tx: AsyncConnection, keys: Sequence[str] | None = None) -> dict[str, list[Step]]:
    """The steps of these accords, oldest first; `keys` None: of all that the caller sees."""
    step = agreement_step.c
    query = select(step.agreement, step.status, step.on).order_by(step.agreement, step.number)
    taken: dict[str, list[Step]] = defaultdict(list)
    for key, status, on in await tx.execute(query if keys is None else query.where(step.agreement.in_(keys))):
        taken[key].append(Step(Status(status), on))
    return taken


def _standing(key: str, read: _Read, steps: list[Step], known: dict[str, Scheme]) -> Standing:
    insurers = tuple(one.to_domain() for one in read.insurers)
    until = insured_until(insurers, known.get(read.scheme or ""))
    return Standing(key, read.employers, read.effective.period, tuple(steps), until)
