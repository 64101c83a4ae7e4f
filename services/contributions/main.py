"""The composition root of contributions."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.app import create_service, key_ring, serve
from kit.clock import Clock, SystemClock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.http.data_protection import protection_router
from kit.scheduler import Daily, Task
from kit.settings import Settings
from rules.book import RuleBook
from services.contributions import events
from services.contributions.api import (
    account_reports,
    accounting,
    import_pay,
    months,
    parked,
    pay,
    pay_bulk,
    payment_orders,
    payments,
    regional_runs,
    run_overview,
    runs,
    settlements,
    simulations,
    statement_files,
    statement_payments,
    statements,
    statistics,
    terms_prices,
    what_if,
)
from services.contributions.api.dsn import codes as dsn_codes
from services.contributions.api.dsn import declarations as dsn_declarations
from services.contributions.api.dsn import expected as dsn_expected
from services.contributions.api.dsn import imports as dsn_imports
from services.contributions.api.dsn import reconciliations as dsn_reconciliations
from services.contributions.application.dsn.reconcile_dsn import Means
from services.contributions.application.dsn.reconcile_later import KIND as RECONCILIATION
from services.contributions.application.protect_person import PROTECTION
from services.contributions.application.record_payment import remind_late

ROUTERS: Final = (
    pay.router,
    pay_bulk.router,
    import_pay.router,
    dsn_imports.router,
    dsn_codes.router,
    dsn_expected.router,
    dsn_reconciliations.router,
    dsn_declarations.router,
    regional_runs.router,
    run_overview.router,
    runs.router,
    parked.router,
    months.router,
    statements.router,
    statement_files.router,
    statement_payments.router,
    payments.router,
    account_reports.router,
    payment_orders.router,
    accounting.router,
    settlements.router,
    simulations.router,
    terms_prices.router,
    what_if.router,
    protection_router("/v1/contributions", PROTECTION),
    statistics.router,
)


def create_app(settings: Settings, rules: RuleBook | None = None, clock: Clock | None = None) -> FastAPI:
    """The contributions service, ready to serve."""
    now, crypto = clock or SystemClock(), key_ring(settings)
    book = rules or RuleBook.load(settings.rules_dir)
    return create_service(
        settings,
        name="contributions",
        routers=ROUTERS,
        subscriptions=events.subscriptions(),
        publishes=events.PUBLISHES,
        rules=book,
        clock=now,
        crypto=crypto,
        tasks=(statements_fall_due(book, now), PROTECTION.task(book, now)),
        jobs=_jobs(book, crypto, now),
    )


def statements_fall_due(rules: RuleBook, clock: Clock) -> Task:
    """Each night: statements that were to be paid by yesterday."""

    async def run(tx: AsyncConnection, _due: datetime) -> None:
        await remind_late(tx, rules, clock)

    return Task("contributions.statements-late", Daily(time(0, 30)), run)


def _jobs(rules: RuleBook, crypto: KeyRing | None, clock: Clock) -> dict[str, Handler]:
    """What applies each kind of job; no files without keys, as their lines are sealed while they wait."""
    files: dict[str, Handler] = {}
    if crypto is not None:
        files = {
            import_pay.PAY.name: import_pay.importer(crypto, clock),
            dsn_imports.DSN.name: dsn_imports.importer(Means(crypto, rules), clock),
            RECONCILIATION: dsn_reconciliations.worker(Means(crypto, rules), clock),
        }
    return {**files, regional_runs.KIND: regional_runs.runner(rules, clock)}


if __name__ == "__main__":
    serve(create_app, Settings(component="contributions"))
