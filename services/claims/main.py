"""The composition root of claims."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock, SystemClock
from kit.events.supervise import supervise
from kit.events.wakeup import Wakeup
from kit.settings import Settings
from rules.book import RuleBook
from services.claims import events
from services.claims.adapters import redecisions
from services.claims.api import (
    annuities,
    capitals,
    causes,
    claim_files,
    claim_payments,
    claims,
    decisions,
    entitlements,
    maintenance,
    overpayments,
    previews,
    simulations,
    social_security,
    takeovers,
)
from services.claims.api import (
    redecisions as redecision_routes,
)
from services.claims.application.days_pass import day_passes
from services.claims.application.redecider import Redecider


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The claims service, ready to serve."""
    law, now = rules or RuleBook.load(settings.rules_dir), clock or SystemClock()
    return create_service(
        settings,
        name="claims",
        routers=(
            simulations.router,
            entitlements.router,
            previews.router,
            takeovers.router,
            redecision_routes.router,
            causes.router,
            social_security.router,
            claim_payments.router,
            claim_files.router,
            claims.router,
            annuities.router,
            capitals.router,
            overpayments.router,
            decisions.router,
            maintenance.router,
        ),
        subscriptions=events.subscriptions(law, now),
        publishes=events.PUBLISHES,
        tasks=(day_passes(law, now),),
        rules=law,
        clock=now,
        resources=(deciding,),
    )


@asynccontextmanager
async def deciding(app: FastAPI) -> AsyncIterator[None]:
    """Decides in sets those who wait as long as the application runs, where the role has the worker.

    Rules that changed since the last start ask for everybody.
    """
    state = app.state
    if state.settings.role == "api":
        yield
        return
    wakeup = Wakeup(state.worker_db, [redecisions.CHANNEL])
    redecider = Redecider(state.worker_db, state.rules, state.clock)
    await wakeup.start()
    loop = asyncio.create_task(supervise("redecider", lambda: redecider.run(wakeup)), name="redecider")
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await wakeup.stop()


if __name__ == "__main__":
    serve(create_app, Settings(component="claims"))
