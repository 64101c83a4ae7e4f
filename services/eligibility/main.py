"""The composition root of eligibility."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.app import create_service, key_ring, serve
from kit.background import background
from kit.clock import Clock, SystemClock
from kit.events.wakeup import Wakeup
from kit.scheduler import Daily, Task
from kit.settings import Settings
from rules.book import RuleBook
from services.eligibility import events
from services.eligibility.adapters import redecisions
from services.eligibility.api import (
    affiliation,
    affiliations,
    agents,
    agents_bulk,
    deaths,
    departures,
    dispenses,
    employments,
    import_warnings,
    imports,
    invalidities,
    leaves,
    openings,
    options,
    persons,
    positions,
    proofs,
    simulation,
    statistics,
)
from services.eligibility.application.decider import Decider
from services.eligibility.application.protect_person import PROTECTION

ROUTERS: Final = (
    persons.router,
    persons.restrictions,
    agents.router,
    agents_bulk.router,
    imports.router,
    import_warnings.router,
    employments.router,
    leaves.router,
    options.router,
    openings.router,
    invalidities.router,
    deaths.router,
    positions.router,
    dispenses.router,
    departures.router,
    proofs.uploads,
    proofs.router,
    affiliation.router,
    affiliations.router,
    simulation.router,
    statistics.router,
)


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The eligibility service, ready to serve."""
    now = clock or SystemClock()
    book, crypto = rules or RuleBook.load(settings.rules_dir), key_ring(settings)
    return create_service(
        settings,
        name="eligibility",
        routers=ROUTERS,
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=book,
        clock=now,
        crypto=crypto,
        resources=(background("decider", redecisions.CHANNEL, decide),),
        tasks=(day_passes(now), PROTECTION.task(book, now)),
        jobs=imports.handlers(book, crypto, now),
    )


def day_passes(clock: Clock) -> Task:
    """Just after midnight in Paris: the thirtieth day back, the sixth month, an accord that takes effect."""

    async def run(tx: AsyncConnection, _due: datetime) -> None:
        await redecisions.ask_due(tx, clock.day())

    return Task("affiliation.day-passes", Daily(time(0, 1)), run)


async def decide(app: FastAPI, wakeup: Wakeup) -> None:
    """Decides the agents that wait."""
    state = app.state
    await Decider(state.worker_db, state.rules, state.clock).run(wakeup)


if __name__ == "__main__":
    serve(create_app, Settings(component="eligibility"))
