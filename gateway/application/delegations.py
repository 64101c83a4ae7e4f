"""Giving a delegation and ending one. Nobody delegates what he may not do himself."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import delegations
from gateway.domain.clients import BeyondYours
from gateway.domain.delegations import Delegation, DelegationExists, UnknownDelegation
from kit.clock import Clock
from kit.http.auth import Principal


async def delegate(tx: AsyncConnection, one: Delegation, clock: Clock, by: Principal) -> None:
    """Store it, in the tenancy of who gives it. Raises InvalidDelegation, BeyondYours, DelegationExists, and 403.

    Whether the client exists is not looked at: the answer would tell an employer who else is served here. To an id
    that is nobody's, or an insurer's, it gives nothing.
    """
    by.check_employer(one.employer)
    one.check(clock.day())
    if not one.scopes <= by.scopes:
        raise BeyondYours(pointer="/scopes")
    if await delegations.overlaps(tx, one):
        raise DelegationExists
    await delegations.add(tx, one)


async def end_delegation(tx: AsyncConnection, key: UUID, clock: Clock, by: Principal) -> None:
    """From now on it permits nothing, and tokens that carry it are refused. Raises UnknownDelegation."""
    if not await delegations.revoke(tx, key, clock.instant(), by.client):
        raise UnknownDelegation
