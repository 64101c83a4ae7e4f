"""The registry's composition root."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock, SystemClock
from kit.settings import Settings
from rules.book import RuleBook
from services.agreements import events
from services.agreements.api import (
    agreements,
    changes,
    committees,
    history,
    notices,
    organisation_imports,
    organisations,
    scheme_committees,
    schemes,
)
from services.agreements.application import import_organisations
from services.agreements.application.lapse_at_term import lapse_at_term

# In the order of the document; a path is answered by the first that knows it.
PARTS: Final = (
    organisation_imports,
    organisations,
    schemes,
    scheme_committees,
    committees,
    agreements,
    changes,
    history,
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
        tasks=(lapse_at_term(clock),),
        jobs={import_organisations.KIND: import_organisations.importer(clock)},
    )


if __name__ == "__main__":
    serve(create_app, Settings(component="agreements"))
