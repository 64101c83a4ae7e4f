"""Whom a client stands for now: a centre de gestion, for the employers of its département; and who delegates to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts, clients, delegations, departments, insurers
from gateway.adapters.feed_pages import Whose
from gateway.domain.accounts import SUBJECT_PREFIX
from gateway.domain.clients import MAX_EMPLOYERS, Client, DepartmentTooLarge, UnknownInsurer
from gateway.domain.delegations import (
    FOLLOWS,
    Delegate,
    TooManyDelegations,
    delegated,
    delegates_of,
    first_end,
)
from kit.db.database import Database, Scope
from kit.events.envelope import Envelope
from kit.http.auth import Principal
from kit.http.problem import Problem
from kit.siret import is_siret

# Kinds of organisation that a client or a person may stand for by their codes: who carries a risk, who manages for it.
INSURERS: Final = frozenset({"INSURER", "MANAGER"})


async def standing(tx: AsyncConnection, client: Client, today: date) -> Client:
    """The client with the employers it stands for, and those that delegate to it today; `tx` sees all of them.

    Raises DepartmentTooLarge or TooManyDelegations rather than leave some out.
    """
    if client.department is not None:
        employers = await departments.employers_in(tx, client.department)
        if len(employers) > MAX_EMPLOYERS:
            raise DepartmentTooLarge
        client = replace(client, employers=employers)
    delegates = delegates_of(client)
    if not delegates:
        return client
    room = MAX_EMPLOYERS - len(client.employers or ())
    found = await delegations.in_force(tx, delegates, today, room + 1)
    if len(found) > room:
        raise TooManyDelegations
    until = first_end(found) if found else None
    return replace(client, delegated=delegated(client, found), delegated_until=until)


async def check_insurer(tx: AsyncConnection, code: str | None) -> None:
    """Raise UnknownInsurer unless the registry knows the insurer that somebody shall stand for; None: nobody shall."""
    if code is not None and not await insurers.known(tx, code):
        raise UnknownInsurer(
            pointer="/insurer",
            detail_fr=f"Aucun assureur ni gestionnaire de code {code} n'est enregistré parmi les organisations ; ce qui"
            " vient de l'être est connu ici quelques secondes plus tard.",
            detail_en=f"No insurer or manager of code {code} is registered among the organisations; what has just been"
            " is known here some seconds later.",
        )


async def as_delegate(tx: AsyncConnection, caller: Principal) -> tuple[Delegate, ...]:
    """As whom the caller receives: a program by its id and its département, a person by its département."""
    if caller.client.startswith(SUBJECT_PREFIX):
        account = await accounts.find(tx, caller.client.removeprefix(SUBJECT_PREFIX))
        known = None if account is None else account.subject
    else:
        stored = await clients.find(tx, caller.client)
        known = None if stored is None else stored.client
    return () if known is None else delegates_of(known)


async def followed(database: Database, caller: Principal, today: date) -> Whose:
    """The feed of a caller: its insurer's, or that of its employers and of those that delegate their events to it.

    What the token says of those is looked up again: a delegation ends with its last day.
    """
    employers = caller.employers
    given = {employer for employer, scopes in caller.delegated.items() if FOLLOWS in scopes}
    if employers is not None and given:
        async with database.transaction(Scope.all()) as tx:
            now = await delegations.employers_giving(tx, await as_delegate(tx, caller), FOLLOWS, today)
        employers |= given & now
    return Whose(caller.insurer, employers)


async def feed_of(database: Database, caller: Principal, today: date) -> Whose:
    """The same, of a caller that has one. Raises 403 `no_feed`."""
    whose = await followed(database, caller, today)
    if whose.insurer is None and whose.employers == frozenset():
        raise Problem(403, "no_feed", "Aucun flux pour ce client", "No feed for this client")
    return whose


async def organisation_told(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An employer is in a département; other organisations are in none that matters here."""
    department, key = data.get("departement"), str(data["organisation"])
    if isinstance(department, str) and is_siret(key):
        await departments.say(tx, key, department, envelope.sequence)


async def insurer_told(tx: AsyncConnection, _envelope: Envelope, data: dict[str, Any]) -> None:
    """Somebody may stand for an insurer, or who manages for one."""
    if data.get("kind") in INSURERS:
        await insurers.say(tx, str(data["organisation"]))
