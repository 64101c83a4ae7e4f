"""The composition root of contributions."""

from __future__ import annotations

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock
from kit.settings import Settings
from rules.book import RuleBook
from services.contributions import events
from services.contributions.api import pay, pay_bulk, runs, simulations, statements


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The contributions service, ready to serve."""
    return create_service(
        settings,
        name="contributions",
        routers=(pay.router, pay_bulk.router, runs.router, statements.router, simulations.router),
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=rules or RuleBook.load(settings.rules_dir),
        clock=clock,
    )


if __name__ == "__main__":
    serve(create_app, Settings(component="contributions"))
