"""An option is chosen, or given up: always by an explicit, dated act (rulebook S3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.period import Period
from kit.recording import Recording
from rules.book import Rules
from services.eligibility.adapters import options, terms, told
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.payloads import OptionCancelled, OptionElected
from services.eligibility.domain.errors import FactNotFound, NotEmployed, OptionNotOpen, OptionOverlap, ReversedInterval
from services.eligibility.domain.facts import Election
from services.eligibility.domain.plausibility import check_day
from services.eligibility.domain.terms import EligibilityTerms
from services.eligibility.domain.terms_document import read_terms, terms_for


@dataclass(frozen=True, slots=True)
class Elected:
    """The election, the version of the file, and whether this call entered it."""

    election: Election
    version: int
    new: bool


async def elect_option(
    tx: AsyncConnection, file: OpenFile, one: Election, recording: Recording, rules: Rules
) -> Elected:
    """Enter a choice. The same again changes nothing.

    Raises NotEmployed, OptionNotOpen, OptionOverlap, TooFarAhead.

    While no accord of the employer is known here, any option may be chosen: the decision on cover comes later.
    """
    check_day(one.period.start, recording.at.date(), rules, "/from")
    for known in await options.of_agent(tx, file.agent):
        if replace(known, id=one.id) == one:
            return Elected(known, file.version, new=False)
        if (known.employer, known.guarantee) == (one.employer, one.guarantee) and known.period.meets(one.period):
            raise OptionOverlap(pointer="/from")
    await _check_open(tx, file, one)
    await options.add(tx, file.agent, one, recording)
    data = OptionElected.of(file.agent, one, one.period.end)
    await publish(tx, data, key=str(file.agent), employer=one.employer, subject=_subject(file, one))
    return Elected(replace(one, recorded_at=recording.at), await changed(tx, file, one.employer), new=True)


async def cancel_option(tx: AsyncConnection, file: OpenFile, key: UUID, end: date, recording: Recording) -> int:
    """End a choice on a day; on the day before its first, it never was. The new version.

    Raises FactNotFound, ReversedInterval.
    """
    known = next((one for one in await options.of_agent(tx, file.agent) if one.id == key), None)
    if known is None:
        raise FactNotFound
    if end > known.period.last:
        raise ReversedInterval(pointer="/to")
    await options.remove(tx, key, recording)
    if end >= known.period.start:
        await options.add(tx, file.agent, replace(known, period=Period(known.period.start, end)), recording)
    data = OptionCancelled.of(file.agent, known, end)
    await publish(tx, data, key=str(file.agent), employer=known.employer, subject=_subject(file, known))
    return await changed(tx, file, known.employer)


async def _check_open(tx: AsyncConnection, file: OpenFile, one: Election) -> None:
    """Options are open to regimes (annexe: option 1 is for agents of the CNRACL), on the first day chosen."""
    day = one.period.start
    regimes = [regime for period, regime in await told.regimes(tx, file.agent, one.employer) if day in period]
    if not regimes:
        raise NotEmployed(pointer="/from")
    for said in await terms_on(tx, one.employer, day):
        if not said.on(day).open_to.get(one.guarantee, frozenset()).intersection(regimes):
            raise OptionNotOpen(pointer="/guarantee")


async def terms_on(tx: AsyncConnection, employer: str, day: date) -> list[EligibilityTerms]:
    """What the accords that bind an employer on a day say."""
    binding = await terms.binding(tx, [employer])
    known = [read_terms(terms_for(content, employer), bound) for _, bound, content in binding]
    return [said for said in known if said is not None and day in said.effective]


def _subject(file: OpenFile, one: Election) -> str:
    return f"/v1/agents/{file.agent}/options/{one.id}"
