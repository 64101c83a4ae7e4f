"""E-mails that carry notices: queued on request, handed to the relay by a worker, told what became of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing, Undecipherable
from kit.db.database import Database, Scope
from kit.events.outbox import publish
from kit.recording import Recording
from services.agreements.adapters import agreements, mails, notices
from services.agreements.adapters.delivery_report import Report
from services.agreements.adapters.mails import Mail
from services.agreements.adapters.notices import Delivery, Notice
from services.agreements.adapters.smtp import Letter
from services.agreements.application.follow_up_payloads import NoticeDelivered, NoticeUndelivered
from services.agreements.application.patience import MAX_ATTEMPTS, pause
from services.agreements.domain.errors import UnknownMail
from services.agreements.domain.mail import (
    Accepted,
    Action,
    Delayed,
    MailState,
    Outcome,
    Refused,
    after_report,
)

IDLE_SECONDS: Final = 5.0
BY: Final = "relais"
CHANNEL: Final = "EMAIL"
log = structlog.get_logger(__name__)


class Relay(Protocol):
    """Takes letters on; blocks meanwhile."""

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]: ...

    def message_id(self, key: UUID) -> str: ...


@dataclass(frozen=True, slots=True)
class Mailer:
    """Hands queued mails to the relay, a batch at a time. Any number of workers may run one.

    A mail is sent at least once: a worker lost between the relay's answer and its record sends it again, under the same
    Message-ID.
    """

    database: Database
    relay: Relay
    ring: KeyRing
    clock: Clock

    async def run(self) -> None:
        while True:
            if not await self.step():
                await asyncio.sleep(IDLE_SECONDS)

    async def step(self) -> bool:
        """Send one batch; False when nothing is due."""
        async with self.database.transaction(Scope.all()) as tx:
            leased = await mails.lease(tx, self.clock.instant())
            letters = [await self._letter(tx, mail) for mail in leased]
        ready = [(mail, letter) for mail, letter in zip(leased, letters, strict=True) if letter is not None]
        outcomes = await asyncio.to_thread(self.relay.hand_over, [letter for _, letter in ready]) if ready else []
        for (mail, _), outcome in zip(ready, outcomes, strict=True):
            async with self.database.transaction(Scope.all()) as tx:
                await self._settle(tx, mail, outcome)
        return bool(leased)

    async def _letter(self, tx: AsyncConnection, mail: Mail) -> Letter | None:
        """What the agent reads; None, and the mail is given up, when its address can no longer be."""
        stored = await agreements.get(tx, mail.agreement)
        notice = next((n for n in await notices.all_versions(tx, mail.agreement) if n.version == mail.version), None)
        assert stored is not None, "a mail is queued under an accord"
        assert notice is not None, "a mail is queued for a version that was issued"
        try:
            address = mails.opened(mail, self.ring)
        except Undecipherable:
            log.warning("mail_address_lost", mail=str(mail.id))
            await self._failed(tx, mail, MailState.FAILED, "address")
            return None
        text = _text(stored.document.title, notice)
        return Letter(mail.id, address, "Notice d'information prévoyance", text, self.clock.instant())

    async def _settle(self, tx: AsyncConnection, mail: Mail, outcome: Outcome) -> None:
        match outcome:
            case Accepted(answer):
                if await mails.settle(tx, mail, MailState.SENT, answer, self.clock.instant()):
                    await self._handed(tx, mail, answer)
            case Delayed(answer) if mail.attempts < MAX_ATTEMPTS:
                wait = pause(mail.attempts, random.random())  # noqa: S311 - jitter, not a secret
                await mails.put_off(tx, mail, answer, self.clock.instant() + wait)
            case Delayed(answer):
                await self._failed(tx, mail, MailState.FAILED, answer)
            case Refused(answer):
                await self._failed(tx, mail, MailState.BOUNCED, answer)

    async def _handed(self, tx: AsyncConnection, mail: Mail, answer: str) -> None:
        """The relay's answer is the proof, until a report says otherwise."""
        day = self.clock.day()
        proof = _proof(answer, self.relay.message_id(mail.id))
        delivery = Delivery(mail.version, mail.agent, mail.employer, day, day, CHANNEL, proof)
        if await notices.hand_over(tx, mail.agreement, delivery, Recording(self.clock.instant(), BY)):
            told = NoticeDelivered(
                agreement=mail.agreement, version=mail.version, agent=mail.agent, employer=mail.employer, on=day
            )
            await publish(tx, told, key=mail.agreement, employer=mail.employer, subject=_subject(mail))

    async def _failed(self, tx: AsyncConnection, mail: Mail, state: MailState, answer: str) -> None:
        if await mails.settle(tx, mail, state, answer, self.clock.instant()):
            await _tell_undelivered(tx, mail, self.clock)


async def report(tx: AsyncConnection, said: Report, relay: Relay, clock: Clock) -> MailState:
    """Take a report of the relay: a failure makes the agent wait again, a success strengthens the proof.

    The same report again changes nothing. Raises UnknownMail.
    """
    mail = await mails.locked(tx, said.mail)
    if mail is None:
        raise UnknownMail
    state = after_report(mail.state, said.action)
    if state is mail.state:
        return state
    former = _proof(mail.answer or "", relay.message_id(mail.id))
    delivery = Delivery(mail.version, mail.agent, mail.employer, clock.day(), None, CHANNEL, former)
    answer = f"{mail.answer} ; {said.action} {said.status or ''}".strip()
    await mails.settle(tx, mail, state, answer, clock.instant())
    if said.action is Action.FAILED:
        if await notices.await_again(tx, mail.agreement, delivery):
            await _tell_undelivered(tx, mail, clock)
    else:
        await notices.strengthen(tx, mail.agreement, delivery, _proof(answer, relay.message_id(mail.id)))
    return state


async def _tell_undelivered(tx: AsyncConnection, mail: Mail, clock: Clock) -> None:
    told = NoticeUndelivered(
        agreement=mail.agreement, version=mail.version, agent=mail.agent, employer=mail.employer, on=clock.day()
    )
    await publish(tx, told, key=mail.agreement, employer=mail.employer, subject=_subject(mail))


def _proof(answer: str, message_id: str) -> str:
    return f"SMTP {answer} ; {message_id}"


def _subject(mail: Mail) -> str:
    return f"/v1/agreements/{mail.agreement}/notices"


def _text(title: str, notice: Notice) -> str:
    return (
        "Bonjour,\n\n"
        "Votre employeur vous remet la notice d'information de votre contrat de prévoyance, établie par l'organisme\n"
        "assureur (article 6 de l'accord).\n\n"
        f"Accord : {title}\n"
        f"Version de la notice : {notice.version}, du {notice.issued_on:%d/%m/%Y}\n"
        f"Notice : {notice.reference}\n"
        f"Empreinte du fichier (SHA-256) : {notice.digest}\n\n"
        "Ce message est envoyé automatiquement.\n"
    )
