"""Projections of one component built again from the feeds of the others, while the platform runs."""

from __future__ import annotations

import json
from importlib import import_module

from kit.db.database import Database
from kit.events.delivery import Delivery
from kit.events.rebuild import rebuild
from kit.events.transport_feed import FeedReader
from kit.http.own_token import OwnToken
from kit.settings import Component, Settings
from relais.credentials import Credentials
from relais.home import Home
from relais.plan import Layout, module_of, settings_of


async def rebuild_projections(home: Home, component: Component) -> list[str]:
    """Read every event again, up to the present; the names of the tables. Raises CommandError when nothing runs."""
    running = home.must_run()
    layout = Layout(running.ports, running.admin_dsn, running.transport, running.kafka_bootstrap)
    given = settings_of(component, layout, Credentials.of(home))
    settings = Settings.model_validate({**given, "producers": json.loads(given["producers"])})
    subscriptions = import_module(module_of(component)).create_app(settings).state.subscriptions
    token, reader = OwnToken(settings), None
    database = Database(given["worker_database_url"], pool_size=2, name=f"rebuild-{component}")
    try:
        reader = FeedReader(settings.producers, token)
        return await rebuild([Delivery(database, component, one) for one in subscriptions], reader)
    finally:
        if reader is not None:
            await reader.close()
        await token.close()
        await database.close()
