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
    """Sends queued notices as long as the application runs, where a relay is configured and the role has the worker."""
    state, settings = app.state, app.state.settings
    url = settings.mail_relay
    state.mail_relay = None if url is None else SmtpRelay.parse(url.get_secret_value(), settings.mail_sender)
    if state.mail_relay is None or settings.role == "api":
        yield
        return
    assert state.crypto is not None, "addresses are encrypted: a mail relay needs a key ring"
    mailer = Mailer(state.worker_db, state.mail_relay, state.crypto, state.clock)
    loop = asyncio.create_task(supervise("mailer", mailer.run), name="mailer")
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


if __name__ == "__main__":
    serve(create_app, Settings(component="agreements"))
