"""The consumers of one component, for a command that works beside the platform while it runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from kit.db.database import Database
from kit.events.delivery import Delivery
from kit.events.transport_feed import FeedReader
from kit.http.own_token import OwnToken
from kit.settings import Component, Settings
from relais.credentials import Credentials
from relais.home import Home
from relais.plan import Layout, module_of, settings_of


@dataclass(frozen=True, slots=True)
class Consumers:
    """What a component follows, its database as its worker sees it, and a reader of the others' feeds."""

    deliveries: tuple[Delivery, ...]
    database: Database
    reader: FeedReader


@asynccontextmanager
async def consumers_of(home: Home, component: Component) -> AsyncIterator[Consumers]:
    """Open them, and close them afterwards. Raises CommandError when nothing runs."""
    running = home.must_run()
    layout = Layout(running.ports, running.admin_dsn, running.transport, running.kafka_bootstrap)
    given = settings_of(component, layout, Credentials.of(home))
    settings = Settings.model_validate({**given, "producers": json.loads(given["producers"])})
    subscriptions = import_module(module_of(component)).create_app(settings).state.subscriptions
    async with AsyncExitStack() as stack:
        database = Database(given["worker_database_url"], pool_size=2, name=f"beside-{component}")
        stack.push_async_callback(database.close)
        token = OwnToken(settings)
        stack.push_async_callback(token.close)
        reader = FeedReader(settings.producers, token)
        stack.push_async_callback(reader.close)
        deliveries = tuple(Delivery(database, component, one) for one in subscriptions)
        yield Consumers(deliveries, database, reader)
