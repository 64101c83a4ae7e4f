"""The composition root of contributions."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from kit.app import create_service, key_ring, serve
from kit.clock import Clock, SystemClock
from kit.settings import Settings
from rules.book import RuleBook
from services.contributions import events
from services.contributions.api import import_pay, pay, pay_bulk, runs, simulations, statements, terms_prices

ROUTERS: Final = (
    pay.router,
    pay_bulk.router,
    import_pay.router,
    runs.router,
    statements.router,
    simulations.router,
    terms_prices.router,
)


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The contributions service, ready to serve."""
    now, crypto = clock or SystemClock(), key_ring(settings)
    return create_service(
        settings,
        name="contributions",
        routers=ROUTERS,
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=rules or RuleBook.load(settings.rules_dir),
        clock=now,
        crypto=crypto,
        jobs={} if crypto is None else {import_pay.PAY.name: import_pay.importer(crypto, now)},
    )


if __name__ == "__main__":
    serve(create_app, Settings(component="contributions"))
