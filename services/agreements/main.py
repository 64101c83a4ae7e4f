"""The registry's composition root."""

from __future__ import annotations

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock
from kit.settings import Settings
from rules.book import RuleBook
from services.agreements import events
from services.agreements.api import agreements, organisations, schemes


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The agreements service, ready to serve."""
    return create_service(
        settings,
        name="agreements",
        routers=(organisations.router, schemes.router, agreements.router),
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=rules or RuleBook.load(settings.rules_dir),
        clock=clock,
    )


if __name__ == "__main__":
    serve(create_app, Settings(component="agreements"))
