"""Opening, changing and closing the accounts of persons. Nobody gives, or gets hold of, more than he has."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts, users
from gateway.application.sign_in import digest_of, hash_password
from gateway.application.standing import check_insurer
from gateway.domain.accounts import (
    INVITED_FOR,
    SUBJECT_PREFIX,
    Account,
    NotYourself,
    SubjectTaken,
    UnknownUser,
    UserExists,
)
from gateway.domain.clients import BeyondYours
from kit.clock import Clock
from kit.db.database import Database, Scope
from kit.http.auth import Principal
from kit.http.etag import check_version

CODE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes whose account, read at which version."""

    login: str
    version: int
    by: Principal


async def add_user(tx: AsyncConnection, account: Account, clock: Clock, by: Principal) -> str:
    """Open an account; the code with which its person chooses a password, shown once.

    Raises InvalidClient, UnknownInsurer, UserExists, SubjectTaken, BeyondYours.
    """
    account.person.check()
    if not account.person.scopes <= by.scopes:
        raise BeyondYours
    await check_insurer(tx, account.person.insurer)
    await _check_subject(tx, account)
    code, invitation = _invitation(clock)
    if not await users.add(tx, account, invitation, clock.instant(), by.client):
        raise UserExists(pointer="/login")
    return code


async def change_user(tx: AsyncConnection, change: Change, wanted: Account, clock: Clock) -> Account:
    """What a person is and may do from now on; closing an account ends its sessions. Factors stay as they are.

    Raises UnknownUser, NotYourself, InvalidClient, UnknownInsurer, SubjectTaken, 412, and BeyondYours: for scopes added
    that the caller lacks, and for more to use them on, or an account reopened, where it has such scopes.
    """
    found, person = await _to_change(tx, change), wanted.person
    person.check()
    more = not person.within(found.person) or (person.active and not found.person.active)
    given = person.scopes if more else person.scopes - found.person.scopes
    if not given <= change.by.scopes:
        raise BeyondYours
    if person.insurer != found.person.insurer:
        await check_insurer(tx, person.insurer)
    if wanted.oidc_subject != found.oidc_subject:  # whoever that is may act as the person
        if not found.person.scopes <= change.by.scopes:
            raise BeyondYours(pointer="/oidc_subject")
        await _check_subject(tx, wanted)
    now, person = clock.instant(), replace(person, assumption=found.person.assumption)
    changed = replace(
        found, person=person, organisation=wanted.organisation, role=wanted.role, oidc_subject=wanted.oidc_subject
    )
    await users.replace(tx, changed, now, change.by.client)
    if not person.active:
        await accounts.close_sessions_of(tx, change.login)
    return replace(changed, version=found.version + 1, recorded_at=now)


async def invite_user(tx: AsyncConnection, change: Change, clock: Clock) -> str:
    """Take the password away, and give a code to choose another with. Whoever holds it may act as the person.

    Raises UnknownUser, NotYourself, BeyondYours, and 412.
    """
    await _within_reach(tx, change)
    await accounts.close_sessions_of(tx, change.login)
    code, invitation = _invitation(clock)
    await users.invite(tx, change.login, invitation, clock.instant(), change.by.client)
    return code


async def reset_second_factor(tx: AsyncConnection, change: Change, clock: Clock) -> None:
    """Forget the second factor; the person enrols again after signing in. Raises as `invite_user`."""
    await _within_reach(tx, change)
    await users.drop_second_factor(tx, change.login, clock.instant(), change.by.client)
    await accounts.close_sessions_of(tx, change.login)


async def unlock_user(tx: AsyncConnection, change: Change, clock: Clock) -> None:
    """Forget the failures that locked an account. Raises UnknownUser, NotYourself, and 412."""
    await _to_change(tx, change)
    await users.unlock(tx, change.login, clock.instant(), change.by.client)


async def choose_password(database: Database, code: str, password: str, clock: Clock) -> bool:
    """Whether the code was good: then the password is this one, and the code serves no more. Raises InvalidClient.

    Nothing is held, and nothing hashed for a code that is none.
    """
    digest = digest_of(code)
    async with database.transaction(Scope.none()) as tx:
        if await users.invited(tx, digest, clock.instant()) is None:
            return False
    password_hash = await hash_password(password)
    async with database.transaction(Scope.none()) as tx:
        found = await users.invited(tx, digest, clock.instant(), lock=True)
        if found is not None:
            await users.set_password(tx, found.login, password_hash)
            await accounts.close_sessions_of(tx, found.login)
    return found is not None


def _invitation(clock: Clock) -> tuple[str, users.Invitation]:
    code = secrets.token_urlsafe(CODE_BYTES)
    return code, users.Invitation(digest_of(code), clock.instant() + INVITED_FOR)


async def _check_subject(tx: AsyncConnection, account: Account) -> None:
    if account.oidc_subject is not None and await users.is_taken(tx, account.oidc_subject, account.login):
        raise SubjectTaken(pointer="/oidc_subject")


async def _within_reach(tx: AsyncConnection, change: Change) -> None:
    found = await _to_change(tx, change)
    if not found.person.scopes <= change.by.scopes:
        raise BeyondYours


async def _to_change(tx: AsyncConnection, change: Change) -> Account:
    found = await users.find(tx, change.login, lock=True)
    if found is None:
        raise UnknownUser
    if change.by.client == SUBJECT_PREFIX + change.login:
        raise NotYourself
    check_version(change.version, found.version)
    return found
