"""What scenarios would cost in a month, for every employer in scope, on the last pay known of each agent."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from rules.book import Rules
from services.contributions.adapters import agents, pay, terms
from services.contributions.domain.agent_file import AgentFile, last_paid
from services.contributions.domain.errors import TooManyEmployers, UnknownAgreement
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import read_terms
from services.contributions.domain.what_if import Scenario, Study, WhatIf

# Employers read at once: what is known of their agents is held in memory until it is in columns.
BATCH: Final = 100
MAX_EMPLOYERS: Final = 10_000


async def study_region(
    tx: AsyncConnection,
    month: Month,
    scenarios: Sequence[Scenario],
    agreements: Collection[str] | None,
    *,
    employers: Collection[str] | None,
    rules: Rules,
) -> WhatIf:
    """Compute every scenario. `agreements` and `employers` None: all. Raises UnknownAgreement, TooManyEmployers."""
    asked = [one for one in await agents.employers(tx) if employers is None or one in employers]
    if len(asked) > MAX_EMPLOYERS:
        raise TooManyEmployers
    accords = await _terms(tx, agreements)
    study = Study(month, accords, rules)
    await take_all(tx, [study], asked, accords)
    return await asyncio.to_thread(study.outcome, scenarios)


async def _terms(tx: AsyncConnection, agreements: Collection[str] | None) -> dict[str, Terms]:
    documents = await terms.documents(tx, agreements) if agreements is not None else await terms.every(tx)
    if agreements is not None and set(agreements) - documents.keys():
        raise UnknownAgreement(pointer="/agreements")
    return {code: read_terms(document) for code, document in documents.items()}


async def take_all(
    tx: AsyncConnection, studies: Sequence[Study], employers: Sequence[str], accords: Collection[str]
) -> None:
    """Let studies of one month take everybody whom these accords cover at these employers, read once."""
    for place in range(0, len(employers), BATCH):
        files = await _files(tx, employers[place : place + BATCH], studies[0].month, accords)
        for study in studies:
            await asyncio.to_thread(study.take, files)  # beside the event loop: others wait for it too


async def _files(
    tx: AsyncConnection, employers: Sequence[str], month: Month, accords: Collection[str]
) -> list[AgentFile]:
    """Who is covered by these accords, employer by employer; those of others are not seen."""
    lines: dict[tuple[str, UUID | None], list[PayLine]] = defaultdict(list)
    for version in await pay.last_of(tx, employers, month):
        lines[version.key.employer, version.agent] += version.lines()
    files: list[AgentFile] = []
    for who, one in sorted((await agents.known_at(tx, employers)).items(), key=lambda item: item[0][0]):
        covered = [affiliation for affiliation in one.affiliations if affiliation.agreement in accords]
        if covered:
            paid = last_paid(lines[who], month)
            files.append(AgentFile(who[0], str(who[1]), one.employments, covered, one.elections, paid))
    return files
