"""The registry's composition root."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock, SystemClock
from kit.events.supervise import supervise
from kit.settings import Settings
from rules.book import RuleBook
from services.agreements import events
from services.agreements.adapters.mailbox import InvalidMailbox, Mailbox
from services.agreements.adapters.smtp import SmtpRelay
from services.agreements.api import (
    accord_map,
    agreements,
    changes,
    committees,
    comparison,
    history,
    notice_mails,
    notices,
    organisation_imports,
    organisations,
    scheme_committees,
    schemes,
)
from services.agreements.application import import_organisations
from services.agreements.application.lapse_at_term import lapse_at_term
from services.agreements.application.read_reports import ReportReader
from services.agreements.application.send_notices import Mailer

# In the order of the document; a path is answered by the first that knows it.
PARTS: Final = (
    organisation_imports,
    organisations,
    schemes,
    scheme_committees,
    committees,
    accord_map,
    agreements,
    changes,
    comparison,
    history,
    notice_mails,
    notices,
)


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The agreements service, ready to serve."""
    clock = clock or SystemClock()
    return create_service(
        settings,
        name="agreements",
        routers=tuple(part.router for part in PARTS),
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=rules or RuleBook.load(settings.rules_dir),
        clock=clock,
        resources=(mailing,),
        tasks=(lapse_at_term(clock),),
        jobs={import_organisations.KIND: import_organisations.importer(clock)},
    )


@asynccontextmanager
async def mailing(app: FastAPI) -> AsyncIterator[None]:
    """Sends queued notices as long as the application runs, and reads what comes back of them, where a relay and a
    mailbox are configured and the role has the worker. Raises InvalidRelay, InvalidMailbox.
    """
    state, settings = app.state, app.state.settings
    url = settings.mail_relay
    state.mail_relay = None if url is None else SmtpRelay.parse(url.get_secret_value(), settings.mail_sender)
    box = None if settings.mail_mailbox is None else Mailbox.parse(settings.mail_mailbox.get_secret_value())
    if box is not None and state.mail_relay is None:
        raise InvalidMailbox("mail_mailbox needs mail_relay: nothing comes back of what was not sent")
    if state.mail_relay is None or settings.role == "api":
        yield
        return
    assert state.crypto is not None, "addresses are encrypted: a mail relay needs a key ring"
    mailer = Mailer(state.worker_db, state.mail_relay, state.crypto, state.clock)
    loops = [asyncio.create_task(supervise("mailer", mailer.run), name="mailer")]
    if box is not None:
        reader = ReportReader(state.worker_db, box, state.mail_relay, state.clock)
        loops.append(asyncio.create_task(supervise("mail-reports", reader.run), name="mail-reports"))
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


if __name__ == "__main__":
    serve(create_app, Settings(component="agreements"))
