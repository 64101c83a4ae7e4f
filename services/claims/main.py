"""The composition root of claims."""

from __future__ import annotations

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.clock import Clock, SystemClock
from kit.settings import Settings
from rules.book import RuleBook
from services.claims import events
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
from services.claims.application.days_pass import day_passes


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
    )


if __name__ == "__main__":
    serve(create_app, Settings(component="claims"))
