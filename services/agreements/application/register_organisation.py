"""Enter organisations in the registry, and what changes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from kit.period import Period
from kit.recording import Recording
from services.agreements.adapters import organisations
from services.agreements.application.organisation_payloads import OrganisationChanged, OrganisationRegistered
from services.agreements.domain.errors import AlreadyRegistered, NotOfItsKind, UnknownOrganisation
from services.agreements.domain.organisation import Organisation, contradictions_of


async def register_organisation(tx: AsyncConnection, one: Organisation, recording: Recording) -> bool:
    """Whether it is new. The same content again changes nothing; other content raises AlreadyRegistered."""
    await organisations.lock(tx, [one.key])
    known = (await organisations.current(tx, [one.key])).get(one.key)
    if known is None:
        await enter(tx, [one], recording)
    elif not same(known, one):
        raise AlreadyRegistered(pointer="/siret" if one.key.isdigit() else "/code")
    return known is None


async def change_organisation(
    tx: AsyncConnection, key: str, since: date, changes: Mapping[str, Any], recording: Recording
) -> Organisation:
    """Change fields from a day on, keeping what held before it. The caller holds the lock of the key.

    Raises UnknownOrganisation when nothing is known of that day, NotOfItsKind.
    """
    known = await organisations.on(tx, key, since, None)
    if known is None:
        raise UnknownOrganisation
    changed = replace(known, period=Period(since, known.period.end), **changes)
    if wrong := contradictions_of(changed):
        raise NotOfItsKind(pointer=f"/{wrong[0]}")
    if not same(known, changed):
        await amend(tx, [changed], recording)
    return changed


async def enter(tx: AsyncConnection, new: Sequence[Organisation], recording: Recording) -> None:
    """Record organisations nobody knew, in a number of statements that does not depend on theirs."""
    await organisations.add(tx, new, recording)
    await publish_many(tx, [Outgoing(OrganisationRegistered.of(one), one.key, subject=_subject(one)) for one in new])


async def amend(tx: AsyncConnection, changed: Sequence[Organisation], recording: Recording) -> None:
    """Record what changed, and tell it."""
    for one in changed:
        await organisations.amend(tx, one, recording)
    await publish_many(tx, [Outgoing(OrganisationChanged.of(one), one.key, subject=_subject(one)) for one in changed])


def same(known: Organisation, said: Organisation) -> bool:
    """Whether two say the same, whatever the days."""
    return replace(known, period=said.period) == said


def _subject(one: Organisation) -> str:
    return f"/v1/organisations/{one.key}"
