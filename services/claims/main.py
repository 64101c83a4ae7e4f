"""The composition root of claims."""

from __future__ import annotations

from fastapi import FastAPI

from kit.app import create_service, serve
from kit.background import background
from kit.clock import Clock, SystemClock
from kit.events.wakeup import Wakeup
from kit.http.data_protection import protection_router
from kit.settings import Settings
from rules.book import RuleBook
from services.claims import events
from services.claims.adapters import redecisions
from services.claims.api import (
    alternatives,
    annuities,
    award_dues,
    awards,
    capitals,
    causes,
    claim_files,
    claim_payments,
    claims,
    decisions,
    entitlements,
    maintenance,
    overpayments,
    overrides,
    part_times,
    payment_reviews,
    previews,
    replacements,
    simulations,
    social_security,
    statistics,
    takeovers,
    temporary_invalidity,
)
from services.claims.api import (
    redecisions as redecision_routes,
)
from services.claims.application.days_pass import day_passes
from services.claims.application.protect_person import PROTECTION
from services.claims.application.redecider import SETS_AT_ONCE, Redecider


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
            protection_router("/v1/claims", PROTECTION),
            social_security.router,
            temporary_invalidity.router,
            part_times.router,
            replacements.router,
            claim_payments.router,
            payment_reviews.router,
            claim_files.router,
            awards.router,
            overrides.router,
            claims.router,
            annuities.router,
            award_dues.router,
            capitals.router,
            overpayments.router,
            decisions.router,
            alternatives.router,
            maintenance.router,
            statistics.router,
        ),
        subscriptions=events.subscriptions(law, now),
        publishes=events.PUBLISHES,
        tasks=(day_passes(law, now), PROTECTION.task(law, now)),
        rules=law,
        clock=now,
        resources=[background("redecider", redecisions.CHANNEL, decide) for _ in range(SETS_AT_ONCE)],
    )


async def decide(app: FastAPI, wakeup: Wakeup) -> None:
    """Decides in sets those who wait. Rules that changed since the last start ask for everybody."""
    state = app.state
    await Redecider(state.worker_db, state.rules, state.clock).run(wakeup)


if __name__ == "__main__":
    serve(create_app, Settings(component="claims"))
