"""Giving a delegation and ending one. Nobody delegates what he may not do himself."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import clients, delegations
from gateway.domain.clients import BeyondYours
from gateway.domain.delegations import (
    Delegate,
    Delegation,
    DelegationExists,
    InvalidDelegation,
    UnknownDelegation,
    delegates_of,
)
from kit.clock import Clock
from kit.http.auth import Principal


async def delegate(tx: AsyncConnection, one: Delegation, clock: Clock, by: Principal) -> None:
    """Store it, in the tenancy of who gives it. Raises InvalidDelegation, BeyondYours, DelegationExists, and 403."""
    by.check_employer(one.employer)
    one.check(clock.day())
    if not one.scopes <= by.scopes:
        raise BeyondYours(pointer="/scopes")
    if one.delegate.kind == "CLIENT" and not await _may_receive(tx, one.delegate):
        raise InvalidDelegation(
            pointer="/client",
            detail_fr="Aucun client actif ne porte cet identifiant et n'agit pour des employeurs.",
            detail_en="No active client has this id and acts for employers.",
        )
    if await delegations.overlaps(tx, one):
        raise DelegationExists
    await delegations.add(tx, one)


async def end_delegation(tx: AsyncConnection, key: UUID, clock: Clock, by: Principal) -> None:
    """From now on it permits nothing, and tokens that carry it are refused. Raises UnknownDelegation."""
    if not await delegations.revoke(tx, key, clock.instant(), by.client):
        raise UnknownDelegation


async def _may_receive(tx: AsyncConnection, to: Delegate) -> bool:
    stored = await clients.find(tx, to.key)
    return stored is not None and bool(delegates_of(stored.client))
