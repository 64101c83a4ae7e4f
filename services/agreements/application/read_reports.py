"""Reports of mails that come back by mail, hours after the relay took them: read from a mailbox, then taken as any."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db.database import Database, Scope
from services.agreements.adapters import mailbox_places
from services.agreements.adapters.delivery_report import read_report
from services.agreements.adapters.mailbox import MailboxAway, Place, Reading
from services.agreements.application.send_notices import Relay, report
from services.agreements.domain.errors import InvalidReport, UnknownMail

PAUSE_SECONDS: Final = 60.0
log = structlog.get_logger(__name__)


class Source(Protocol):
    """Holds the messages; blocks meanwhile. Raises MailboxAway."""

    @property
    def key(self) -> str: ...

    def read(self, after: Place | None) -> Reading: ...


@dataclass(frozen=True, slots=True)
class ReportReader:
    """Takes the reports of a mailbox, each once: how far was read is written in the transaction of what it does.

    Any number of workers may run one. What is no report, or is one of a mail that is not ours, is passed over.
    """

    database: Database
    source: Source
    relay: Relay
    clock: Clock

    async def run(self) -> None:
        while True:
            if not await self.step():
                await asyncio.sleep(PAUSE_SECONDS)

    async def step(self) -> bool:
        """Take what one connection gives; False when there is no more to look at, or the mailbox is away."""
        async with self.database.transaction(Scope.all()) as tx:
            place = await mailbox_places.of(tx, self.source.key)
        try:
            reading = await asyncio.to_thread(self.source.read, place)
        except MailboxAway as away:
            log.warning("mailbox_away", reason=str(away))
            return False
        for number, content in reading.messages:
            await self._advance(Place(reading.place.numbering, number), content)
        await self._advance(reading.place)
        return reading.more

    async def _advance(self, place: Place, content: bytes = b"") -> None:
        async with self.database.transaction(Scope.all()) as tx:
            if await mailbox_places.advance(tx, self.source.key, place, self.clock.instant()) and content:
                await self._take(tx, content)

    async def _take(self, tx: AsyncConnection, content: bytes) -> None:
        try:
            said = read_report(content)
            state = await report(tx, said, self.relay, self.clock)
        except (InvalidReport, UnknownMail) as passed:
            log.info("mailbox_message_passed_over", code=passed.code)
        else:
            log.info("mail_report_taken", mail=str(said.mail), state=state.value)
